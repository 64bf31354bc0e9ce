package dev.kiln.backends.cpu;

import dev.kiln.graph.DType;
import dev.kiln.graph.ToOdd;

/**
 * Conversions between lanes by the rules of C++: toward zero from floating point to integers, the real part of a
 * complex number, and to bool whether a value differs from 0. What C++ leaves undefined saturates at 64 bits.
 */
final class Casts {
    private static final double TWO_63 = 0x1p63;

    private Casts() {}

    /** From a value of {@code from} to the lane of {@code to}, not yet rounded to {@code to}. */
    static UnaryLoop convert(DType from, DType to) {
        if (to == DType.BOOL) {
            return toTruth(Lane.of(from));
        }
        return switch (Lane.of(to)) {
            case F32 -> to == DType.FLOAT32 ? toF32(from) : to16(from);
            case F64 -> toF64(from);
            case I64 -> to == DType.UINT64 ? toUnsigned(Lane.of(from)) : toI64(Lane.of(from));
            case C64 -> toC64(from);
        };
    }

    private static UnaryLoop toTruth(Lane from) {
        return switch (from) {
            case F32 -> (out, a, n) -> {
                for (int i = 0; i < n; i++) {
                    out.l()[i] = a.f()[i] != 0 ? 1 : 0;
                }
            };
            case F64 -> (out, a, n) -> {
                for (int i = 0; i < n; i++) {
                    out.l()[i] = a.d()[i] != 0 ? 1 : 0;
                }
            };
            case I64 -> (out, a, n) -> {
                for (int i = 0; i < n; i++) {
                    out.l()[i] = a.l()[i] != 0 ? 1 : 0;
                }
            };
            case C64 -> (out, a, n) -> {
                for (int i = 0; i < n; i++) {
                    out.l()[i] = a.c()[2 * i] != 0 || a.c()[2 * i + 1] != 0 ? 1 : 0;
                }
            };
        };
    }

    private static UnaryLoop toF32(DType from) {
        return switch (Lane.of(from)) {
            case F32 -> (out, a, n) -> System.arraycopy(a.f(), 0, out.f(), 0, n);
            case F64 -> (out, a, n) -> {
                for (int i = 0; i < n; i++) {
                    out.f()[i] = (float) a.d()[i];
                }
            };
            case I64 -> from == DType.UINT64 ? Casts::unsignedToF32 : (out, a, n) -> {
                for (int i = 0; i < n; i++) {
                    out.f()[i] = a.l()[i];
                }
            };
            case C64 -> (out, a, n) -> {
                for (int i = 0; i < n; i++) {
                    out.f()[i] = a.c()[2 * i];
                }
            };
        };
    }

    /** What is rounded again, to 16 bits, is rounded to odd. */
    private static UnaryLoop to16(DType from) {
        if (from == DType.FLOAT64) {
            return (out, a, n) -> {
                for (int i = 0; i < n; i++) {
                    out.f()[i] = ToOdd.toFloat(a.d()[i]);
                }
            };
        } else if (from.isIntegral() && from.size() > Short.BYTES) {
            return from == DType.UINT64 ? Casts::unsignedTo16 : (out, a, n) -> {
                for (int i = 0; i < n; i++) {
                    out.f()[i] = ToOdd.toFloat(ToOdd.toDouble(a.l()[i]));
                }
            };
        }
        return toF32(from);
    }

    private static UnaryLoop toF64(DType from) {
        return switch (Lane.of(from)) {
            case F32 -> (out, a, n) -> {
                for (int i = 0; i < n; i++) {
                    out.d()[i] = a.f()[i];
                }
            };
            case F64 -> (out, a, n) -> System.arraycopy(a.d(), 0, out.d(), 0, n);
            case I64 -> from == DType.UINT64 ? Casts::unsignedToF64 : (out, a, n) -> {
                for (int i = 0; i < n; i++) {
                    out.d()[i] = a.l()[i];
                }
            };
            case C64 -> (out, a, n) -> {
                for (int i = 0; i < n; i++) {
                    out.d()[i] = a.c()[2 * i];
                }
            };
        };
    }

    private static UnaryLoop toI64(Lane from) {
        return switch (from) {
            case F32 -> (out, a, n) -> {
                for (int i = 0; i < n; i++) {
                    out.l()[i] = (long) a.f()[i];
                }
            };
            case F64 -> (out, a, n) -> {
                for (int i = 0; i < n; i++) {
                    out.l()[i] = (long) a.d()[i];
                }
            };
            case I64 -> (out, a, n) -> System.arraycopy(a.l(), 0, out.l(), 0, n);
            case C64 -> (out, a, n) -> {
                for (int i = 0; i < n; i++) {
                    out.l()[i] = (long) a.c()[2 * i];
                }
            };
        };
    }

    private static UnaryLoop toUnsigned(Lane from) {
        return switch (from) {
            case F32 -> (out, a, n) -> {
                for (int i = 0; i < n; i++) {
                    out.l()[i] = unsigned(a.f()[i]);
                }
            };
            case F64 -> (out, a, n) -> {
                for (int i = 0; i < n; i++) {
                    out.l()[i] = unsigned(a.d()[i]);
                }
            };
            case I64 -> toI64(from);
            case C64 -> (out, a, n) -> {
                for (int i = 0; i < n; i++) {
                    out.l()[i] = unsigned(a.c()[2 * i]);
                }
            };
        };
    }

    private static UnaryLoop toC64(DType from) {
        return switch (Lane.of(from)) {
            case F32 -> (out, a, n) -> {
                for (int i = 0; i < n; i++) {
                    out.c()[2 * i] = a.f()[i];
                    out.c()[2 * i + 1] = 0;
                }
            };
            case F64 -> (out, a, n) -> {
                for (int i = 0; i < n; i++) {
                    out.c()[2 * i] = (float) a.d()[i];
                    out.c()[2 * i + 1] = 0;
                }
            };
            case I64 -> from == DType.UINT64 ? Casts::unsignedToC64 : (out, a, n) -> {
                for (int i = 0; i < n; i++) {
                    out.c()[2 * i] = a.l()[i];
                    out.c()[2 * i + 1] = 0;
                }
            };
            case C64 -> (out, a, n) -> System.arraycopy(a.c(), 0, out.c(), 0, 2 * n);
        };
    }

    private static void unsignedTo16(Reg out, Reg a, int n) {
        for (int i = 0; i < n; i++) {
            long l = a.l()[i];
            out.f()[i] = ToOdd.toFloat(l >= 0 ? ToOdd.toDouble(l) : ToOdd.toDouble(ToOdd.half(l)) * 2);
        }
    }

    private static void unsignedToF32(Reg out, Reg a, int n) {
        for (int i = 0; i < n; i++) {
            out.f()[i] = fromUnsigned(a.l()[i]);
        }
    }

    private static void unsignedToF64(Reg out, Reg a, int n) {
        for (int i = 0; i < n; i++) {
            long l = a.l()[i];
            out.d()[i] = l >= 0 ? l : ToOdd.half(l) * 2.0;
        }
    }

    private static void unsignedToC64(Reg out, Reg a, int n) {
        for (int i = 0; i < n; i++) {
            out.c()[2 * i] = fromUnsigned(a.l()[i]);
            out.c()[2 * i + 1] = 0;
        }
    }

    private static float fromUnsigned(long l) {
        return l >= 0 ? l : ToOdd.half(l) * 2f;
    }

    private static long unsigned(double value) {
        return value >= TWO_63 ? (long) (value - TWO_63) ^ Long.MIN_VALUE : (long) value;
    }
}
