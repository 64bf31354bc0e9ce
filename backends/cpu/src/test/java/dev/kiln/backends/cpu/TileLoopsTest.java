package dev.kiln.backends.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every implementation against sums in double. */
@Tag("everyWidth")
class TileLoopsTest {

    /** An implementation and lengths; the seed draws the numbers. */
    record Case(Loops loops, int rows, int columns, int depth, long seed) {
        float[] draw(int n, int stream) {
            Random random = new Random(seed + stream);
            float[] numbers = new float[n];
            for (int i = 0; i < n; i++) {
                numbers[i] = random.nextFloat() - 0.5f;
            }
            return numbers;
        }
    }

    static List<Case> cases() {
        return Stream.of(Implementations.SCALAR, Implementations.VECTOR).flatMap(loops -> IntStream
                .of(1, 2, 3, 4, 5, 9, 32).boxed()
                .flatMap(rows -> IntStream.of(1, 3, 4, 13, 64).boxed()
                        .flatMap(columns -> IntStream.of(16, 32, 48, 80).mapToObj(
                                depth -> new Case(loops, rows, columns, depth, 7 * rows + 5 * columns + depth)))))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void dots_are_products_of_rows_with_rows(Case given) {
        int step = 66;
        float[] a = given.draw(given.rows * given.depth, 1);
        float[] b = given.draw((given.columns + 3) * given.depth, 2);
        float[] out = given.draw(given.rows * step + 4, 3);
        given.loops.tiles().dots(out, step, a, given.rows, b, given.columns, given.depth);
        for (int i = 0; i < given.rows; i++) {
            for (int j = 0; j < given.columns; j++) {
                double sum = 0;
                for (int d = 0; d < given.depth; d++) {
                    sum += (double) a[i * given.depth + d] * b[j * given.depth + d];
                }
                assertEquals(sum, out[i * step + j], 1e-5, "row " + i + ", column " + j);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void rows_accumulate_weighted_rows_and_nothing_else_is_touched(Case given) {
        int step = 70;
        int width = given.depth;
        float[] a = given.draw(given.rows * step, 1);
        float[] b = given.draw(given.columns * width, 2);
        float[] before = given.draw((given.rows + 1) * width, 3);
        float[] out = before.clone();
        given.loops.tiles().accumulate(out, a, step, given.rows, b, given.columns, width);
        for (int i = 0; i < given.rows + 1; i++) {
            for (int d = 0; d < width; d++) {
                double sum = before[i * width + d];
                for (int j = 0; j < given.columns && i < given.rows; j++) {
                    sum += (double) a[i * step + j] * b[j * width + d];
                }
                assertEquals(sum, out[i * width + d], 1e-5, "row " + i + ", column " + d);
            }
        }
    }
}
