package dev.kiln.backends.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.graph.DType;
import dev.kiln.ops.BinaryOp;
import dev.kiln.ops.UnaryOp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("everyWidth")
class ElementwiseLoopsTest {
    private static final long SEED = 7;
    private static final double[] SPECIAL = {0, -0.0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 3, -3, 1e-8, -1e-8, 1e-40,
        1e-30,
        1e30, -1e30, 88, 89, -87, -100, -104, 0x1p23, -0x1p23 - 2, 8388607.5, Float.MAX_VALUE, Float.MIN_VALUE,
        Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NaN};

    /** Special values, and random ones of many magnitudes. */
    private static double[] arguments() {
        Random random = new Random(SEED);
        double[] x = new double[801];
        System.arraycopy(SPECIAL, 0, x, 0, SPECIAL.length);
        for (int i = SPECIAL.length; i < x.length; i++) {
            x[i] = (float) (random.nextGaussian() * Math.pow(10, random.nextInt(5) - 2));
        }
        return x;
    }

    private static void close(double expected, double actual, double relative, String what) {
        if (Double.isFinite(expected) && Double.isFinite(actual)) {
            double bound = relative * Math.abs(expected) + 2 * Float.MIN_VALUE;
            assertEquals(expected, actual, bound, what);
        } else if (Math.abs(expected) > Float.MAX_VALUE * 0.999) { // may overflow one rounding earlier
            assertTrue(Math.abs(actual) > Float.MAX_VALUE * 0.999, what + ": " + actual);
        } else {
            assertEquals(expected, actual, what);
        }
    }

    private static boolean tests(UnaryOp op) {
        return switch (op) {
            case LOGICAL_NOT, ISNAN, ISINF, ISFINITE, ISPOSINF, ISNEGINF -> true;
            default -> false;
        };
    }

    private static boolean tests(BinaryOp op) {
        return op.compareTo(BinaryOp.EQUAL) >= 0 && op.compareTo(BinaryOp.LOGICAL_OR) <= 0;
    }

    @ParameterizedTest(name = "{0}, seed " + SEED)
    @EnumSource(UnaryOp.class)
    void a_unary_op_gives_in_vectors_what_it_gives_in_scalar_doubles(UnaryOp op) {
        double[] x = arguments();
        for (DType type : List.of(DType.FLOAT32, DType.FLOAT64)) {
            assertEquals(Implementations.SCALAR.has(op, type), Implementations.VECTOR.has(op, type));
            if (!Implementations.SCALAR.has(op, type)) {
                continue;
            }
            Reg expected = new Reg(tests(op) ? Lane.I64 : Lane.F64, x.length);
            Implementations.SCALAR.unary(op, DType.FLOAT64).run(expected, Regs.f64(x), x.length);
            Lane lane = Lane.of(type);
            for (Loops loops : List.of(Implementations.SCALAR, Implementations.VECTOR)) {
                Reg actual = new Reg(tests(op) ? Lane.I64 : lane, x.length);
                loops.unary(op, type).run(actual, lane == Lane.F32 ? Regs.f32(x) : Regs.f64(x), x.length);
                for (int i = 0; i < x.length; i++) {
                    // float32 rounds the argument too, which only 1e-8, 1e-30 and 1e-40 notice
                    double e = lane == Lane.F32 && !tests(op)
                            ? (float) scalar(op, (float) x[i])
                            : Regs.values(expected, x.length)[i];
                    close(e, Regs.values(actual, x.length)[i], lane == Lane.F32 ? 4e-7 : 1e-14,
                            op + "(" + x[i] + ") " + type);
                }
            }
        }
    }

    private static double scalar(UnaryOp op, double x) {
        Reg out = new Reg(Lane.F64, 1);
        Implementations.SCALAR.unary(op, DType.FLOAT64).run(out, Regs.f64(x), 1);
        return out.d()[0];
    }

