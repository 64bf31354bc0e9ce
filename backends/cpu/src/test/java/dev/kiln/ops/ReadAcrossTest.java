package dev.kiln.ops;

import static dev.kiln.graph.Shape.shape;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.graph.DType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Arrays that are read across the lines in which they lie in memory. */
class ReadAcrossTest {

    private static final long SEED = 12;
    private static final int ROWS = 257;
    private static final int COLUMNS = 300;

    private static Array normal(DType dtype, long... dims) {
        return Random.normal(shape(dims), DType.FLOAT32, Random.key(SEED)).astype(dtype).eval();
    }

    @ParameterizedTest(name = "{0}, seed 12")
    @EnumSource(names = {"FLOAT32", "BFLOAT16", "FLOAT16", "FLOAT64", "INT8"})
    void a_large_transposed_array_is_copied_before_a_program_reads_it(DType dtype) {
        Array x = normal(DType.FLOAT32, ROWS, 3 * COLUMNS).multiply(10).astype(dtype).eval();
        Array y = normal(DType.FLOAT32, 3 * COLUMNS, ROWS).multiply(10).astype(dtype).eval();
        Array sum = x.transpose().add(y);
        assertEquals(List.of(List.of("copy"), List.of("add")), Schedules.kernels(sum));
        double[] a = x.toDoubleArray();
        double[] b = y.toDoubleArray();
        double[] expected = new double[b.length];
        for (int i = 0; i < 3 * COLUMNS; i++) {
            for (int j = 0; j < ROWS; j++) {
                expected[i * ROWS + j] = a[j * 3 * COLUMNS + i] + b[i * ROWS + j];
            }
        }
        assertArrayEquals(Array.of(expected).astype(dtype).toDoubleArray(), sum.toDoubleArray());
    }

    @Test
    void what_is_copied_says_why() {
        Array x = normal(DType.FLOAT32, ROWS, COLUMNS);
        String text = Explain.of(x.transpose().exp()).toString();
        assertTrue(text.contains("float32(300,257): the elements of its rows lie far apart"), text);
    }

    @Test
    void a_small_one_and_one_whose_rows_are_only_apart_are_read_where_they_lie() {
        assertEquals(List.of(List.of("exp")), Schedules.kernels(normal(DType.FLOAT32, 32, 48).transpose().exp()));
        Array heads = normal(DType.FLOAT32, 64, 8, 128).transpose(1, 0, 2);
        assertEquals(List.of(List.of("exp")), Schedules.kernels(heads.exp()));
    }

    @Test
    void one_that_is_broadcast_is_copied_as_it_is() {
        Array x = normal(DType.FLOAT32, ROWS, COLUMNS);
        Array y = normal(DType.FLOAT32, 3, COLUMNS, ROWS);
        Array sum = x.transpose().add(y);
        assertTrue(Explain.of(sum).toString().contains("writes float32(1,300,257)"), Explain.of(sum).toString());
        assertArrayEquals(Ops.contiguous(x.transpose()).eval().add(y).toFloatArray(), sum.toFloatArray());
    }

    @Test
    void one_that_two_programs_read_is_copied_once() {
        Array x = normal(DType.FLOAT32, ROWS, COLUMNS).transpose();
        assertEquals(List.of(List.of("copy"), List.of("exp"), List.of("sort"), List.of("log"), List.of("sort")),
                Schedules.kernels(Ops.sort(x.exp()), Ops.sort(x.log())));
    }

    @Test
    void a_reduction_of_its_rows_alone_reads_it_where_it_lies() {
        Array x = normal(DType.FLOAT32, ROWS, COLUMNS);
        Array sum = Ops.sum(x.transpose(), -1);
        assertEquals(List.of(List.of("sum")), Schedules.kernels(sum));
        assertArrayEquals(Ops.sum(x, 0).toFloatArray(), sum.toFloatArray());
        Array evaluated = Ops.sum(x.transpose().eval(), -1);
        assertEquals(List.of(List.of("sum")), Schedules.kernels(evaluated));
        assertArrayEquals(sum.toFloatArray(), evaluated.toFloatArray());
    }

    @Test
    void fused_and_unfused_are_the_same_bits() {
        Array x = normal(DType.FLOAT32, ROWS, COLUMNS).transpose();
        Schedules.assertFusionChangesNothing(Ops.sum(x, -1).multiply(3), Ops.sum(x, -1).multiply(3), 0);
        Schedules.assertFusionChangesNothing(Ops.softmax(x.multiply(2), -1), Ops.softmax(x.multiply(2), -1), 0);
    }

    @ParameterizedTest(name = "{0}, seed 12")
    @EnumSource(names = {"FLOAT32", "BFLOAT16", "FLOAT64", "INT8"})
    void lines_that_lie_beside_each_other_are_those_of_a_copy(DType dtype) {
        Array x = normal(DType.FLOAT32, 3, ROWS, COLUMNS).multiply(10).astype(dtype).eval();
        Array lines = Ops.contiguous(x.transpose(0, 2, 1)).eval();
        assertArrayEquals(Ops.sort(lines, -1).transpose(0, 2, 1).toDoubleArray(), Ops.sort(x, 1).toDoubleArray());
        assertArrayEquals(Ops.argsort(lines, -1).transpose(0, 2, 1).toDoubleArray(), Ops.argsort(x, 1).toDoubleArray());
        assertArrayEquals(Ops.cumsum(lines, -1).transpose(0, 2, 1).toDoubleArray(), Ops.cumsum(x, 1).toDoubleArray());
    }

    @Test
    void the_gradient_of_a_factor_that_is_multiplied_transposed_lies_as_the_factor() {
        Array x = normal(DType.FLOAT32, 200, COLUMNS);
        Array weight = normal(DType.FLOAT32, ROWS, COLUMNS);
        Array other = normal(DType.FLOAT32, 200, ROWS);
        Array gradient = Transforms.grad((Array w) -> x.matmul(w.transpose()).multiply(other).sum()).apply(weight);
        assertEquals(List.of(List.of("multiply"), List.of("matmul"), List.of("multiply", "subtract")),
                Schedules.kernels(weight.subtract(gradient.multiply(0.5))));
        Conformance.assertClose("by the right factor", other.transpose().matmul(x), gradient, 1e-4, 1e-4);
        Array left = Transforms.grad((Array w) -> w.transpose().matmul(other.transpose()).multiply(2).sum())
                .apply(weight);
        assertEquals(List.of("matmul", "subtract"),
                Schedules.kernels(weight.subtract(left)).stream().map(List::getLast).skip(1).toList());
        Conformance.assertClose("by the left factor",
                other.transpose().matmul(Ops.full(shape(200, COLUMNS), 2f)), left, 1e-4, 1e-4);
    }
}
