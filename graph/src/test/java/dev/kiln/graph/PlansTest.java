package dev.kiln.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.kiln.streams.Stream;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlansTest {

    private final Stream stream = Toys.stream();

    private static Plan plan(Node... nodes) {
        return Plans.of(Capture.of(List.of(nodes)));
    }

    private Node shifted(Node x, double by) {
        return Toys.half(Toys.add(x, Toys.broadcast(Toys.scalar(by), x.shape())));
    }

    @Test
    void a_graph_of_the_same_structure_finds_its_plan() {
        Plan plan = plan(shifted(Toys.counting(stream, 7, 11), 3));
        assertSame(plan, plan(shifted(Toys.counting(Toys.stream(), 7, 11), 3)));
        Stream other = Toys.stream();
        assertSame(plan, plan(shifted(Toys.counting(other, 7, 11), 3)));
    }

    @Test
    void another_shape_layout_or_output_is_planned_again() {
        Node x = Toys.counting(stream, 5, 5);
        Plan plan = plan(shifted(x, 3));
        assertNotSame(plan, plan(shifted(Toys.counting(stream, 25), 3)));
        Node strided = Toys.transpose(Toys.counting(stream, 5, 5));
        Evaluator.eval(List.of(strided));
        assertNotSame(plan, plan(shifted(strided, 3)));
        Node end = shifted(x, 3);
        assertNotSame(plan, plan(end, end.inputs().getFirst()));
    }

    @Test
    void which_streams_are_the_same_decides_too() {
        Node x = Toys.counting(stream, 6);
        Node one = Toys.on(stream, new Toy.Totals(), Toys.on(stream, new Toy.Totals(), x));
        Node two = Toys.on(stream, new Toy.Totals(), Toys.on(Toys.stream(), new Toy.Totals(), x));
        assertNotSame(plan(one), plan(two));
        assertSame(plan(two),
                plan(Toys.on(Toys.stream(), new Toy.Totals(), Toys.on(Toys.stream(), new Toy.Totals(), x))));
    }

    @Test
    void where_an_array_starts_in_its_memory_does_not_matter() {
        Node from = Toys.counting(stream, 4, 6);
        Node tail = Node.of(Toys.spec(6), new Storage.Held(((Storage.Held) Evaluator.read(from)).buffer(),
                Layouts.of(6, 1)), stream);
        assertSame(plan(shifted(Toys.counting(stream, 6), 2)), plan(shifted(tail, 2)));
        assertArrayEquals(new double[] {4.5, 5, 5.5, 6, 6.5, 7}, Toys.values(shifted(tail, 2)));
    }

    @Test
    void a_changing_number_never_compiles_or_plans_again() {
        Node x = Toys.counting(stream, 9);
        Evaluator.eval(List.of(shifted(x, 0)));
        Plan plan = plan(shifted(x, 0.5));
        int compiled = RecordingBackend.compiled();
        for (int i = 1; i < 100; i++) {
            Node y = shifted(x, i);
            assertSame(plan, plan(y));
            assertEquals((1 + i) / 2.0, Toys.values(y)[0]);
        }
        assertEquals(compiled, RecordingBackend.compiled());
    }

    @Test
    void equal_kernels_of_different_plans_are_compiled_once() {
        Node x = Toys.counting(stream, 13);
        Evaluator.eval(List.of(Toys.half(Toys.neg(x))));
        int compiled = RecordingBackend.compiled();
        Evaluator.eval(List.of(Toys.half(Toys.neg(Toys.on(stream, new Toy.Reshape(Shape.shape(13)), x)))));
        assertEquals(compiled, RecordingBackend.compiled());
    }

    /** {@link ToyRules} turns a product with the number 1 into the other factor. */
    @Test
    void a_plan_that_looked_at_a_number_serves_that_number_only() {
        Node x = Toys.counting(stream, 3, 2);
        for (double factor : new double[] {1, 2, 1, 3, 1, -0.0, Double.NaN, 1}) {
            Node product = Toys.neg(Toys.mul(x, Toys.broadcast(Toys.scalar(factor), x.shape())));
            double[] expected = Naive.values(product);
            assertEquals(factor == 1 ? List.of("neg") : List.of("mul+neg"), Toys.kernels(product));
            assertArrayEquals(expected, Toys.values(product));
        }
    }

    @Test
    void after_a_few_numbers_a_plan_is_made_that_looks_at_none() {
        Node x = Toys.counting(stream, 2, 17);
        for (int i = 0; i < 20; i++) {
            Evaluator.eval(List.of(Toys.neg(Toys.mul(x, Toys.broadcast(Toys.scalar(100 + i), x.shape())))));
        }
        Plan general = plan(Toys.neg(Toys.mul(x, Toys.broadcast(Toys.scalar(1000), x.shape()))));
        assertSame(general, plan(Toys.neg(Toys.mul(x, Toys.broadcast(Toys.scalar(2000), x.shape())))));
        Node late = Toys.neg(Toys.mul(x, Toys.broadcast(Toys.scalar(1), x.shape())));
        assertEquals(-1, Toys.values(late)[0]);
    }
}
