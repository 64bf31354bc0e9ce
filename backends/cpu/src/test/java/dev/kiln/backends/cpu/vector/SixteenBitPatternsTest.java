package dev.kiln.backends.cpu.vector;

import static dev.kiln.backends.cpu.vector.GemmTest.ALONE;
import static dev.kiln.backends.cpu.vector.GemmTest.PRODUCTS;
import static dev.kiln.backends.cpu.vector.GemmTest.get;
import static dev.kiln.backends.cpu.vector.GemmTest.matrix;
import static dev.kiln.backends.cpu.vector.GemmTest.put;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kiln.backends.cpu.ElementType;
import dev.kiln.backends.cpu.Elements;
import dev.kiln.backends.cpu.MatrixOperand;
import dev.kiln.backends.cpu.MatrixProduct;
import dev.kiln.backends.cpu.vector.GemmTest.Layout;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What products make of each value that 16 bits can have, infinities and NaN among them. */
@Tag("everyWidth")
class SixteenBitPatternsTest {

    @TestFactory
    Stream<DynamicTest> every_16_bit_pattern_passes_through_a_product_with_one() {
        return PRODUCTS.stream().flatMap(product -> Stream.of(ElementType.F16, ElementType.BF16)
                .map(type -> DynamicTest.dynamicTest(product.getClass().getSimpleName() + " " + type,
                        () -> everyPattern(product, type))));
    }

    private static void everyPattern(MatrixProduct product, ElementType type) {
        int count = 1 << 16;
        try (Arena arena = Arena.ofConfined()) {
            MatrixOperand one = matrix(arena, ElementType.F32, 1, 1, Layout.ROWS);
            put(one, 0, 0, 1);
            MatrixOperand patterns = matrix(arena, type, 1, count, Layout.ROWS);
            for (int i = 0; i < count; i++) {
                Elements.ALL.set(ValueLayout.JAVA_SHORT, patterns.address() + 2L * i, (short) i);
            }
            MatrixOperand wide = matrix(arena, ElementType.F32, 1, count, Layout.ROWS);
            MatrixOperand back = matrix(arena, type, 1, count, Layout.ROWS);
            product.multiply(1, count, 1, one, patterns, wide, ALONE);
            product.multiply(1, count, 1, one, patterns, back, ALONE);
            for (int i = 0; i < count; i++) {
                float expected = type == ElementType.F16
                        ? Float.float16ToFloat((short) i)
                        : Float.intBitsToFloat(i << 16);
                // a product adds to +0, so -0 comes back as +0
                assertEquals(expected + 0f, (float) get(wide, 0, i), "pattern " + i);
                assertEquals(get(wide, 0, i), get(back, 0, i), "pattern " + i);
            }
        }
    }

    @TestFactory
    Stream<DynamicTest> every_16_bit_pattern_passes_through_a_sum_over_a_column() {
        return PRODUCTS.stream().flatMap(product -> Stream.of(ElementType.F16, ElementType.BF16)
                .flatMap(type -> Stream.of(1, 2, 3).map(rows -> DynamicTest.dynamicTest(
                        product.getClass().getSimpleName() + " " + type + ", rows: " + rows,
                        () -> everyPatternInAColumn(product, type, rows)))));
    }

    /** Each column has one pattern, in another place than its neighbours, among zeros. */
    private static void everyPatternInAColumn(MatrixProduct product, ElementType type, int rows) {
        int count = 1 << 16;
        int depth = 67;
        try (Arena arena = Arena.ofConfined()) {
            MatrixOperand ones = matrix(arena, ElementType.F32, rows, depth, Layout.ROWS);
            for (int i = 0; i < rows * depth; i++) {
                Elements.putFloat(ones.address() + 4L * i, 1);
            }
            MatrixOperand patterns = matrix(arena, type, depth, count, Layout.COLUMNS);
            for (int i = 0; i < count; i++) {
                Elements.ALL.set(ValueLayout.JAVA_SHORT, patterns.at(i % depth, i), (short) i);
            }
            MatrixOperand sums = matrix(arena, ElementType.F32, rows, count, Layout.ROWS);
            product.multiply(rows, count, depth, ones, patterns, sums, ALONE);
            for (int row = 0; row < rows; row++) {
                for (int i = 0; i < count; i++) {
                    float expected = type == ElementType.F16
                            ? Float.float16ToFloat((short) i)
                            : Float.intBitsToFloat(i << 16);
                    assertEquals(expected + 0f, (float) get(sums, row, i), "pattern " + i + " in row " + row);
                }
            }
        }
    }
}
