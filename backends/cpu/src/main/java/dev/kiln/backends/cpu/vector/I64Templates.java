package dev.kiln.backends.cpu.vector;

import dev.kiln.backends.cpu.BinaryLoop;
import dev.kiln.backends.cpu.LoopTemplate;
import dev.kiln.backends.cpu.Reg;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;

/** Vector loops over integers. The arithmetic has none, since the JIT compiler vectorizes the scalar loops. */
final class I64Templates {
    private I64Templates() {}

    /** A test of two vectors. */
    @FunctionalInterface
    interface Relation {
        VectorMask<Long> of(LongVector a, LongVector b);
    }

    /** Applies a test of two values. */
    static final class Test2 implements BinaryLoop {
        private static final Relation FN = LoopTemplate.function(MethodHandles.lookup(), Relation.class);

        @Override
        public void run(Reg out, Reg a, Reg b, int n) {
            long[] x = a.l();
            long[] y = b.l();
            long[] z = out.l();
            for (int i = 0; i < n; i += Species.I64.length()) {
                Truth.store(FN.of(LongVector.fromArray(Species.I64, x, i), LongVector.fromArray(Species.I64, y, i)), z,
                        i);
            }
        }
    }
}
