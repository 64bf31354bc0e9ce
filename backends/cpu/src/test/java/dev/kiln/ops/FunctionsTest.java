package dev.kiln.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.graph.DType;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Functions over all that their arguments can be, in units in the last place; and that their bits do not depend on when. */
@Tag("everyLoops")
class FunctionsTest {

    /** Of every so many floats, in the order of their bits, one is tried. */
    private static final int STRIDE = 4099;
    /** Before the last ones the loop is compiled: 600 calls and 15,000 turns are what the JVM's second compiler asks for. */
    private static final int EVALUATIONS = 5000;
    /** What the JDK's own functions, to which doubles are compared, may be off by. */
    private static final double OF_REFERENCE = 1;

    private static final double[] SPECIAL = {0, -0.0, 1, -1, 0.5, -0.5, Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY, Double.NaN, Float.MIN_VALUE, -Float.MIN_VALUE, Double.MIN_VALUE, Float.MAX_VALUE,
        Double.MAX_VALUE, -Double.MAX_VALUE};

    private record Function(String name, UnaryOperator<Array> call, DoubleUnaryOperator exact, double units) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Function> functions() {
        return Stream.of(
                new Function("exp", Ops::exp, Math::exp, 1.5),
                new Function("expm1", Ops::expm1, Math::expm1, 2),
                new Function("log", Ops::log, Math::log, 2),
                new Function("log10", Ops::log10, Math::log10, 2),
                new Function("log1p", Ops::log1p, Math::log1p, 2),
                new Function("sin", Ops::sin, Math::sin, 1.5),
                new Function("cos", Ops::cos, Math::cos, 1.5),
                new Function("tan", Ops::tan, Math::tan, 3),
                new Function("arcsin", Ops::arcsin, Math::asin, 2.5),
                new Function("arccos", Ops::arccos, Math::acos, 2),
                new Function("arctan", Ops::arctan, Math::atan, 2),
                new Function("sinh", Ops::sinh, Math::sinh, 3),
                new Function("cosh", Ops::cosh, Math::cosh, 3));
    }

    @ParameterizedTest(name = "{0} of float32s of all sizes is as exact as promised")
    @MethodSource("functions")
    void floatsAreNear(Function function) {
        float[] x = new float[(int) ((1L << 32) / STRIDE)];
        for (int i = 0; i < x.length; i++) {
            x[i] = i < SPECIAL.length ? (float) SPECIAL[i] : Float.intBitsToFloat(i * STRIDE);
        }
        float[] y = function.call.apply(Array.of(x)).toFloatArray();
        for (int i = 0; i < x.length; i++) {
            assertNear(function.exact.applyAsDouble(x[i]), y[i], function.units, function.name + " of " + x[i]);
        }
    }

    @ParameterizedTest(name = "{0} of float64s of all sizes is as exact as promised")
    @MethodSource("functions")
    void doublesAreNear(Function function) {
        Random random = new Random(11);
        double[] x = Stream.of(Arrays.stream(SPECIAL), random.longs(100_000).mapToDouble(Double::longBitsToDouble),
                random.doubles(100_000, -1, 1), random.doubles(100_000, -750, 750), random.doubles(100_000, -1e9, 1e9),
                IntStream.range(-100_000, 100_000).mapToDouble(i -> i * Math.PI / 4))
                .flatMapToDouble(some -> some).toArray();
        double[] y = function.call.apply(Array.of(x)).toDoubleArray();
        for (int i = 0; i < x.length; i++) {
            double exact = function.exact.applyAsDouble(x[i]);
            double off = Math.abs(y[i] - exact) / Math.ulp(exact);
            assertTrue(same(exact, y[i]) || off <= function.units + OF_REFERENCE,
                    function.name + " of " + x[i] + " is " + y[i] + " instead of " + exact);
        }
    }

