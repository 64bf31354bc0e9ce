package dev.kiln.backends.cpu.vector;

import static dev.kiln.backends.cpu.vector.GemmTest.ALONE;
import static dev.kiln.backends.cpu.vector.GemmTest.THREE;
import static dev.kiln.backends.cpu.vector.GemmTest.fill;
import static dev.kiln.backends.cpu.vector.GemmTest.fillWithNaN;
import static dev.kiln.backends.cpu.vector.GemmTest.get;
import static dev.kiln.backends.cpu.vector.GemmTest.matrix;
import static dev.kiln.backends.cpu.vector.GemmTest.put;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kiln.backends.cpu.ElementType;
import dev.kiln.backends.cpu.MatrixOperand;
import dev.kiln.backends.cpu.MatrixProduct;
import dev.kiln.backends.cpu.vector.GemmTest.Layout;
import java.lang.foreign.Arena;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Products of few rows with a matrix whose rows are contiguous, beyond what {@link GemmTest} compares of all products. */
@Tag("everyWidth")
class FewRowsTest {

    private static final MatrixProduct PRODUCT = new VectorMatrixProduct();

    /** More rows of the matrix are read at a time for it; columns: whole turns, turns and a vector, and single ones behind. */
    @ParameterizedTest(name = "{0}, {1} columns")
    @CsvSource({"BF16,64", "BF16,83", "BF16,53", "F32,64", "F32,53"})
    void a_row_alone_makes_the_bits_that_it_makes_beside_another(ElementType type, int n) {
        int k = 8 * 5 + 4 + 3;
        Random random = new Random(29);
        try (Arena arena = Arena.ofConfined()) {
            MatrixOperand a = matrix(arena, type, 2, k, Layout.ROWS);
            MatrixOperand b = matrix(arena, type, k, n, Layout.ROWS);
            fill(a, 2, k, random);
            fill(b, k, n, random);
            MatrixOperand both = matrix(arena, ElementType.F32, 2, n, Layout.ROWS);
            MatrixOperand alone = matrix(arena, ElementType.F32, 1, n, Layout.ROWS);
            PRODUCT.multiply(2, n, k, a, b, both, ALONE);
            PRODUCT.multiply(1, n, k, a, b, alone, ALONE);
            for (int j = 0; j < n; j++) {
                assertEquals(get(both, 0, j), get(alone, 0, j), "column " + j);
            }
        }
    }

    /**
     * Its rows overlap in memory, seven elements apart, so that the test need not fill 32 MiB. Small integers have exact sums in any
     * order, where the bound of so long a sum would let a row be missing.
     */
    @ParameterizedTest(name = "{0}, {1} rows, seed 31")
    @CsvSource({"F32,5", "F32,8", "BF16,6", "BF16,8", "F16,7"})
    void some_rows_times_a_matrix_that_is_larger_than_caches_are(ElementType type, int m) {
        int n = 531;
        int k = (32 << 20) / type.bytes() / n + 3;
        Random random = new Random(31);
        try (Arena arena = Arena.ofConfined()) {
            MatrixOperand a = matrix(arena, type, m, k, Layout.ROWS);
            MatrixOperand row = matrix(arena, type, 1, 7 * k + n, Layout.ROWS);
            MatrixOperand b = new MatrixOperand(row.address(), 7, 1, type);
            MatrixOperand c = matrix(arena, ElementType.F32, m, n, Layout.ROWS);
            fillWithIntegers(a, m, k, random);
            fillWithIntegers(row, 1, 7 * k + n, random);
            fillWithNaN(c, m, n);
            PRODUCT.multiply(m, n, k, a, b, c, THREE);
            for (int j = 0; j < n; j += 5) {
                for (int i = 0; i < m; i++) {
                    double expected = 0;
                    for (int p = 0; p < k; p++) {
                        expected += get(a, i, p) * get(b, p, j);
                    }
                    assertEquals(expected, get(c, i, j), "at (" + i + "," + j + ")");
                }
            }
        }
    }

    private static void fillWithIntegers(MatrixOperand matrix, int rows, int cols, Random random) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < cols; j++) {
                put(matrix, i, j, random.nextInt(-2, 3));
            }
        }
    }
}
