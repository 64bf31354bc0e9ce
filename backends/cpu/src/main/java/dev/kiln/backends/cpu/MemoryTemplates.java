package dev.kiln.backends.cpu;

import java.lang.invoke.MethodHandles;

/** Loops that read elements of any stride, and write consecutive ones, given how to access one element. */
final class MemoryTemplates {
    private MemoryTemplates() {}

    /** Reads the float at an address. */
    @FunctionalInterface
    interface FloatAt {
        float read(long address);
    }

    /** Reads the integer at an address. */
    @FunctionalInterface
    interface LongAt {
        long read(long address);
    }

    /** Writes element {@code i} of the floats at an address. */
    @FunctionalInterface
    interface FloatTo {
        void write(long address, long i, float value);
    }

    /** Writes element {@code i} of the integers at an address. */
    @FunctionalInterface
    interface LongTo {
        void write(long address, long i, long value);
    }

    /** Reads floats. */
    static final class LoadF32 implements LoadLoop {
        private static final FloatAt FN = LoopTemplate.function(MethodHandles.lookup(), FloatAt.class);

        @Override
        public void run(Reg out, int at, long address, long byteStride, int n) {
            float[] f = out.f();
            for (int i = 0; i < n; i++) {
                f[at + i] = FN.read(address + i * byteStride);
            }
        }
    }

    /** Reads integers. */
    static final class LoadI64 implements LoadLoop {
        private static final LongAt FN = LoopTemplate.function(MethodHandles.lookup(), LongAt.class);

        @Override
        public void run(Reg out, int at, long address, long byteStride, int n) {
            long[] l = out.l();
            for (int i = 0; i < n; i++) {
                l[at + i] = FN.read(address + i * byteStride);
            }
        }
    }

    /** Writes floats. */
    static final class StoreF32 implements StoreLoop {
        private static final FloatTo FN = LoopTemplate.function(MethodHandles.lookup(), FloatTo.class);

        @Override
        public void run(Reg in, int from, long address, int n) {
            float[] f = in.f();
            for (int i = 0; i < n; i++) {
                FN.write(address, i, f[from + i]);
            }
        }
    }

    /** Writes integers. */
    static final class StoreI64 implements StoreLoop {
        private static final LongTo FN = LoopTemplate.function(MethodHandles.lookup(), LongTo.class);

        @Override
        public void run(Reg in, int from, long address, int n) {
            long[] l = in.l();
            for (int i = 0; i < n; i++) {
                FN.write(address, i, l[from + i]);
            }
        }
    }
}
