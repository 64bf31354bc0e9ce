package dev.kiln.backends.cpu;

import dev.kiln.graph.DType;

/** Scalar loops that bring the values of a lane back into a narrower dtype, or copy where there is none. */
final class Rounding {
    private Rounding() {}

    static UnaryLoop to(DType type) {
        return switch (type) {
            case FLOAT16 -> Rounding::toFloat16;
            case BFLOAT16 -> Rounding::toBfloat16;
            case UINT8 -> (out, a, n) -> mask(out, a, n, 0xFFL);
            case UINT16 -> (out, a, n) -> mask(out, a, n, 0xFFFFL);
            case UINT32 -> (out, a, n) -> mask(out, a, n, 0xFFFF_FFFFL);
            case INT8 -> (out, a, n) -> extendSign(out, a, n, 56);
            case INT16 -> (out, a, n) -> extendSign(out, a, n, 48);
            case INT32 -> (out, a, n) -> extendSign(out, a, n, 32);
            case BOOL, UINT64, INT64 -> Casts.convert(DType.INT64, DType.INT64);
            case FLOAT32, FLOAT64, COMPLEX64 -> Casts.convert(type, type);
        };
    }

    private static void mask(Reg out, Reg a, int n, long mask) {
        long[] x = a.l();
        long[] y = out.l();
        for (int i = 0; i < n; i++) {
            y[i] = x[i] & mask;
        }
    }

    private static void extendSign(Reg out, Reg a, int n, int bits) {
        long[] x = a.l();
        long[] y = out.l();
        for (int i = 0; i < n; i++) {
            y[i] = x[i] << bits >> bits;
        }
    }

    private static void toFloat16(Reg out, Reg a, int n) {
        float[] x = a.f();
        float[] y = out.f();
        for (int i = 0; i < n; i++) {
            y[i] = Float.float16ToFloat(Float.floatToFloat16(x[i]));
        }
    }

    private static void toBfloat16(Reg out, Reg a, int n) {
        float[] x = a.f();
        float[] y = out.f();
        for (int i = 0; i < n; i++) {
            int bits = Float.floatToRawIntBits(x[i]);
            int rounded = bits + 0x7FFF + (bits >>> 16 & 1) & 0xFFFF_0000;
            y[i] = Float.isNaN(x[i]) ? Float.NaN : Float.intBitsToFloat(rounded);
        }
    }
}
