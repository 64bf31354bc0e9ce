package dev.kiln.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.streams.Stream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes one kernel, and that it then computes the right thing. */
class FuseTest {

    private final Stream stream = Toys.stream();

    /** The kernels for {@code nodes}, which then must have the values of the naive computation. */
    private static List<String> kernels(Node... nodes) {
        List<String> kernels = Toys.kernels(nodes);
        double[][] expected = java.util.Arrays.stream(nodes).map(Naive::values).toArray(double[][]::new);
        Evaluator.eval(List.of(nodes));
        for (int i = 0; i < nodes.length; i++) {
            assertArrayEquals(expected[i], Toys.values(nodes[i]));
        }
        return kernels;
    }

    private Node matrix() {
        return Toys.counting(stream, 3, 5);
    }

    private static Node wide(Node x) {
        return Toys.broadcast(x, Shape.shape(3, 5));
    }

    @Test
    void an_elementwise_chain_is_one_kernel() {
        assertEquals(List.of("neg+half+add"), kernels(Toys.add(Toys.half(Toys.neg(matrix())), matrix())));
    }

    @Test
    void a_diamond_is_one_kernel() {
        Node top = Toys.neg(matrix());
        assertEquals(List.of("neg+half+add+mul"), kernels(Toys.mul(Toys.half(top), Toys.add(top, matrix()))));
    }

    @Test
    void a_value_that_is_asked_for_is_stored_on_the_way() {
        Node middle = Toys.neg(matrix());
        Node end = Toys.half(middle);
        assertEquals(List.of("neg+half"), kernels(end, middle));
    }

    @Test
    void a_value_that_a_later_kernel_needs_is_stored_on_the_way() {
        Node shared = Toys.neg(matrix());
        Node end = Toys.half(shared);
        assertEquals(List.of("neg+half", "totals", "add"), kernels(Toys.add(Toys.totals(end), shared)));
    }

    @Test
    void a_value_that_an_earlier_kernel_needs_is_not_drawn_in() {
        Node shared = Toys.neg(matrix());
        assertEquals(List.of("neg", "totals", "half+add"),
                kernels(Toys.add(Toys.half(shared), Toys.totals(shared))));
    }

    @Test
    void siblings_are_one_kernel_which_runs_where_the_first_of_them_is_needed() {
        Node x = Toys.neg(matrix());
        Node rising = Toys.on(stream, new Toy.Running(false), x);
        Node falling = Toys.on(stream, new Toy.Running(true), x);
        assertEquals(List.of("neg", "rising+falling", "half", "totals", "add"),
                kernels(Toys.add(Toys.totals(Toys.half(rising)), falling)));
        assertEquals(List.of("neg", "falling+rising", "half", "totals", "add"),
                kernels(Toys.add(Toys.totals(Toys.half(falling)), rising)));
    }

    @Test
    void a_sibling_without_its_family_is_decomposed() {
        Node x = matrix();
        assertEquals(List.of("half", "neg", "totals"),
                kernels(Toys.on(stream, new Toy.Running(true), Toys.half(x))).stream()
                        .flatMap(kernel -> java.util.Arrays.stream(kernel.split("[+]"))).toList());
    }

    @Test
    void siblings_of_different_inputs_or_streams_are_no_family() {
        Node x = matrix();
        Node rising = Toys.on(stream, new Toy.Running(false), x);
        assertEquals(List.of("totals", "neg", "totals"),
                kernels(rising, Toys.on(stream, new Toy.Running(true), matrix())));
        Node again = Toys.on(stream, new Toy.Running(false), x);
        assertEquals(List.of("neg", "totals", "totals"),
                kernels(Toys.on(Toys.stream(), new Toy.Running(true), x), again).stream().sorted().toList());
    }

    @Test
    void a_norm_with_work_before_and_behind_is_one_kernel() {
        Node weight = Toys.counting(stream, 5);
        assertEquals(List.of("add+center+half"),
                kernels(Toys.half(Toys.center(Toys.add(matrix(), matrix()), weight))));
    }

    @Test
    void a_norm_written_out_is_one_kernel_with_values_by_row() {
        Node x = Toys.neg(matrix());
        Node scale = wide(Toys.half(Toys.rowSum(Toys.mul(x, x))));
        Node out = Toys.mul(x, scale);
        Schedule schedule = Toys.schedule(out);
        Work.Program program = (Work.Program) schedule.launches().getFirst().work();
        assertEquals(
                List.of(Work.Extent.FULL, Work.Extent.FULL, Work.Extent.ROW, Work.Extent.ROW, Work.Extent.FULL),
                program.body().stream().map(Work.Instruction::extent).toList());
        assertEquals(List.of("neg+mul+sum+half+mul"), kernels(out));
    }

    @Test
    void work_on_the_sums_joins_the_sum() {
        Node sums = Toys.sum(Toys.neg(matrix()), false, 1);
        assertEquals(List.of("neg+sum+half+neg"), kernels(Toys.neg(Toys.half(sums))));
    }

    @Test
    void work_by_row_in_the_group_keeps_a_sum_from_widening_it() {
        Node cube = Toys.counting(stream, 3, 5, 7);
        Node column = Toys.broadcast(Toys.neg(Toys.counting(stream, 3, 1)), Shape.shape(3, 5));
        List<String> kernels = kernels(Toys.add(column, Toys.sum(cube, false, 2)));
        assertTrue(kernels.size() <= 2, kernels::toString);
    }

