package dev.kiln.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.streams.Stream;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class CallTest {

    private final Stream stream = Toys.stream();

    /** A graph on values to come. */
    private record Traced(List<Node> parameters, List<Node> results) implements Primitive.Call {
        @Override
        public String name() {
            return "traced";
        }
    }

    private Node parameter(int index) {
        return Node.of(new Primitive.Input(index, Toys.spec(4), Layout.contiguous(Shape.shape(4))), List.of(), stream);
    }

    private Traced sumAndDifference() {
        Node a = parameter(0);
        Node b = parameter(1);
        Node half = Toys.half(a);
        return new Traced(List.of(a, b),
                List.of(Toys.add(half, b), Toys.sub(half, b), Toys.neg(Toys.vector(stream, 1, 2))));
    }

    @Test
    void whoever_computes_one_value_of_a_call_computes_all() {
        List<Node> values = Node.of(sumAndDifference(), List.of(Toys.counting(stream, 4), Toys.counting(stream, 4)),
                stream);
        RecordingBackend.clear();
        assertArrayEquals(new double[] {1.5, 3, 4.5, 6}, Toys.values(values.get(0)));
        assertTrue(values.stream().allMatch(Node::isReady));
        assertArrayEquals(new double[] {-0.5, -1, -1.5, -2}, Toys.values(values.get(1)));
        assertArrayEquals(new double[] {-1, -2}, Toys.values(values.get(2)));
    }

    @Test
    void the_graph_of_a_call_is_fused_with_what_stands_around_it() {
        List<Node> values = Node.of(sumAndDifference(),
                List.of(Toys.neg(Toys.counting(stream, 4)), Toys.counting(stream, 4)),
                stream);
        assertEquals(2, Toys.kernels(Toys.mul(values.get(0), values.get(1))).size(), "one for each shape");
    }

    @Test
    void calls_of_one_graph_share_a_plan_and_their_constants() {
        Traced graph = sumAndDifference();
        for (int i = 0; i < 3; i++) {
            Node x = Toys.vector(stream, i, i, i, i);
            List<Node> values = Node.of(graph, List.of(x, x), stream);
            assertArrayEquals(new double[] {-1, -2}, Toys.values(values.get(2)));
            assertArrayEquals(new double[] {1.5 * i, 1.5 * i, 1.5 * i, 1.5 * i}, Toys.values(values.get(0)));
        }
    }

    @Test
    void a_value_may_be_an_argument_and_a_call_may_be_run_unfused() {
        Node a = parameter(0);
        Node x = Toys.counting(stream, 4);
        List<Node> values = Node.of(new Traced(List.of(a), List.of(a, Toys.neg(a))), List.of(Toys.half(x)), stream);
        Evaluator.evalUnfused(values);
        assertArrayEquals(new double[] {0.5, 1, 1.5, 2}, Toys.values(values.get(0)));
        assertArrayEquals(new double[] {-0.5, -1, -1.5, -2}, Toys.values(values.get(1)));
    }
}