    @ParameterizedTest(name = "{0}, seed " + SEED)
    @EnumSource(BinaryOp.class)
    void a_binary_op_gives_in_vectors_what_it_gives_in_scalars(BinaryOp op) {
        List<Double> left = new ArrayList<>();
        List<Double> right = new ArrayList<>();
        for (double a : SPECIAL) {
            for (double b : SPECIAL) {
                left.add((double) (float) a);
                right.add((double) (float) b);
            }
        }
        double[] a = left.stream().mapToDouble(v -> v).toArray();
        double[] b = right.stream().mapToDouble(v -> v).toArray();
        for (DType type : DType.values()) {
            if (!Implementations.SCALAR.has(op, type) || type == DType.COMPLEX64) {
                continue;
            }
            Lane lane = Lane.of(type);
            Reg x = of(lane, a);
            Reg y = of(lane, b);
            Reg expected = new Reg(tests(op) ? Lane.I64 : lane, a.length);
            Reg actual = new Reg(tests(op) ? Lane.I64 : lane, a.length);
            Implementations.SCALAR.binary(op, type).run(expected, x, y, a.length);
            Implementations.VECTOR.binary(op, type).run(actual, x, y, a.length);
            double[] e = Regs.values(expected, a.length);
            double[] v = Regs.values(actual, a.length);
            for (int i = 0; i < a.length; i++) {
                close(e[i], v[i], lane == Lane.F32 ? 4e-7 : 1e-14, op + "(" + a[i] + ", " + b[i] + ") " + type);
            }
        }
    }

    private static Reg of(Lane lane, double[] x) {
        return switch (lane) {
            case F32 -> Regs.f32(x);
            case F64 -> Regs.f64(x);
            case I64 -> Regs.i64(Arrays.stream(x).mapToLong(v -> (long) v).toArray());
            case C64 -> Regs.c64(x);
        };
    }

    @ParameterizedTest
    @MethodSource("dev.kiln.backends.cpu.Implementations#all")
    void special_functions_have_their_known_values(Loops loops) {
        double[] x = {0.1, 0.5, 1, 2, 2.5, 3, 5, -1};
        double[] erf = {0.1124629160182849, 0.5204998778130465, 0.8427007929497149, 0.9953222650189527,
            0.999593047982555, 0.9999779095030014, 0.9999999999984626, -0.8427007929497149};
        Reg y = new Reg(Lane.F64, x.length);
        loops.unary(UnaryOp.ERF, DType.FLOAT64).run(y, Regs.f64(x), x.length);
        assertArrayEquals(erf, Regs.values(y, x.length), 4e-16);
        loops.unary(UnaryOp.ERFINV, DType.FLOAT64).run(y, Regs.f64(erf), x.length);
        assertArrayEquals(new double[] {0.1, 0.5, 1, 2, 2.5, 3}, Regs.values(y, 6), 1e-12);
        loops.unary(UnaryOp.ARCSINH, DType.FLOAT64).run(y, Regs.f64(1, -1e-9, 1e200), 3);
        assertArrayEquals(new double[] {0.881373587019543, -1e-9, 461.2101657793691}, Regs.values(y, 3), 1e-12);
        loops.unary(UnaryOp.ARCCOSH, DType.FLOAT64).run(y, Regs.f64(2, 1, 0.5, -1e30), 4);
        assertArrayEquals(new double[] {1.3169578969248166, 0, Double.NaN, Double.NaN}, Regs.values(y, 4), 1e-15);
        loops.unary(UnaryOp.ARCTANH, DType.FLOAT64).run(y, Regs.f64(-0.5, 1, 2), 3);
        assertArrayEquals(new double[] {-0.5493061443340549, Double.POSITIVE_INFINITY, Double.NaN}, Regs.values(y, 3),
                1e-15);
        loops.unary(UnaryOp.SIGMOID, DType.FLOAT64).run(y, Regs.f64(0, 1000, -1000, 2), 4);
        assertArrayEquals(new double[] {0.5, 1, 0, 0.8807970779778825}, Regs.values(y, 4), 1e-15);
    }

    @ParameterizedTest
    @MethodSource("dev.kiln.backends.cpu.Implementations#all")
    void a_hyperbolic_tangent_is_close_odd_and_at_most_one(Loops loops) {
        int n = 4096;
        Reg x = new Reg(Lane.F32, n);
        Reg y = new Reg(Lane.F32, n);
        // the whole range of exponents by steps of a prime, and each float just below 8, where values first round to 1
        for (long from = 0; from < 0x7f80_0000; from += 24_593L * n) {
            for (int i = 0; i < n; i++) {
                x.f()[i] = Float.intBitsToFloat((int) Math.min(from + 24_593L * i, 0x7f80_0000));
            }
            tanh(loops, x, y, n);
        }
        for (int i = 0; i < n; i++) {
            x.f()[i] = Float.intBitsToFloat(Float.floatToRawIntBits(8) + i - n / 2);
        }
        tanh(loops, x, y, n);
        x.f()[0] = Float.NaN;
        loops.unary(UnaryOp.TANH, DType.FLOAT32).run(y, x, 1);
        assertEquals(Float.NaN, y.f()[0]);
    }

