package dev.kiln.backends.cpu.vector;

import dev.kiln.backends.cpu.ChainLoop;
import jdk.incubator.vector.FloatVector;

/** The loop of {@link F32Chain}, which knows its functions by their places in the list there. A template, for two forms. */
final class F32ChainTemplate implements ChainLoop {

    @Override
    public void run(long[] at, int[] functions, int[] operands, int out, int n) {
        int lanes = Species.F32.length();
        int bytes = lanes * Float.BYTES;
        for (int i = 0; i < n; i += 4 * lanes) {
            long p = at[operands[0]] + (long) i * Float.BYTES;
            FloatVector a = VectorMemory.readFloat32(p);
            FloatVector b = VectorMemory.readFloat32(p + bytes);
            FloatVector c = VectorMemory.readFloat32(p + 2 * bytes);
            FloatVector d = VectorMemory.readFloat32(p + 3 * bytes);
            for (int k = 0; k < functions.length; k++) {
                long q = at[operands[k + 1]] + (long) i * Float.BYTES;
                FloatVector e = VectorMemory.readFloat32(q);
                FloatVector f = VectorMemory.readFloat32(q + bytes);
                FloatVector g = VectorMemory.readFloat32(q + 2 * bytes);
                FloatVector h = VectorMemory.readFloat32(q + 3 * bytes);
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
            VectorMemory.writeFloat32(b, r + bytes);
            VectorMemory.writeFloat32(c, r + 2 * bytes);
            VectorMemory.writeFloat32(d, r + 3 * bytes);
        }
    }
}
