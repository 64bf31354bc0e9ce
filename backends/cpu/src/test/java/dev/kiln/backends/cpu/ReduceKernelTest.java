package dev.kiln.backends.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.common.primitives.ImmutableLongArray;
import dev.kiln.graph.DType;
import dev.kiln.graph.Layout;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Spec;
import dev.kiln.graph.Work;
import dev.kiln.ops.Reduce;
import dev.kiln.streams.Device;
import dev.kiln.streams.Stream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("everyLoops")
class ReduceKernelTest {

    private static final Shape SPACE = Shape.shape(3, 70, 5, 19);

    private static Work.Operand operand(DType dtype, Shape shape, long... strides) {
        Layout layout = strides.length == 0
                ? Layout.contiguous(shape)
                : new Layout(0, ImmutableLongArray.copyOf(strides));
        return new Work.Operand(new Spec(shape, dtype), layout);
    }

    private static Reg run(Reduce reduce, Work.Operand x, MemorySegment memory) {
        Spec out = reduce.infer(List.of(x.spec()));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment result = arena.allocate(Math.max(1, out.bytes()), 64);
            ReduceKernel.of(reduce, new Work.Single(reduce, List.of(x), out)).launch(
                    Stream.defaultStream(Device.CPU), new long[] {memory.address(), result.address()});
            Reg values = new Reg(Lane.of(out.dtype()), (int) out.shape().size());
            Loops.get().load(out.dtype()).run(values, 0, result.address(), out.dtype().size(),
                    (int) out.shape().size());
            return values;
        }
    }

    /** The elements that are folded to each result, in row-major order of the folded axes. */
    private static List<List<Double>> elements(Reduce reduce, Work.Operand x, MemorySegment memory) {
        Shape shape = x.spec().shape();
        List<List<Double>> folded = new ArrayList<>();
        long results = reduce.infer(List.of(x.spec())).shape().size();
        for (long i = 0; i < results; i++) {
            folded.add(new ArrayList<>());
        }
        LoadLoop load = Loops.get().load(x.spec().dtype());
        Reg one = new Reg(Lane.of(x.spec().dtype()), 1);
        for (long i = 0; i < shape.size(); i++) {
            long place = 0;
            long result = 0;
            long scale = 1;
            long rest = i;
            for (int axis = shape.rank() - 1; axis >= 0; axis--) {
                long index = rest % shape.dim(axis);
                rest /= shape.dim(axis);
                place += index * x.layout().stride(axis);
                if (!reduce.axes().contains(axis)) {
                    result += index * scale;
                    scale *= shape.dim(axis);
                }
            }
            load.run(one, 0, memory.address() + place * x.spec().dtype().size(), 1, 1);
            folded.get((int) result).add(Regs.values(one, 1)[0]);
        }
        return folded;
    }

    private static double expected(Reduce.Op op, List<Double> elements) {
        double sum = elements.stream().mapToDouble(e -> e).sum();
        double max = elements.stream().mapToDouble(e -> e).max().orElse(Double.NEGATIVE_INFINITY);
        double min = elements.stream().mapToDouble(e -> e).min().orElse(Double.POSITIVE_INFINITY);
        return switch (op) {
            case SUM -> sum;
            case MEAN -> sum / elements.size();
            case PROD -> elements.stream().reduce(1.0, (a, b) -> a * b);
            case MAX -> max;
            case MIN -> min;
            case ALL -> elements.stream().allMatch(e -> e != 0) ? 1 : 0;
            case ANY -> elements.stream().anyMatch(e -> e != 0) ? 1 : 0;
            case LOGSUMEXP -> max + Math.log(elements.stream().mapToDouble(e -> Math.exp(e - max)).sum());
            case ARGMAX -> elements.indexOf(max);
            case ARGMIN -> elements.indexOf(min);
        };
    }

    private static void check(Reduce reduce, Work.Operand x, double tolerance) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = Programs.randoms(arena, x.spec().dtype(), 2 * x.spec().shape().size() + 64, 7);
            Reg actual = run(reduce, x, memory);
            List<List<Double>> elements = elements(reduce, x, memory);
            double[] values = Regs.values(actual, elements.size());
            for (int i = 0; i < elements.size(); i++) {
                double exact = expected(reduce.op(), elements.get(i));
                double expected = actual.lane() == Lane.F32 ? (float) exact : exact; // which may overflow
                assertEquals(expected, values[i], tolerance * Math.max(1, Math.abs(expected)),
                        reduce + " of " + x + ", result " + i);
            }
        }
    }

    private static double tolerance(DType dtype) {
        return switch (dtype) {
            case FLOAT16 -> 1e-3;
            case BFLOAT16 -> 1e-2;
            case FLOAT32 -> 1e-5;
            case FLOAT64 -> 1e-13;
            case BOOL, UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64, COMPLEX64 -> 0;
        };
    }

    @ParameterizedTest
    @EnumSource(Reduce.Op.class)
    void every_fold_of_any_axes_of_float32_is_right(Reduce.Op op) {
        for (List<Integer> axes : List.of(List.of(0), List.of(1), List.of(2), List.of(3), List.of(0, 1),
                List.of(1, 3), List.of(0, 2), List.of(2, 3), List.of(0, 2, 3), List.of(0, 1, 2, 3))) {
            for (boolean keepdims : new boolean[] {false, true}) {
                check(new Reduce(op, axes, keepdims), operand(DType.FLOAT32, SPACE), 1e-5);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Reduce.Op.class)
    void strides_do_not_change_what_is_folded(Reduce.Op op) {
        for (long[] strides : new long[][] {{1, 3, 210, 1050}, {0, 95, 19, 1}, {6650, 0, 0, 2}, {350, 5, 1, 0}}) {
            for (List<Integer> axes : List.of(List.of(1), List.of(3), List.of(1, 2), List.of(0, 3))) {
                check(new Reduce(op, axes, false), operand(DType.FLOAT32, SPACE, strides), 1e-5);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = DType.class, mode = EnumSource.Mode.EXCLUDE, names = "COMPLEX64")
    void every_dtype_is_folded_in_its_own_way(DType dtype) {
        for (Reduce.Op op : Reduce.Op.values()) {
            // Products of small integers overflow, and wrap, at different widths; they have a test of their own.
            if (RowFolds.has(op, dtype) && !(op == Reduce.Op.PROD && dtype.isInteger())) {
                double tolerance = op == Reduce.Op.ALL || op == Reduce.Op.ANY ? 0 : tolerance(dtype);
                check(new Reduce(op, List.of(1), false), operand(dtype, Shape.shape(2, 30, 7)), tolerance);
                check(new Reduce(op, List.of(0), false), operand(dtype, Shape.shape(30, 2100)), tolerance);
                check(new Reduce(op, List.of(0, 1), false), operand(dtype, Shape.shape(5, 6)), tolerance);
            }
        }
    }

    @Test
    void integer_products_and_sums_wrap_around() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment threes = arena.allocate(100);
            threes.fill((byte) 3);
            Work.Operand x = operand(DType.INT8, Shape.shape(100));
            byte product = 1;
            for (int i = 0; i < 100; i++) {
                product = (byte) (product * 3);
            }
            assertEquals(product, run(new Reduce(Reduce.Op.PROD, List.of(0), false), x, threes).l()[0]);
            assertEquals((byte) 300, run(new Reduce(Reduce.Op.SUM, List.of(0), false), x, threes).l()[0]);
        }
    }

    @Test
    void complex_numbers_are_summed_multiplied_and_averaged() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment x = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 1, 2, 3, -1, 0, 1, 2, 2);
            Work.Operand operand = operand(DType.COMPLEX64, Shape.shape(2, 2));
            Reg sum = run(new Reduce(Reduce.Op.SUM, List.of(0), false), operand, x);
            assertArrayEquals(new float[] {1, 3, 5, 1}, Arrays.copyOf(sum.c(), 4));
            Reg mean = run(new Reduce(Reduce.Op.MEAN, List.of(0, 1), false), operand, x);
            assertArrayEquals(new float[] {1.5f, 1}, Arrays.copyOf(mean.c(), 2));
            Reg product = run(new Reduce(Reduce.Op.PROD, List.of(1), false), operand, x);
            assertArrayEquals(new float[] {5, 5, -2, 2}, Arrays.copyOf(product.c(), 4));
        }
    }

    @ParameterizedTest
    @CsvSource({"33554433, 1", "1, 20000003", "300007, 64", "65, 300007"})
    void sums_of_many_ones_are_exact_in_float32(long rows, long columns) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment one = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 1);
            Work.Operand ones = operand(DType.FLOAT32, Shape.shape(rows, columns), 0, 0);
            for (List<Integer> axes : List.of(List.of(0), List.of(1), List.of(0, 1))) {
                if (axes.size() == 1 && rows * columns > 400L * Math.max(rows, columns)) {
                    continue;
                }
                Reduce sum = new Reduce(Reduce.Op.SUM, axes, false);
                Reg actual = run(sum, ones, one);
                float expected = axes.size() == 2 ? rows * columns : axes.contains(0) ? rows : columns;
                assertEquals(expected, actual.f()[0], axes.toString());
            }
        }
    }

    @Test
    void many_rows_are_summed_pairwise_into_few_results() {
        try (Arena arena = Arena.ofConfined()) {
            int rows = 1 << 18;
            MemorySegment memory = arena.allocate(rows * 4L * 4);
            for (int i = 0; i < rows * 4; i++) {
                memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, 0.1f);
            }
            Reg sums = run(new Reduce(Reduce.Op.SUM, List.of(0), false),
                    operand(DType.FLOAT32, Shape.shape(rows, 4)), memory);
            assertEquals(rows * (double) 0.1f, sums.f()[3], 0.05);
        }
    }

    @Test
    void the_first_of_equal_elements_is_found_however_long_the_array() {
        try (Arena arena = Arena.ofConfined()) {
            int n = 1_000_003;
            MemorySegment memory = arena.allocate(n * 4L);
            memory.setAtIndex(ValueLayout.JAVA_FLOAT, 700_001, 5);
            memory.setAtIndex(ValueLayout.JAVA_FLOAT, 700_002, 5);
            memory.setAtIndex(ValueLayout.JAVA_FLOAT, 900_000, 5);
            memory.setAtIndex(ValueLayout.JAVA_FLOAT, 300_000, -5);
            Work.Operand x = operand(DType.FLOAT32, Shape.shape(n));
            assertEquals(700_001, run(new Reduce(Reduce.Op.ARGMAX, List.of(0), false), x, memory).l()[0]);
            assertEquals(300_000, run(new Reduce(Reduce.Op.ARGMIN, List.of(0), false), x, memory).l()[0]);
            memory.setAtIndex(ValueLayout.JAVA_FLOAT, 800_000, Float.NaN);
            assertEquals(800_000, run(new Reduce(Reduce.Op.ARGMAX, List.of(0), false), x, memory).l()[0]);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT64", "BFLOAT16"})
    void the_first_of_equal_elements_is_found_down_columns_and_the_first_nan_before_all_others(DType dtype) {
        try (Arena arena = Arena.ofConfined()) {
            int rows = 50;
            int columns = 1030;
            double[] elements = new double[rows * columns];
            double[] special = {5, 5, -5, -5, Double.NaN, Double.NaN};
            for (int row = 0; row < rows; row++) {
                for (int column = 0; column < columns; column++) {
                    // column c has its two maxima from row c % 40 on, then two minima, and every third one two NaNs
                    int at = row - column % 40;
                    boolean isSpecial = at >= 0 && at < (column % 3 == 0 ? 6 : 4);
                    elements[row * columns + column] = isSpecial ? special[at] : 1;
                }
            }
            MemorySegment memory = arena.allocate((long) rows * columns * dtype.size());
            Reg values = dtype == DType.FLOAT64 ? Regs.f64(elements) : Regs.f32(elements);
            Loops.get().store(dtype).run(values, 0, memory.address(), elements.length);
            Work.Operand x = operand(dtype, Shape.shape(rows, columns));
            long[] largest = run(new Reduce(Reduce.Op.ARGMAX, List.of(0), false), x, memory).l();
            long[] smallest = run(new Reduce(Reduce.Op.ARGMIN, List.of(0), false), x, memory).l();
            for (int column = 0; column < columns; column++) {
                int first = column % 40;
                assertEquals(column % 3 == 0 ? first + 4 : first, largest[column], "column " + column);
                assertEquals(column % 3 == 0 ? first + 4 : first + 2, smallest[column], "column " + column);
            }
        }
    }

    @Test
    void unsigned_longs_are_compared_as_such_down_columns() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(3 * 20 * 8L);
            for (int column = 0; column < 20; column++) {
                memory.setAtIndex(ValueLayout.JAVA_LONG, column, 7);
                memory.setAtIndex(ValueLayout.JAVA_LONG, 20 + column, -1);
                memory.setAtIndex(ValueLayout.JAVA_LONG, 40 + column, 3);
            }
            Shape shape = Shape.shape(3, 20);
            for (DType dtype : List.of(DType.UINT64, DType.INT64)) {
                boolean unsigned = dtype == DType.UINT64;
                assertEquals(unsigned ? 1 : 0, run(new Reduce(Reduce.Op.ARGMAX, List.of(0), false),
                        operand(dtype, shape), memory).l()[19]);
                assertEquals(unsigned ? 2 : 1, run(new Reduce(Reduce.Op.ARGMIN, List.of(0), false),
                        operand(dtype, shape), memory).l()[19]);
            }
        }
    }

    @Test
    void nothing_folds_to_the_identity() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment nothing = arena.allocate(8);
            Work.Operand x = operand(DType.FLOAT32, Shape.shape(3, 0));
            assertArrayEquals(new double[] {0, 0, 0},
                    Regs.values(run(new Reduce(Reduce.Op.SUM, List.of(1), false), x, nothing), 3));
            assertArrayEquals(new double[] {1, 1, 1},
                    Regs.values(run(new Reduce(Reduce.Op.PROD, List.of(1), false), x, nothing), 3));
            assertArrayEquals(new double[] {1, 1, 1},
                    Regs.values(run(new Reduce(Reduce.Op.ALL, List.of(1), false), x, nothing), 3));
            assertEquals(0, run(new Reduce(Reduce.Op.ANY, List.of(0, 1), false), x, nothing).l()[0]);
            assertArrayEquals(new double[0],
                    Regs.values(run(new Reduce(Reduce.Op.SUM, List.of(0), false), x, nothing), 0));
        }
    }
}