    private static void tanh(Loops loops, Reg x, Reg y, int n) {
        Reg negative = new Reg(Lane.F32, n);
        for (int i = 0; i < n; i++) {
            negative.f()[i] = -x.f()[i];
        }
        Reg z = new Reg(Lane.F32, n);
        loops.unary(UnaryOp.TANH, DType.FLOAT32).run(y, x, n);
        loops.unary(UnaryOp.TANH, DType.FLOAT32).run(z, negative, n);
        for (int i = 0; i < n; i++) {
            double exact = Math.tanh(x.f()[i]);
            assertEquals(exact, y.f()[i], 3.2e-7 * exact + Float.MIN_VALUE, "tanh of " + x.f()[i]);
            assertTrue(y.f()[i] <= 1, "tanh of " + x.f()[i]);
            assertEquals(-y.f()[i], z.f()[i], "tanh of " + negative.f()[i]);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.kiln.backends.cpu.Implementations#all")
    void division_and_powers_follow_their_rules(Loops loops) {
        Reg y = new Reg(Lane.F32, 8);
        loops.binary(BinaryOp.REMAINDER, DType.FLOAT32).run(y, Regs.f32(7, -7, 7, -7, 5), Regs.f32(3, 3, -3, -3, 0), 5);
        assertArrayEquals(new double[] {1, 2, -2, -1, Double.NaN}, Regs.values(y, 5));
        loops.binary(BinaryOp.FLOOR_DIVIDE, DType.FLOAT32).run(y, Regs.f32(7, -7, 1, 1), Regs.f32(2, 2,
                Double.NEGATIVE_INFINITY, 0), 4);
        assertArrayEquals(new double[] {3, -4, -0.0, Double.POSITIVE_INFINITY}, Regs.values(y, 4));
        loops.binary(BinaryOp.POWER, DType.FLOAT32).run(y, Regs.f32(1, -1, 2, -2, 0), Regs.f32(Double.NaN,
                Double.NEGATIVE_INFINITY, 10, 3, 0), 5);
        assertArrayEquals(new double[] {1, 1, 1024, -8, 1}, Regs.values(y, 5));

        Reg l = new Reg(Lane.I64, 8);
        loops.binary(BinaryOp.FLOOR_DIVIDE, DType.INT32).run(l, Regs.i64(7, -7, 7, 7), Regs.i64(2, 2, -2, 0), 4);
        assertArrayEquals(new double[] {3, -3, -3, 0}, Regs.values(l, 4));
        loops.binary(BinaryOp.REMAINDER, DType.INT32).run(l, Regs.i64(7, -7, 7, 7), Regs.i64(3, 3, -3, 0), 4);
        assertArrayEquals(new double[] {1, 2, -2, 0}, Regs.values(l, 4));
        loops.binary(BinaryOp.POWER, DType.INT32).run(l, Regs.i64(3, -2, 5, 0), Regs.i64(4, 3, -1, 0), 4);
        assertArrayEquals(new double[] {81, -8, 0, 1}, Regs.values(l, 4));
    }

    @ParameterizedTest
    @MethodSource("dev.kiln.backends.cpu.Implementations#all")
    void unsigned_numbers_keep_their_order(Loops loops) {
        Reg a = Regs.i64(-1, 1, -1);
        Reg b = Regs.i64(1, -1, -1);
        Reg y = new Reg(Lane.I64, 3);
        loops.binary(BinaryOp.GREATER, DType.UINT64).run(y, a, b, 3);
        assertArrayEquals(new double[] {1, 0, 0}, Regs.values(y, 3));
        loops.binary(BinaryOp.GREATER, DType.INT64).run(y, a, b, 3);
        assertArrayEquals(new double[] {0, 1, 0}, Regs.values(y, 3));
        loops.binary(BinaryOp.MINIMUM, DType.UINT64).run(y, a, b, 3);
        assertArrayEquals(new double[] {1, 1, -1}, Regs.values(y, 3));
        loops.binary(BinaryOp.FLOOR_DIVIDE, DType.UINT64).run(y, a, Regs.i64(2, 2, 0), 3);
        assertEquals(Long.MAX_VALUE, y.l()[0]);
    }

    @ParameterizedTest
    @MethodSource("dev.kiln.backends.cpu.Implementations#all")
    void complex_numbers_follow_the_textbook(Loops loops) {
        Reg z = Regs.c64(3, 4, -3, -4, 0, 1, -4, 0);
        Reg w = Regs.c64(1, -2, 3, 4, 0, 1, 1, 1);
        Reg y = new Reg(Lane.C64, 4);
        loops.binary(BinaryOp.MULTIPLY, DType.COMPLEX64).run(y, z, w, 4);
        assertArrayEquals(new double[] {11, -2, 7, -24, -1, 0, -4, -4}, Regs.values(y, 4));
        loops.binary(BinaryOp.DIVIDE, DType.COMPLEX64).run(y, y, w, 4);
        assertArrayEquals(Regs.values(z, 4), Regs.values(y, 4), 1e-6);
        loops.unary(UnaryOp.SQRT, DType.COMPLEX64).run(y, z, 4);
        assertArrayEquals(new double[] {2, 1, 1, -2, Math.sqrt(0.5), Math.sqrt(0.5), 0, 2}, Regs.values(y, 4), 1e-6);
        loops.unary(UnaryOp.EXP, DType.COMPLEX64).run(y, z, 1);
        assertArrayEquals(new double[] {Math.exp(3) * Math.cos(4), Math.exp(3) * Math.sin(4)}, Regs.values(y, 1), 1e-5);
        loops.unary(UnaryOp.RECIPROCAL, DType.COMPLEX64).run(y, z, 1);
        assertArrayEquals(new double[] {0.12, -0.16}, Regs.values(y, 1), 1e-7);
        loops.unary(UnaryOp.CONJUGATE, DType.COMPLEX64).run(y, z, 1);
        assertArrayEquals(new double[] {3, -4}, Regs.values(y, 1));
        Reg real = new Reg(Lane.F32, 4);
        loops.unary(UnaryOp.ABS, DType.COMPLEX64).run(real, z, 4);
        assertArrayEquals(new double[] {5, 5, 1, 4}, Regs.values(real, 4));
        loops.unary(UnaryOp.IMAG, DType.COMPLEX64).run(real, z, 4);
        assertArrayEquals(new double[] {4, -4, 1, 0}, Regs.values(real, 4));
        Reg truth = new Reg(Lane.I64, 4);
        loops.binary(BinaryOp.EQUAL, DType.COMPLEX64).run(truth, z, w, 4);
        assertArrayEquals(new double[] {0, 0, 1, 0}, Regs.values(truth, 4));
    }

    @ParameterizedTest
    @MethodSource("dev.kiln.backends.cpu.Implementations#all")
    void select_takes_the_first_where_the_condition_holds(Loops loops) {
        Reg condition = Regs.i64(1, 0, 5, 0, -1);
        for (DType type : List.of(DType.FLOAT32, DType.FLOAT64, DType.INT8)) {
            Reg out = new Reg(Lane.of(type), 5);
            loops.select(type).run(out, condition, of(Lane.of(type), new double[] {1, 2, 3, 4, 5}),
                    of(Lane.of(type), new double[] {-1, -2, -3, -4, -5}), 5);
            assertArrayEquals(new double[] {1, -2, 3, -4, 5}, Regs.values(out, 5));
        }
        Reg out = new Reg(Lane.C64, 2);
        loops.select(DType.COMPLEX64).run(out, condition, Regs.c64(1, 2, 3, 4), Regs.c64(5, 6, 7, 8), 2);
        assertArrayEquals(new double[] {1, 2, 7, 8}, Regs.values(out, 2));
    }

    @ParameterizedTest
    @MethodSource("dev.kiln.backends.cpu.Implementations#all")
    void a_loop_is_made_once_and_a_missing_one_is_refused(Loops loops) {
        assertSame(loops.unary(UnaryOp.EXP, DType.FLOAT32), loops.unary(UnaryOp.EXP, DType.BFLOAT16));
        assertFalse(loops.has(UnaryOp.ERF, DType.INT32));
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class,
                () -> loops.unary(UnaryOp.ERF, DType.INT32));
        assertTrue(e.getMessage().contains("[erf]"), e.getMessage());
    }
}