    @Test
    void a_sum_over_other_axes_has_a_kernel_of_its_own() {
        Node x = Toys.neg(matrix());
        assertEquals(List.of("neg", "sum", "half"), kernels(Toys.half(Toys.sum(x, false, 0))));
    }

    @Test
    void contractions_and_opaque_operations_stand_alone() {
        Node x = Toys.neg(matrix());
        assertEquals(List.of("neg", "product", "totals", "half"),
                kernels(Toys.half(Toys.totals(Toys.product(x, Toys.transpose(x))))));
    }

    @Test
    void a_transposed_producer_is_not_drawn_in() {
        Node x = Toys.neg(Toys.counting(stream, 4, 4));
        assertEquals(List.of("neg", "half"), kernels(Toys.half(Toys.transpose(x))));
        Node y = Toys.neg(Toys.counting(stream, 4, 4));
        assertEquals(List.of("neg", "add"), kernels(Toys.add(y, Toys.transpose(y))));
    }

    @Test
    void strided_inputs_are_read_where_they_are() {
        Node x = Toys.reverse(Toys.transpose(Toys.counting(stream, 5, 3)));
        assertEquals(List.of("neg+add"), kernels(Toys.add(Toys.neg(matrix()), x)));
        assertEquals(List.of("center"), kernels(Toys.center(Toys.transpose(x))));
    }

    @Test
    void scalars_and_arrays_of_one_element_fuse() {
        Node one = Toys.neg(Toys.vector(stream, 4));
        assertEquals(List.of("neg+half+add"), kernels(Toys.add(Toys.half(Toys.reshape(one)), Toys.scalar(1))));
        Node sum = Toys.rowSum(Toys.vector(stream, 1, 2, 3));
        assertEquals(1, kernels(Toys.half(Toys.reshape(Toys.neg(sum)))).size());
        assertEquals(1, kernels(Toys.half(Toys.reshape(Toys.neg(Toys.counting(stream, 1, 1)), 1, 1, 1))).size());
    }

    @Test
    void rows_of_one_element_fuse() {
        Node column = Toys.counting(stream, 4, 1);
        Node out = Toys.add(Toys.center(Toys.neg(column)), Toys.rowSum(column));
        assertEquals(1, kernels(out).size());
    }

    @Test
    void arrays_without_elements_fuse() {
        Node none = Toys.leaf(stream, Shape.shape(3, 0));
        assertEquals(1, kernels(Toys.half(Toys.sum(Toys.neg(none), false, 1))).size());
        Node empty = Toys.leaf(stream, Shape.shape(0, 5));
        assertEquals(1, kernels(Toys.half(Toys.center(Toys.neg(empty)))).size());
    }

    @Test
    void a_norm_of_rows_seen_in_another_shape_reads_its_weight_right() {
        Node weight = Toys.counting(stream, 6, 1);
        Node x = Toys.neg(Toys.counting(stream, 6, 5));
        Node flat = Toys.center(x, weight);
        Node cube = Toys.center(Toys.reshape(flat, 2, 3, 5), Toys.counting(stream, 3, 1));
        assertEquals(List.of("neg+center+center"), kernels(cube));
    }

    @Test
    void what_no_strides_can_show_the_kernel_is_copied_for_it_once() {
        Node column = Toys.counting(stream, 3, 1);
        Shape cube = Shape.shape(2, 3, 5);
        Node inner = Toys.mul(Toys.broadcast(column, cube), Toys.neg(Toys.broadcast(column, cube)));
        assertEquals(List.of("copy", "neg+mul+center"), kernels(Toys.center(Toys.reshape(inner, 6, 5))));
    }

    @Test
    void another_stream_ends_a_group() {
        Node x = Toys.neg(matrix());
        Node there = Toys.on(Toys.stream(), new Toy.Pointwise(Toy.Op.HALF), x);
        assertEquals(List.of("neg", "half"), kernels(there));
    }

    @Test
    void a_group_does_not_grow_beyond_its_limits() {
        Node x = matrix();
        for (int i = 0; i < 200; i++) {
            x = i % 2 == 0 ? Toys.half(x) : Toys.max(x, x);
        }
        Schedule schedule = Toys.schedule(x);
        assertEquals(4, schedule.launches().size());
        schedule.launches().forEach(launch -> assertTrue(launch.members().size() <= 64));
        Node many = matrix();
        for (int i = 0; i < 60; i++) {
            many = Toys.add(many, matrix());
        }
        Schedule wide = Toys.schedule(many);
        assertTrue(wide.launches().size() >= 3);
        wide.launches().forEach(launch -> assertTrue(launch.reads().size() + launch.writes().size() <= 25));
        assertEquals(3, kernels(many).size());
    }

    @Test
    void boundaries_say_why_fusion_stopped() {
        Node x = Toys.totals(Toys.neg(matrix()));
        List<String> stops = new ArrayList<>();
        Toys.schedule(Toys.half(x)).launches().forEach(launch -> stops.addAll(launch.stops()));
        assertEquals(List.of("neg float64(3,5): totals has a kernel of its own",
                "totals float64(3,5): totals has a kernel of its own"), stops);
    }

    @Test
    void unfused_every_operation_is_a_kernel_and_the_values_are_the_same() {
        Node x = Toys.neg(matrix());
        Node out = Toys.mul(x, wide(Toys.half(Toys.rowSum(Toys.mul(x, x)))));
        double[] expected = Naive.values(out);
        RecordingBackend.clear();
        Evaluator.evalUnfused(List.of(out));
        assertEquals(5, RecordingBackend.launches().size());
        assertArrayEquals(expected, Toys.values(out));
    }
}
