package dev.kiln.backends.cpu;

import static dev.kiln.graph.OffHeap.ALL;

import dev.kiln.backends.cpu.MemoryTemplates.FloatAt;
import dev.kiln.backends.cpu.MemoryTemplates.LongAt;
import dev.kiln.graph.DType;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.util.Arrays;

/** How each dtype is read: consecutive elements of a lane's own type are copied, one element is repeated. */
final class Loads {
    private static final Lookup LOOKUP = MethodHandles.lookup();

    private Loads() {}

    static LoadLoop of(DType type) {
        return switch (type) {
            case BOOL -> integers(p -> ALL.get(Unaligned.BYTE, p) == 0 ? 0 : 1);
            case UINT8 -> integers(p -> Byte.toUnsignedLong(ALL.get(Unaligned.BYTE, p)));
            case UINT16 -> integers(p -> Short.toUnsignedLong(ALL.get(Unaligned.SHORT, p)));
            case UINT32 -> integers(p -> Integer.toUnsignedLong(ALL.get(Unaligned.INT, p)));
            case INT8 -> integers(p -> ALL.get(Unaligned.BYTE, p));
            case INT16 -> integers(p -> ALL.get(Unaligned.SHORT, p));
            case INT32 -> integers(p -> ALL.get(Unaligned.INT, p));
            case UINT64, INT64 -> int64(integers(p -> ALL.get(Unaligned.LONG, p)));
            case FLOAT16 -> floats(p -> Float.float16ToFloat(ALL.get(Unaligned.SHORT, p)));
            case BFLOAT16 -> floats(p -> Float.intBitsToFloat(ALL.get(Unaligned.SHORT, p) << 16));
            case FLOAT32 -> float32(floats(p -> ALL.get(Unaligned.FLOAT, p)));
            case FLOAT64 -> Loads::float64;
            case COMPLEX64 -> Loads::complex64;
        };
    }

    private static LoadLoop floats(FloatAt fn) {
        LoadLoop strided = LoopTemplate.instantiate(LOOKUP, MemoryTemplates.LoadF32.class, fn);
        return (out, at, address, byteStride, n) -> {
            if (byteStride == 0 && n > 0) {
                Arrays.fill(out.f(), at, at + n, fn.read(address));
            } else {
                strided.run(out, at, address, byteStride, n);
            }
        };
    }

    private static LoadLoop integers(LongAt fn) {
        LoadLoop strided = LoopTemplate.instantiate(LOOKUP, MemoryTemplates.LoadI64.class, fn);
        return (out, at, address, byteStride, n) -> {
            if (byteStride == 0 && n > 0) {
                Arrays.fill(out.l(), at, at + n, fn.read(address));
            } else {
                strided.run(out, at, address, byteStride, n);
            }
        };
    }

    private static LoadLoop int64(LoadLoop strided) {
        return (out, at, address, byteStride, n) -> {
            if (byteStride == Long.BYTES) {
                MemorySegment.copy(ALL, Unaligned.LONG, address, out.l(), at, n);
            } else {
                strided.run(out, at, address, byteStride, n);
            }
        };
    }

    private static LoadLoop float32(LoadLoop strided) {
        return (out, at, address, byteStride, n) -> {
            if (byteStride == Float.BYTES) {
                MemorySegment.copy(ALL, Unaligned.FLOAT, address, out.f(), at, n);
            } else {
                strided.run(out, at, address, byteStride, n);
            }
        };
    }

    private static void float64(Reg out, int at, long address, long byteStride, int n) {
        if (byteStride == Double.BYTES) {
            MemorySegment.copy(ALL, Unaligned.DOUBLE, address, out.d(), at, n);
            return;
        }
        double[] d = out.d();
        for (int i = 0; i < n; i++) {
            d[at + i] = ALL.get(Unaligned.DOUBLE, address + i * byteStride);
        }
    }

    private static void complex64(Reg out, int at, long address, long byteStride, int n) {
        if (byteStride == 2 * Float.BYTES) {
            MemorySegment.copy(ALL, Unaligned.FLOAT, address, out.c(), 2 * at, 2 * n);
            return;
        }
        float[] c = out.c();
        for (int i = 0; i < n; i++) {
            c[2 * (at + i)] = ALL.get(Unaligned.FLOAT, address + i * byteStride);
            c[2 * (at + i) + 1] = ALL.get(Unaligned.FLOAT, address + i * byteStride + Float.BYTES);
        }
    }
}
