package dev.kiln.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.kiln.streams.Stream;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** With the {@link ToyRules}. */
class RecogniseTest {

    private final Stream stream = Toys.stream();
    private final Node x = input(0, 3);
    private final Node number = Toys.broadcast(input(1), Shape.shape(3));

    private Node input(int index, long... dims) {
        return Toys.on(stream,
                new Primitive.Input(index, Toys.spec(dims), Layout.contiguous(Shape.shape(dims))));
    }

    private static Node recognised(Node node, OptionalDouble scalar) {
        return Recognise.apply(new Graph(List.of(node)), asked -> scalar).outputs().getFirst();
    }

    @Test
    void a_rule_that_fits_replaces_the_node() {
        assertSame(x, recognised(Toys.neg(Toys.neg(x)), OptionalDouble.empty()));
    }

    @Test
    void rules_are_applied_until_none_fits() {
        Node node = x;
        for (int i = 0; i < 9; i++) {
            node = Toys.neg(node);
        }
        Node left = recognised(node, OptionalDouble.empty());
        assertEquals(new Toy.Pointwise(Toy.Op.NEG), left.primitive());
        assertSame(x, left.inputs().getFirst());
    }

    @Test
    void a_node_that_no_rule_fits_stays() {
        Node node = Toys.neg(Toys.half(Toys.neg(x)));
        assertSame(node, recognised(node, OptionalDouble.empty()));
    }

    @Test
    void a_rule_may_look_at_a_scalar() {
        Node node = Toys.mul(x, number);
        assertSame(x, recognised(node, OptionalDouble.of(1)));
        assertSame(node, recognised(node, OptionalDouble.of(2)));
        assertSame(node, recognised(node, OptionalDouble.empty()));
    }
}
