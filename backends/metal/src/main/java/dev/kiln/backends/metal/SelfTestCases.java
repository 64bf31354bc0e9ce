package dev.kiln.backends.metal;

import com.google.common.primitives.ImmutableLongArray;
import dev.kiln.graph.DType;
import dev.kiln.graph.Layout;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Spec;
import dev.kiln.graph.Work;
import dev.kiln.graph.Work.Extent;
import dev.kiln.graph.Work.Instruction;
import dev.kiln.graph.Work.Load;
import dev.kiln.ops.Binary;
import dev.kiln.ops.BinaryOp;
import dev.kiln.ops.Cast;
import dev.kiln.ops.Concatenate;
import dev.kiln.ops.LayerNorm;
import dev.kiln.ops.Matmul;
import dev.kiln.ops.RandomBits;
import dev.kiln.ops.Reduce;
import dev.kiln.ops.RmsNorm;
import dev.kiln.ops.RmsNormVjp;
import dev.kiln.ops.Softmax;
import dev.kiln.ops.Take;
import dev.kiln.ops.Threefry;
import dev.kiln.ops.Unary;
import dev.kiln.ops.UnaryOp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;

/** The kernels that the self-test runs. What must come out is computed here in double precision, from the definitions. */
final class SelfTestCases {

    private static final List<DType> FLOATS = List.of(DType.FLOAT32, DType.FLOAT16, DType.BFLOAT16);
    private static final double EPS = 1e-5;

    private SelfTestCases() {}

    /** Enough to see that the device works: one kernel of each kind. */
    static List<SelfTestCase> few() {
        return List.of(gated(DType.FLOAT32), gated(DType.BFLOAT16), rmsNorm(DType.FLOAT16, 3, 700), transposed(),
                wrapping(), columnSums(), argmax(), matmul(DType.FLOAT32, 70, 50, 90),
                matmul(DType.BFLOAT16, 1, 300, 40),
                take(), randomBits());
    }

    /** All of them. */
    static List<SelfTestCase> all() {
        List<SelfTestCase> cases = new ArrayList<>(few());
        for (DType dtype : FLOATS) {
            cases.add(gated(dtype));
            for (int columns : new int[] {5, 300, 4096, 20_000}) {
                cases.add(rmsNorm(dtype, 2, columns));
                cases.add(softmax(dtype, 2, columns));
            }
            cases.add(rmsNorm(dtype, 5000, 8));
            cases.add(layerNorm(dtype, 3, 500));
            cases.add(rmsNormVjp(dtype, 3, 500));
            cases.add(matmul(dtype, 130, 40, 65));
            cases.add(matmul(dtype, 2, 300, 40));
        }
        cases.add(concatenate());
        return cases;
    }

    private static double tolerance(DType dtype) {
        return switch (dtype) {
            case FLOAT16 -> 2e-3;
            case BFLOAT16 -> 1.6e-2;
            case FLOAT32 -> 4e-6;
            default -> 0;
        };
    }

    /** Numbers around 0, each one of the dtype's; the same ones each time. */
    private static double[] draw(DType dtype, int count, int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return IntStream.range(0, count)
                .mapToDouble(i -> SelfTestCase.rounded(random.nextDouble(-2, 2), dtype)).toArray();
    }

    private static Load load(DType dtype, Shape shape) {
        return new Load(dtype, Layout.contiguous(shape), Extent.FULL);
    }

    private static Load byColumn(DType dtype, Shape space) {
        return new Load(dtype,
                Layout.contiguous(Shape.shape(space.dim(-1))).broadcast(Shape.shape(space.dim(-1)), space),
                Extent.FULL);
    }

    private static Instruction full(Primitive primitive, DType dtype, Integer... arguments) {
        return new Instruction(primitive, List.of(arguments), dtype, Extent.FULL);
    }

    private static Work.Operand operand(DType dtype, long... dims) {
        Shape shape = Shape.shape(dims);
        return new Work.Operand(new Spec(shape, dtype), Layout.contiguous(shape));
    }

    private static double[] map(double[] numbers, DoubleUnaryOperator function) {
        return Arrays.stream(numbers).map(function).toArray();
    }

    /** {@code a * sigmoid(a) * b}, b being the same for all rows. */
    private static SelfTestCase gated(DType dtype) {
        Shape space = Shape.shape(9, 33);
        double[] a = draw(dtype, 9 * 33, 1);
        double[] b = draw(dtype, 33, 2);
        Work.Program program = new Work.Program(space, List.of(load(dtype, space), byColumn(dtype, space)),
                List.of(full(new Unary(UnaryOp.SIGMOID), dtype, 0), full(new Binary(BinaryOp.MULTIPLY), dtype, 0, 2),
                        full(new Binary(BinaryOp.MULTIPLY), dtype, 3, 1)),
                List.of(4));
        double[] expected = IntStream.range(0, a.length).mapToDouble(i -> a[i] / (1 + Math.exp(-a[i])) * b[i % 33])
                .toArray();
        return new SelfTestCase("elementwise " + dtype, program, List.of(a, b), List.of(expected), tolerance(dtype));
    }

