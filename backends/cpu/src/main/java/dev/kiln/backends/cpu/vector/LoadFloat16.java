package dev.kiln.backends.cpu.vector;

import dev.kiln.backends.cpu.LoadLoop;
import dev.kiln.backends.cpu.LoopTemplate;
import dev.kiln.backends.cpu.Reg;
import java.lang.invoke.MethodHandles;

/**
 * Reads consecutive float16s in a loop that the JIT compiler turns into vectors of the processor's own conversion, and others by the
 * scalar loop. A template for the reason that {@link Float16Norm} is one.
 */
final class LoadFloat16 implements LoadLoop {

    private static final LoadLoop FN = LoopTemplate.function(MethodHandles.lookup(), LoadLoop.class);

    @Override
    public void run(Reg out, int at, long address, long byteStride, int n) {
        if (byteStride == Short.BYTES) {
            SixteenBits.widenFloat16s(out.f(), at, address, n);
        } else {
            FN.run(out, at, address, byteStride, n);
        }
    }
}