    @ParameterizedTest(name = "{0} keeps its bits while the JIT compiler compiles it")
    @MethodSource("functions")
    void bitsDoNotChange(Function function) {
        for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
            Array x = Ops.linspace(-20, 20, 385, DType.FLOAT64).astype(dtype).eval();
            double[] first = function.call.apply(x).toDoubleArray();
            for (int i = 0; i < EVALUATIONS; i++) {
                assertArrayEquals(first, function.call.apply(x).toDoubleArray(), dtype + ", evaluation " + i);
            }
        }
    }

    @Test
    void fused_functions_of_near_and_far_angles_have_the_bits_of_single_ones() {
        for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
            Array x = Ops.linspace(-3e8, 3e8, 1003, DType.FLOAT64).astype(dtype).reshape(17, 59).eval();
            Array alone = Ops.tan(x).eval().multiply(Ops.sin(x).eval().add(Ops.cos(x).eval()).eval()).eval();
            for (int i = 0; i < 200; i++) {
                assertArrayEquals(alone.toDoubleArray(),
                        Ops.tan(x).multiply(Ops.sin(x).add(Ops.cos(x))).toDoubleArray(), dtype + ", evaluation " + i);
            }
        }
    }

    @Test
    void powers_of_float32s_are_as_exact_as_promised() {
        Random random = new Random(12);
        int count = 500_000;
        float[] x = new float[count];
        float[] y = new float[count];
        for (int i = 0; i < count; i++) {
            x[i] = i % 3 == 0 ? Float.intBitsToFloat(random.nextInt()) : (float) Math.exp(random.nextGaussian() * 3);
            y[i] = i % 5 == 0
                    ? Float.intBitsToFloat(random.nextInt())
                    : i % 5 == 1
                            ? random.nextInt(-9, 10)
                            : (float) (random.nextGaussian() * Math.min(100, 60 / Math.abs(Math.log(Math.abs(x[i])))));
        }
        float[] power = Array.of(x).power(Array.of(y)).toFloatArray();
        for (int i = 0; i < count; i++) {
            assertNear(power(x[i], y[i]), power[i], 2.5, x[i] + " to the power of " + y[i]);
        }
    }

    @Test
    void powers_of_and_by_special_numbers_are_those_of_c() {
        double[] special = {0, 0.5, 1, 1.5, 2, 3, 1 << 24, 1e30, Float.MIN_VALUE, Float.MAX_VALUE,
            Double.POSITIVE_INFINITY};
        double[] some = IntStream.range(0, 2 * special.length + 1).mapToDouble(i -> i == 0
                ? Double.NaN
                : i % 2 == 0 ? special[(i - 1) / 2] : -special[(i - 1) / 2]).toArray();
        for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
            Array numbers = Array.of(some).astype(dtype);
            double[] powers = numbers.reshape(-1, 1).power(numbers).reshape(-1).toDoubleArray();
            double[] exactly = numbers.toDoubleArray();
            for (int i = 0; i < powers.length; i++) {
                double x = exactly[i / some.length];
                double y = exactly[i % some.length];
                double exact = dtype == DType.FLOAT32 ? (float) power(x, y) : power(x, y);
                assertTrue(same(exact, powers[i]) || Math.abs(powers[i] - exact) <= 1e-7 * Math.abs(exact),
                        dtype + ": " + x + " to the power of " + y + " is " + powers[i] + " instead of " + exact);
            }
        }
    }

    private static double power(double x, double y) {
        return x == 1 || x == -1 && Double.isInfinite(y) ? 1 : Math.pow(x, y);
    }

    private static void assertNear(double exact, float actual, double units, String what) {
        double off = Math.abs(actual - exact) / Math.ulp((float) exact);
        assertTrue(same((float) exact, actual) || off <= units,
                () -> what + " is " + actual + " instead of " + exact + ", off by " + off);
    }

    /** Equal, and zero with the same sign; any NaN is NaN. */
    private static boolean same(double a, double b) {
        return Double.compare(a, b) == 0;
    }
}