    private static SelfTestCase rmsNorm(DType dtype, int rows, int columns) {
        Shape space = Shape.shape(rows, columns);
        double[] x = draw(dtype, rows * columns, 3);
        double[] w = draw(dtype, columns, 4);
        Work.Program program = new Work.Program(space, List.of(load(dtype, space), byColumn(dtype, space)),
                List.of(full(new RmsNorm(EPS), dtype, 0, 1)), List.of(2));
        double[] expected = byRow(x, columns, row -> {
            double inverse = 1 / Math.sqrt(Arrays.stream(row).map(v -> v * v).average().orElseThrow() + EPS);
            return IntStream.range(0, columns)
                    .mapToDouble(i -> SelfTestCase.rounded(row[i] * inverse, dtype) * w[i]).toArray();
        });
        return new SelfTestCase("rms_norm " + dtype + space, program, List.of(x, w), List.of(expected),
                tolerance(dtype));
    }

    private static SelfTestCase layerNorm(DType dtype, int rows, int columns) {
        Shape space = Shape.shape(rows, columns);
        double[] x = draw(dtype, rows * columns, 5);
        Work.Program program = new Work.Program(space, List.of(load(dtype, space)),
                List.of(full(new LayerNorm(EPS), dtype, 0)), List.of(1));
        double[] expected = byRow(x, columns, row -> {
            double mean = Arrays.stream(row).average().orElseThrow();
            double variance = Arrays.stream(row).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
            return map(row, v -> (v - mean) / Math.sqrt(variance + EPS));
        });
        return new SelfTestCase("layer_norm " + dtype + space, program, List.of(x), List.of(expected),
                tolerance(dtype));
    }

    private static SelfTestCase rmsNormVjp(DType dtype, int rows, int columns) {
        Shape space = Shape.shape(rows, columns);
        double[] x = draw(dtype, rows * columns, 6);
        double[] u = draw(DType.FLOAT32, rows * columns, 7);
        Work.Program program = new Work.Program(space, List.of(load(dtype, space), load(DType.FLOAT32, space)),
                List.of(full(new RmsNormVjp(EPS), dtype, 0, 1)), List.of(2));
        double[] expected = new double[x.length];
        for (int at = 0; at < x.length; at += columns) {
            double squares = 0;
            double along = 0;
            for (int i = at; i < at + columns; i++) {
                squares += x[i] * x[i];
                along += x[i] * u[i];
            }
            double inverse = 1 / Math.sqrt(squares / columns + EPS);
            for (int i = at; i < at + columns; i++) {
                expected[i] = inverse * (u[i] - x[i] * inverse * inverse * along / columns);
            }
        }
        return new SelfTestCase("rms_norm_vjp " + dtype + space, program, List.of(x, u), List.of(expected),
                tolerance(dtype));
    }

    private static SelfTestCase softmax(DType dtype, int rows, int columns) {
        Shape space = Shape.shape(rows, columns);
        double[] x = draw(dtype, rows * columns, 8);
        x[0] = Double.NEGATIVE_INFINITY;
        Work.Program program = new Work.Program(space, List.of(load(dtype, space)),
                List.of(full(new Softmax(true), dtype, 0)), List.of(1));
        double[] expected = byRow(x, columns, row -> {
            double sum = Arrays.stream(row).map(Math::exp).sum();
            return map(row, v -> Math.exp(v) / sum);
        });
        return new SelfTestCase("softmax " + dtype + space, program, List.of(x), List.of(expected), tolerance(dtype));
    }

    /** A copy of a transposed array, as another dtype. */
    private static SelfTestCase transposed() {
        Shape space = Shape.shape(37, 29);
        double[] x = draw(DType.FLOAT32, 37 * 29, 9);
        Layout there = new Layout(0, ImmutableLongArray.of(1, 37));
        Work.Program program = new Work.Program(space, List.of(new Load(DType.FLOAT32, there, Extent.FULL)),
                List.of(full(new Cast(DType.FLOAT16), DType.FLOAT16, 0)), List.of(0, 1));
        double[] expected = IntStream.range(0, x.length).mapToDouble(i -> x[i % 29 * 37 + i / 29]).toArray();
        return new SelfTestCase("copies of a transposed array", program, List.of(x),
                List.of(expected, map(expected, v -> SelfTestCase.rounded(v, DType.FLOAT16))), 0);
    }

    /** Integers wrap around. */
    private static SelfTestCase wrapping() {
        Shape space = Shape.shape(4);
        double[] x = {127, -128, 5, 100};
        double[] y = {1, -1, -7, 100};
        Work.Program program = new Work.Program(space, List.of(load(DType.INT8, space), load(DType.INT8, space)),
                List.of(full(new Binary(BinaryOp.ADD), DType.INT8, 0, 1),
                        full(new Binary(BinaryOp.REMAINDER), DType.INT8, 0, 1)),
                List.of(2, 3));
        return new SelfTestCase("integers", program, List.of(x, y),
                List.of(new double[] {-128, 127, -2, -56}, new double[] {0, 0, -2, 0}), 0);
    }

