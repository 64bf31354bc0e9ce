package dev.kiln.backends.cpu.vector;

import dev.kiln.backends.cpu.FloatChain;
import java.util.List;
import jdk.incubator.vector.FloatVector;

/**
 * Chains of the commonest functions. They are few since each costs all of them time: where the branches of the switch come together
 * the compiler moves vectors between registers, and with a dozen of them it was no faster than a loop for each function.
 */
final class F32Chain implements FloatChain {

    /** By the numbers that the switch knows them by. */
    private static final List<String> FUNCTIONS = List.of("add", "subtract", "multiply", "maximum", "minimum");
    private static final int LANES = Species.F32.length();
    private static final int BYTES = LANES * Float.BYTES;

    @Override
    public int number(String function) {
        return FUNCTIONS.indexOf(function);
    }

    @Override
    public void run(long[] at, int[] functions, int[] operands, int out, int n) {
        for (int i = 0; i < n; i += 4 * LANES) {
            long p = at[operands[0]] + (long) i * Float.BYTES;
            FloatVector a = VectorMemory.readFloat32(p);
            FloatVector b = VectorMemory.readFloat32(p + BYTES);
            FloatVector c = VectorMemory.readFloat32(p + 2 * BYTES);
            FloatVector d = VectorMemory.readFloat32(p + 3 * BYTES);
            for (int k = 0; k < functions.length; k++) {
                long q = at[operands[k + 1]] + (long) i * Float.BYTES;
                FloatVector e = VectorMemory.readFloat32(q);
                FloatVector f = VectorMemory.readFloat32(q + BYTES);
                FloatVector g = VectorMemory.readFloat32(q + 2 * BYTES);
                FloatVector h = VectorMemory.readFloat32(q + 3 * BYTES);
                switch (functions[k]) {
                    case 0 -> {
                        a = a.add(e);
                        b = b.add(f);
                        c = c.add(g);
                        d = d.add(h);
                    }
                    case 1 -> {
                        a = a.sub(e);
                        b = b.sub(f);
                        c = c.sub(g);
                        d = d.sub(h);
                    }
                    case 2 -> {
                        a = a.mul(e);
                        b = b.mul(f);
                        c = c.mul(g);
                        d = d.mul(h);
                    }
                    case 3 -> {
                        a = a.max(e);
                        b = b.max(f);
                        c = c.max(g);
                        d = d.max(h);
                    }
                    default -> {
                        a = a.min(e);
                        b = b.min(f);
                        c = c.min(g);
                        d = d.min(h);
                    }
                }
            }
            long r = at[out] + (long) i * Float.BYTES;
            VectorMemory.writeFloat32(a, r);
            VectorMemory.writeFloat32(b, r + BYTES);
            VectorMemory.writeFloat32(c, r + 2 * BYTES);
            VectorMemory.writeFloat32(d, r + 3 * BYTES);
        }
    }
}
