package dev.kiln.backends.cpu.vector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.backends.cpu.ElementType;
import dev.kiln.backends.cpu.MatrixOperand;
import dev.kiln.backends.cpu.MatrixProduct;
import dev.kiln.backends.cpu.Elements;
import dev.kiln.backends.cpu.ScalarMatrixProduct;
import dev.kiln.streams.Workers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Both matrix products against a triple loop in double precision. */
@Tag("everyWidth")
class GemmTest {

    static final List<MatrixProduct> PRODUCTS = List.of(new VectorMatrixProduct(), new ScalarMatrixProduct());

    static final Workers ALONE = new Workers() {
        @Override
        public int count() {
            return 1;
        }

        @Override
        public void run(int tasks, IntConsumer body) {
            IntStream.range(0, tasks).forEach(body);
        }
    };

    static final Workers THREE = new Workers() {
        @Override
        public int count() {
            return 3;
        }

        @Override
        public void run(int tasks, IntConsumer body) {
            IntStream.range(0, tasks).parallel().forEach(body);
        }
    };

    /** Every layout of a matrix that views produce. */
    enum Layout {
        ROWS, COLUMNS, PADDED_ROWS, EVERY_SECOND, REVERSED, ONE_ROW_REPEATED, ONE_COLUMN_REPEATED;

        long rowStride(int cols) {
            return switch (this) {
                case ROWS -> cols;
                case COLUMNS, ONE_COLUMN_REPEATED -> 1;
                case PADDED_ROWS -> cols + 3L;
                case EVERY_SECOND -> 2L * cols + 1;
                case REVERSED -> -cols;
                case ONE_ROW_REPEATED -> 0;
            };
        }

        long colStride(int rows) {
            return switch (this) {
                case ROWS, PADDED_ROWS, ONE_ROW_REPEATED -> 1;
                case COLUMNS -> rows;
                case EVERY_SECOND -> 2;
                case REVERSED -> -1;
                case ONE_COLUMN_REPEATED -> 0;
            };
        }
    }

    static MatrixOperand matrix(Arena arena, ElementType type, int rows, int cols, Layout layout) {
        long rowStride = layout.rowStride(cols);
        long colStride = layout.colStride(rows);
        long last = Math.max(0, rows - 1) * rowStride + Math.max(0, cols - 1) * colStride;
        MemorySegment memory = arena.allocate((Math.abs(last) + 1) * type.bytes(), 64);
        long origin = memory.address() + (last < 0 ? -last * type.bytes() : 0);
        return new MatrixOperand(origin, rowStride, colStride, type);
    }

    static double get(MatrixOperand matrix, int row, int col) {
        long address = matrix.at(row, col);
        return matrix.type() == ElementType.F64 ? Elements.getDouble(address) : Elements.get(matrix.type(), address);
    }

    static void put(MatrixOperand matrix, int row, int col, double value) {
        if (matrix.type() == ElementType.F64) {
            Elements.putDouble(matrix.at(row, col), value);
        } else {
            Elements.put(matrix.type(), matrix.at(row, col), (float) value);
        }
    }

