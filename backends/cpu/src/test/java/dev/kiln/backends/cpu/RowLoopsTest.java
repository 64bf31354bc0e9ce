package dev.kiln.backends.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kiln.graph.DType;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("everyWidth")
class RowLoopsTest {
    private static final long SEED = 5;
    private static final int[] LENGTHS = {1, 2, 3, 7, 31, 32, 33, 256, 4099};
    private static final int AT = 5;

    private static void close(double expected, double actual, double scale, DType type, String what) {
        assertEquals(expected, actual, (type == DType.FLOAT64 ? 1e-13 : 2e-6) * scale, what + " " + type);
    }

    @ParameterizedTest(name = "{0}, seed " + SEED)
    @MethodSource("dev.kiln.backends.cpu.Implementations#all")
    void statistics_of_a_row_agree_with_double_arithmetic(Loops loops) {
        for (DType type : List.of(DType.FLOAT32, DType.FLOAT64)) {
            FloatRows rows = loops.floatRows(type);
            for (int n : LENGTHS) {
                double[] x = row(n);
                Reg reg = reg(type, x);
                double[] own = Arrays.copyOfRange(x, AT, AT + n);
                double sum = Arrays.stream(own).sum();
                double magnitude = Arrays.stream(own).map(Math::abs).sum();
                double squares = Arrays.stream(own).map(v -> v * v).sum();
                double mean = sum / n;
                double deviations = Arrays.stream(own).map(v -> (v - mean) * (v - mean)).sum();
                double max = Arrays.stream(own).max().orElseThrow();
                String what = "of " + n;
                close(sum, rows.sum(reg, AT, n), magnitude, type, "sum " + what);
                close(squares, rows.sumOfSquares(reg, AT, n), squares, type, "squares " + what);
                close(deviations / n, rows.variance(reg, AT, n, rows.mean(reg, AT, n)), squares / n, type,
                        "var " + what);
                close(1 / Math.sqrt(squares / n + 1e-5), rows.inverseRms(reg, AT, n, 1e-5),
                        1 / Math.sqrt(squares / n), type, "rms " + what);
                close(max + Math.log(Arrays.stream(own).map(v -> Math.exp(v - max)).sum()),
                        rows.logSumExp(reg, AT, n), 10, type, "logsumexp " + what);
                assertEquals(max, rows.max(reg, AT, n), "max " + what);
                assertEquals(Arrays.stream(own).min().orElseThrow(), rows.min(reg, AT, n), "min " + what);
                assertEquals(max, own[rows.argmax(reg, AT, n)], "argmax " + what);
                assertEquals(rows.min(reg, AT, n), own[rows.argmin(reg, AT, n)], "argmin " + what);
                double[] near = Arrays.stream(x).map(v -> (float) (1 + v / 1000)).toArray();
                double product = Arrays.stream(Arrays.copyOfRange(near, AT, AT + n)).reduce(1, (a, b) -> a * b);
                assertEquals(product, rows.product(reg(type, near), AT, n),
                        product * (type == DType.FLOAT64 ? 1e-12 : 1e-4),
                        "product " + what);
            }
        }
    }

