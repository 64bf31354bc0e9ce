package dev.kiln.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.kiln.streams.Stream;
import java.util.List;
import org.junit.jupiter.api.Test;

class SimplifyTest {

    private final Stream stream = Toys.stream();
    private final Node x = input(0);
    private final Node y = input(1);

    private Node input(int index) {
        return Toys.on(stream, new Primitive.Input(index, Toys.spec(3), Layout.contiguous(Shape.shape(3))));
    }

    @Test
    void equal_computations_become_one() {
        Node a = Toys.neg(Toys.add(x, y));
        Node b = Toys.neg(Toys.add(x, y));
        Graph simplified = Simplify.apply(new Graph(List.of(Toys.mul(a, b))));
        Node product = simplified.outputs().getFirst();
        assertSame(product.inputs().get(0), product.inputs().get(1));
        assertEquals(5, simplified.order().size());
    }

    @Test
    void equal_outputs_become_one_and_stay_two_outputs() {
        Graph simplified = Simplify.apply(new Graph(List.of(Toys.neg(x), Toys.neg(x))));
        assertEquals(2, simplified.outputs().size());
        assertSame(simplified.outputs().get(0), simplified.outputs().get(1));
    }

    @Test
    void computations_with_other_inputs_order_or_primitives_stay() {
        Graph graph = new Graph(List.of(Toys.sub(x, y), Toys.sub(y, x), Toys.add(x, y), Toys.neg(x), Toys.neg(y)));
        Graph simplified = Simplify.apply(graph);
        assertEquals(7, simplified.order().size());
        assertEquals(graph.outputs(), simplified.outputs());
    }

    @Test
    void computations_on_other_streams_stay() {
        Node here = Toys.neg(x);
        Node there = Toys.on(Toys.stream(), new Toy.Pointwise(Toy.Op.NEG), x);
        Graph simplified = Simplify.apply(new Graph(List.of(here, there)));
        assertNotSame(simplified.outputs().get(0), simplified.outputs().get(1));
    }
}