    static void fill(MatrixOperand matrix, int rows, int cols, Random random) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < cols; j++) {
                put(matrix, i, j, random.nextGaussian());
            }
        }
    }

    static void fillWithNaN(MatrixOperand matrix, int rows, int cols) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < cols; j++) {
                put(matrix, i, j, Double.NaN);
            }
        }
    }

    /** The bound of recursive summation: (k + 2) roundings of the sum of magnitudes, and one of the result. */
    private static double tolerance(ElementType type, int k, double magnitude, double expected) {
        return switch (type) {
            case F64 -> (k + 2) * 0x1p-53 * magnitude;
            case F32 -> (k + 2) * 0x1p-24 * magnitude;
            case F16 -> (k + 2) * 0x1p-24 * magnitude + 0x1.01p-11 * Math.abs(expected) + 0x1p-25;
            case BF16 -> (k + 2) * 0x1p-24 * magnitude + 0x1.01p-8 * Math.abs(expected);
        };
    }

    private static void compare(MatrixProduct product, int m, int n, int k, ElementType[] types, Layout[] layouts,
            Workers workers, long seed) {
        Random random = new Random(seed);
        try (Arena arena = Arena.ofConfined()) {
            MatrixOperand a = matrix(arena, types[0], m, k, layouts[0]);
            MatrixOperand b = matrix(arena, types[1], k, n, layouts[1]);
            MatrixOperand c = matrix(arena, types[2], m, n, layouts[2]);
            fill(a, m, k, random);
            fill(b, k, n, random);
            fillWithNaN(c, m, n);
            product.multiply(m, n, k, a, b, c, workers);
            for (int i = 0; i < m; i++) {
                for (int j = 0; j < n; j++) {
                    compare(a, b, c, i, j, k);
                }
            }
        }
    }

    private static void compare(MatrixOperand a, MatrixOperand b, MatrixOperand c, int i, int j, int k) {
        double expected = 0;
        double magnitude = 0;
        for (int p = 0; p < k; p++) {
            double term = get(a, i, p) * get(b, p, j);
            expected += term;
            magnitude += Math.abs(term);
        }
        double bound = tolerance(c.type(), k, magnitude, expected);
        double actual = get(c, i, j);
        assertTrue(Math.abs(actual - expected) <= bound,
                "at (" + i + "," + j + "): " + actual + " instead of " + expected + " ± " + bound);
    }

    private static DynamicTest test(MatrixProduct product, int m, int n, int k, ElementType[] types,
            Layout[] layouts, Workers workers, long seed) {
        String name = product.getClass().getSimpleName() + " " + m + "x" + k + "·" + k + "x" + n + " "
                + List.of(types) + " " + List.of(layouts) + " workers " + workers.count() + " seed " + seed;
        return DynamicTest.dynamicTest(name,
                () -> compare(product, m, n, k, types, layouts, workers, seed));
    }

    private static ElementType[] all(ElementType type) {
        return new ElementType[] {type, type, type};
    }

    private static final Layout[] PLAIN = {Layout.ROWS, Layout.ROWS, Layout.ROWS};
    private static final Layout[] WEIGHTS = {Layout.ROWS, Layout.COLUMNS, Layout.ROWS};

    @TestFactory
    Stream<DynamicTest> every_small_and_odd_size_in_every_type() {
        int[] sizes = {0, 1, 2, 3, 5, 7, 8, 13, 17, 31, 37};
        List<DynamicTest> tests = new ArrayList<>();
        long seed = 1;
        for (MatrixProduct product : PRODUCTS) {
            for (ElementType type : ElementType.values()) {
                for (int m : sizes) {
                    for (int n : sizes) {
                        for (int k : new int[] {0, 1, 3, 4, 29}) {
                            tests.add(test(product, m, n, k, all(type), PLAIN, ALONE, seed++));
                            tests.add(test(product, m, n, k, all(type), WEIGHTS, ALONE, seed++));
                        }
                    }
                }
            }
        }
        return tests.stream();
    }

    @TestFactory
    Stream<DynamicTest> every_combination_of_layouts() {
        int[][] sizes = {{1, 19, 33}, {6, 35, 11}, {21, 1, 23}, {19, 43, 21}};
        Layout[] results = {Layout.ROWS, Layout.COLUMNS, Layout.PADDED_ROWS, Layout.EVERY_SECOND, Layout.REVERSED};
        List<DynamicTest> tests = new ArrayList<>();
        long seed = 100_000;
        for (MatrixProduct product : PRODUCTS) {
            for (ElementType type : ElementType.values()) {
                for (Layout left : Layout.values()) {
                    for (Layout right : Layout.values()) {
                        for (int[] size : sizes) {
                            Layout result = results[(int) (seed % results.length)];
                            Layout[] layouts = {left, right, result};
                            tests.add(test(product, size[0], size[1], size[2], all(type), layouts, THREE, seed++));
                        }
                    }
                }
            }
        }
        return tests.stream();
    }

    @TestFactory
    Stream<DynamicTest> sizes_beyond_every_block() {
        int[][] sizes = {{131, 1031, 263}, {521, 70, 300}, {1, 2051, 1029}, {3, 1030, 130}, {8, 300, 2050},
            {2100, 5, 67}, {1, 17_001, 40}, {3, 6_000, 90}, {64, 64, 64}, {10, 48, 130}};
        List<DynamicTest> tests = new ArrayList<>();
        long seed = 200_000;
        for (MatrixProduct product : PRODUCTS) {
            for (ElementType type : ElementType.values()) {
                for (int[] size : sizes) {
                    for (Layout[] layouts : List.of(PLAIN, WEIGHTS)) {
                        tests.add(test(product, size[0], size[1], size[2], all(type), layouts, THREE, seed++));
                    }
                }
            }
        }
        return tests.stream();
    }

    @TestFactory
    Stream<DynamicTest> products_that_are_packed_in_parts() {
        Layout[] columns = {Layout.COLUMNS, Layout.ROWS, Layout.COLUMNS};
        int[][] sizes = {{19, 4100, 521}, {4100, 19, 521}, {70, 70, 1100}};
        List<DynamicTest> tests = new ArrayList<>();
        long seed = 250_000;
        for (ElementType type : List.of(ElementType.F32, ElementType.BF16, ElementType.F64)) {
            for (int[] size : sizes) {
                for (Layout[] layouts : List.of(PLAIN, WEIGHTS, columns)) {
                    tests.add(test(PRODUCTS.getFirst(), size[0], size[1], size[2], all(type), layouts, THREE, seed++));
                }
            }
        }
        return tests.stream();
    }

    /** Two vectors are a tile; what is left over is a vector, or single columns if they are few, or a part of a tile. */
    @TestFactory
    Stream<DynamicTest> columns_left_over_from_tiles_of_every_width() {
        List<DynamicTest> tests = new ArrayList<>();
        long seed = 270_000;
        for (ElementType type : List.of(ElementType.F32, ElementType.BF16, ElementType.F64)) {
            int vector = type == ElementType.F64 ? Lanes.DOUBLE_COUNT : Lanes.FLOAT_COUNT;
            for (int vectors = 2; vectors <= 3; vectors++) {
                for (int over = 1; over <= Math.min(4, vector); over++) {
                    int n = vectors * vector + over;
                    for (Layout[] layouts : List.of(PLAIN, WEIGHTS)) {
                        tests.add(test(PRODUCTS.getFirst(), 13, n, 1301, all(type), layouts, THREE, seed++));
                        tests.add(test(PRODUCTS.getFirst(), 65, n, 1040, all(type), layouts, THREE, seed++));
                        tests.add(test(PRODUCTS.getFirst(), 197, n, 519, all(type), layouts, THREE, seed++));
                    }
                }
            }
        }
        return tests.stream();
    }

    @TestFactory
    Stream<DynamicTest> mixed_formats_of_at_most_32_bits() {
        ElementType[] narrow = {ElementType.F32, ElementType.F16, ElementType.BF16};
        List<DynamicTest> tests = new ArrayList<>();
        long seed = 300_000;
        for (MatrixProduct product : PRODUCTS) {
            for (ElementType left : narrow) {
                for (ElementType right : narrow) {
                    for (ElementType result : narrow) {
                        ElementType[] types = {left, right, result};
                        tests.add(test(product, 1, 37, 41, types, PLAIN, ALONE, seed++));
                        tests.add(test(product, 5, 37, 41, types, WEIGHTS, ALONE, seed++));
                        tests.add(test(product, 23, 37, 41, types, PLAIN, ALONE, seed++));
                    }
                }
            }
        }
        return tests.stream();
    }

    @ParameterizedTest(name = "{0}x{2}·{2}x{1}")
    @CsvSource({"200,300,600", "1,3000,700", "3,500,1000", "65,33,4097", "130,35,1000"})
    void the_number_of_workers_does_not_change_a_bit(int m, int n, int k) {
        Random random = new Random(7);
        try (Arena arena = Arena.ofConfined()) {
            MatrixOperand a = matrix(arena, ElementType.F32, m, k, Layout.ROWS);
            MatrixOperand b = matrix(arena, ElementType.F32, k, n, Layout.ROWS);
            fill(a, m, k, random);
            fill(b, k, n, random);
            for (MatrixProduct product : PRODUCTS) {
                float[] alone = product(arena, product, m, n, k, a, b, ALONE);
                assertArrayEquals(alone, product(arena, product, m, n, k, a, b, THREE), 0f);
            }
        }
    }

    private static float[] product(Arena arena, MatrixProduct product, int m, int n, int k, MatrixOperand a,
            MatrixOperand b, Workers workers) {
        MatrixOperand c = matrix(arena, ElementType.F32, m, n, Layout.ROWS);
        product.multiply(m, n, k, a, b, c, workers);
        float[] values = new float[m * n];
        for (int i = 0; i < values.length; i++) {
            values[i] = Elements.getFloat(c.address() + 4L * i);
        }
        return values;
    }

    @TestFactory
    Stream<DynamicTest> an_infinity_reaches_only_its_own_row_and_column() {
        return PRODUCTS.stream().map(product -> DynamicTest.dynamicTest(product.getClass().getSimpleName(), () -> {
            int size = 21;
            try (Arena arena = Arena.ofConfined()) {
                MatrixOperand a = matrix(arena, ElementType.F32, size, size, Layout.ROWS);
                MatrixOperand b = matrix(arena, ElementType.F32, size, size, Layout.ROWS);
                MatrixOperand c = matrix(arena, ElementType.F32, size, size, Layout.ROWS);
                fill(a, size, size, new Random(8));
                fill(b, size, size, new Random(9));
                put(b, size - 1, size - 1, Double.POSITIVE_INFINITY);
                product.multiply(size, size, size, a, b, c, ALONE);
                for (int i = 0; i < size; i++) {
                    for (int j = 0; j < size; j++) {
                        assertEquals(j == size - 1, Double.isInfinite(get(c, i, j)), "at (" + i + "," + j + ")");
                    }
                }
            }
        }));
    }

    @Test
    void a_16_bit_result_is_rounded_once_and_to_even() {
        try (Arena arena = Arena.ofConfined()) {
            MatrixOperand a = matrix(arena, ElementType.F32, 1, 2, Layout.ROWS);
            MatrixOperand b = matrix(arena, ElementType.F32, 2, 1, Layout.ROWS);
            MatrixOperand c = matrix(arena, ElementType.BF16, 1, 1, Layout.ROWS);
            put(b, 0, 0, 1);
            put(b, 1, 0, 1);
            for (MatrixProduct product : PRODUCTS) {
                // bfloat16 has steps of 2^-7 above one; halfway goes to the even neighbour.
                for (double[] pair : new double[][] {{0x1p-8, 1}, {0x3p-8, 1 + 0x1p-6}, {0x1.01p-8, 1 + 0x1p-7}}) {
                    put(a, 0, 0, 1);
                    put(a, 0, 1, pair[0]);
                    product.multiply(1, 1, 2, a, b, c, ALONE);
                    assertEquals(pair[1], get(c, 0, 0));
                }
            }
        }
    }

    @Test
    void illegal_arguments_are_refused() {
        MatrixOperand narrow = new MatrixOperand(0, 1, 1, ElementType.F32);
        MatrixOperand wide = new MatrixOperand(0, 1, 1, ElementType.F64);
        for (MatrixProduct product : PRODUCTS) {
            assertThrows(IllegalArgumentException.class,
                    () -> product.multiply(-1, 1, 1, narrow, narrow, narrow, ALONE));
            assertThrows(IllegalArgumentException.class, () -> product.multiply(1, 1, 1, narrow, wide, wide, ALONE));
        }
    }
}