    @ParameterizedTest(name = "{0}, seed " + SEED)
    @MethodSource("dev.kiln.backends.cpu.Implementations#all")
    void writing_a_row_leaves_its_neighbours_alone(Loops loops) {
        for (DType type : List.of(DType.FLOAT32, DType.FLOAT64)) {
            FloatRows rows = loops.floatRows(type);
            for (int n : LENGTHS) {
                double[] x = row(n);
                double max = Arrays.stream(x, AT, AT + n).max().orElseThrow();
                double total = Arrays.stream(x, AT, AT + n).map(v -> Math.exp(v - max)).sum();
                Reg softmax = reg(type, x);
                rows.softmax(softmax, softmax, AT, n);
                Reg scaled = reg(type, x);
                rows.scale(scaled, scaled, AT, n, 3);
                Reg standard = reg(type, x);
                rows.standardize(standard, standard, AT, n, 0.5, 2);
                for (int i = 0; i < x.length; i++) {
                    boolean inside = i >= AT && i < AT + n;
                    String what = "element " + i + " of " + n;
                    close(inside ? Math.exp(x[i] - max) / total : x[i], Regs.values(softmax, x.length)[i], 1, type,
                            what);
                    close(inside ? 3 * x[i] : x[i], Regs.values(scaled, x.length)[i], 10, type, what);
                    close(inside ? (x[i] - 0.5) * 2 : x[i], Regs.values(standard, x.length)[i], 10, type, what);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.kiln.backends.cpu.Implementations#all")
    void two_rows_are_multiplied_and_combined(Loops loops) {
        for (DType type : List.of(DType.FLOAT32, DType.FLOAT64)) {
            FloatRows rows = loops.floatRows(type);
            for (int n : LENGTHS) {
                double[] x = row(n);
                double[] u = Arrays.stream(x).map(v -> v * v - 1).toArray();
                double dot = java.util.stream.IntStream.range(AT, AT + n).mapToDouble(i -> (x[i] - 0.5) * u[i]).sum();
                close(dot, rows.dot(reg(type, x), reg(type, u), AT, n, 0.5), 20 * n, type, "dot of " + n);
                Reg combined = reg(type, x);
                rows.combine(combined, combined, reg(type, u), AT, n, 2, 3, 0.5, 0.25);
                for (int i = 0; i < x.length; i++) {
                    boolean inside = i >= AT && i < AT + n;
                    close(inside ? 2 * (u[i] + 3 * (x[i] - 0.5) + 0.25) : x[i],
                            Regs.values(combined, x.length)[i], 50, type, "element " + i + " of " + n);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.kiln.backends.cpu.Implementations#all")
    void a_nan_wins_and_the_first_of_equals_is_found(Loops loops) {
        for (DType type : List.of(DType.FLOAT32, DType.FLOAT64)) {
            FloatRows rows = loops.floatRows(type);
            for (int n : LENGTHS) {
                double[] x = new double[n];
                assertEquals(0, rows.argmax(reg(type, x), 0, n), "all equal, " + n);
                x[n / 2] = 1;
                x[n - 1] = 1;
                assertEquals(n / 2, rows.argmax(reg(type, x), 0, n), "two maxima, " + n);
                x[n / 3] = Double.NaN;
                x[n - 1] = Double.NaN;
                Reg reg = reg(type, x);
                assertEquals(Double.NaN, rows.max(reg, 0, n));
                assertEquals(Double.NaN, rows.min(reg, 0, n));
                assertEquals(n / 3, rows.argmax(reg, 0, n), "NaN, " + n);
                assertEquals(n / 3, rows.argmin(reg, 0, n), "NaN, " + n);
            }
            Reg infinite = reg(type, new double[] {Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY});
            assertEquals(Double.NEGATIVE_INFINITY, rows.logSumExp(infinite, 0, 2));
            assertEquals(0, rows.sum(infinite, 0, 0));
            assertEquals(1, rows.product(infinite, 0, 0));
            assertEquals(Double.NEGATIVE_INFINITY, rows.max(infinite, 0, 0));
        }
    }

    @ParameterizedTest
    @MethodSource("dev.kiln.backends.cpu.Implementations#all")
    void integer_rows_are_exact_and_know_their_sign(Loops loops) {
        Reg x = Regs.i64(99, 3, -1, 7, -1, 7, 99);
        IntegerRows signed = loops.integerRows(DType.INT32);
        assertEquals(15, signed.sum(x, 1, 5));
        assertEquals(147, signed.product(x, 1, 5));
        assertEquals(7, signed.max(x, 1, 5));
        assertEquals(-1, signed.min(x, 1, 5));
        assertEquals(2, signed.argmax(x, 1, 5));
        assertEquals(1, signed.argmin(x, 1, 5));
        IntegerRows unsigned = loops.integerRows(DType.UINT64);
        assertEquals(-1, unsigned.max(x, 1, 5));
        assertEquals(3, unsigned.min(x, 1, 5));
        assertEquals(1, unsigned.argmax(x, 1, 5));
        assertEquals(0, unsigned.argmin(x, 1, 5));
        assertEquals(0, unsigned.max(x, 0, 0));
    }

    /** A row of {@code n} with neighbours on both sides. */
    private static double[] row(int n) {
        Random random = new Random(SEED + n);
        return random.doubles(n + 2 * AT, -3, 3).map(v -> (float) v).toArray();
    }

    private static Reg reg(DType type, double[] x) {
        return type == DType.FLOAT64 ? Regs.f64(x) : Regs.f32(x);
    }
}