    private static SelfTestCase columnSums() {
        double[] x = draw(DType.FLOAT32, 500 * 70, 10);
        Reduce sum = new Reduce(Reduce.Op.SUM, List.of(0), false);
        Work.Operand in = operand(DType.FLOAT32, 500, 70);
        double[] expected = new double[70];
        for (int i = 0; i < x.length; i++) {
            expected[i % 70] += x[i];
        }
        return new SelfTestCase("sums of columns", new Work.Single(sum, List.of(in), sum.infer(List.of(in.spec()))),
                List.of(x), List.of(expected), 4e-6);
    }

    /** The first NaN is the largest element. */
    private static SelfTestCase argmax() {
        double[] x = draw(DType.FLOAT32, 3 * 100, 11);
        x[37] = 5;
        x[99] = 5;
        x[150] = Double.NaN;
        x[170] = Double.NaN;
        x[204] = 3;
        Reduce argmax = new Reduce(Reduce.Op.ARGMAX, List.of(1), false);
        Work.Operand in = operand(DType.FLOAT32, 3, 100);
        return new SelfTestCase("argmax", new Work.Single(argmax, List.of(in), argmax.infer(List.of(in.spec()))),
                List.of(x), List.of(new double[] {37, 50, 4}), 0);
    }

    private static SelfTestCase matmul(DType dtype, int m, int k, int n) {
        double[] a = draw(dtype, m * k, 12);
        double[] b = draw(dtype, k * n, 13);
        double[] expected = new double[m * n];
        for (int i = 0; i < expected.length; i++) {
            for (int j = 0; j < k; j++) {
                expected[i] += a[i / n * k + j] * b[j * n + i % n];
            }
        }
        return new SelfTestCase("matmul " + dtype + "(" + m + "," + k + "," + n + ")",
                new Work.Single(new Matmul(), List.of(operand(dtype, m, k), operand(dtype, k, n)),
                        new Spec(Shape.shape(m, n), dtype)),
                List.of(a, b), List.of(expected), 4 * tolerance(dtype));
    }

    private static SelfTestCase take() {
        double[] x = draw(DType.FLOAT16, 6 * 5, 14);
        double[] indices = {5, 0, -1, 3};
        int[] places = {5, 0, 5, 3};
        double[] expected = IntStream.range(0, 20).mapToDouble(i -> x[places[i / 5] * 5 + i % 5]).toArray();
        return new SelfTestCase("take", new Work.Single(new Take(0),
                List.of(operand(DType.FLOAT16, 6, 5), operand(DType.INT32, 4)),
                new Spec(Shape.shape(4, 5), DType.FLOAT16)),
                List.of(x, indices), List.of(expected), 0);
    }

    private static SelfTestCase concatenate() {
        double[] x = draw(DType.INT64, 6, 15);
        double[] y = draw(DType.INT64, 4, 16);
        return new SelfTestCase("concatenate", new Work.Single(new Concatenate(1),
                List.of(operand(DType.INT64, 2, 3), operand(DType.INT64, 2, 2)),
                new Spec(Shape.shape(2, 5), DType.INT64)),
                List.of(x, y), List.of(new double[] {x[0], x[1], x[2], y[0], y[1], x[3], x[4], x[5], y[2], y[3]}), 0);
    }

    /** Five words: the words i and i + 3 are those of counter (i, i + 3), the third is the first half of counter (2, 0). */
    private static SelfTestCase randomBits() {
        int[] words = new int[2 * Threefry.BLOCK];
        words[1] = 1;
        words[2] = 2;
        words[Threefry.BLOCK] = 3;
        words[Threefry.BLOCK + 1] = 4;
        Threefry.hash(17, 42, words, 3);
        double[] expected = IntStream.of(words[0], words[1], words[2], words[Threefry.BLOCK], words[Threefry.BLOCK + 1])
                .mapToDouble(Integer::toUnsignedLong).toArray();
        RandomBits bits = new RandomBits(Shape.shape(5), 4);
        return new SelfTestCase("random bits", new Work.Single(bits, List.of(operand(DType.UINT32, 2)),
                new Spec(Shape.shape(5), DType.UINT32)), List.of(new double[] {17, 42}), List.of(expected), 0);
    }

    /** A function of a row. */
    @FunctionalInterface
    private interface OfRow {
        double[] of(double[] row);
    }

    private static double[] byRow(double[] x, int columns, OfRow function) {
        double[] all = new double[x.length];
        for (int at = 0; at < x.length; at += columns) {
            System.arraycopy(function.of(Arrays.copyOfRange(x, at, at + columns)), 0, all, at, columns);
        }
        return all;
    }
}
