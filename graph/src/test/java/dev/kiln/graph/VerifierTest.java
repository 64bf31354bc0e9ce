package dev.kiln.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.streams.Stream;
import java.util.List;
import org.junit.jupiter.api.Test;

class VerifierTest {

    /** Says another spec each time, as a broken rule would make it. */
    private static final class Moody implements Primitive.Opaque {
        private int asked;

        @Override
        public String name() {
            return "moody";
        }

        @Override
        public Spec infer(List<Spec> inputs) {
            return Toys.spec(++asked);
        }
    }

    private final Stream stream = Toys.stream();
    private final Node x = Toys.on(stream, new Primitive.Input(0, Toys.spec(3), Layout.contiguous(Shape.shape(3))));

    private String refused(Node output, int inputs, Stream... streams) {
        return assertThrows(IllegalStateException.class,
                () -> Verifier.check("a pass", new Graph(List.of(output)), inputs, List.of(streams))).getMessage();
    }

    @Test
    void a_sound_graph_passes() {
        assertTrue(Verifier.check("a pass", new Graph(List.of(Toys.add(x, Toys.neg(x)))), 1, List.of(stream)));
    }

    @Test
    void a_value_inside_a_graph_is_refused() {
        Node value = Toys.vector(stream, 1, 2, 3);
        assertEquals("The graph is broken after a pass: float64(3) is not lazy.",
                refused(Toys.add(x, value), 1, stream));
    }

    @Test
    void an_unknown_input_is_refused() {
        assertEquals("The graph is broken after a pass: input 0 is not one of 0.", refused(x, 0, stream));
    }

    @Test
    void a_stream_from_elsewhere_is_refused() {
        Stream other = Toys.stream();
        assertEquals("The graph is broken after a pass: neg is on " + stream + ", which is not one of [" + other + "].",
                refused(Toys.neg(x), 1, other));
    }

    @Test
    void a_spec_that_the_primitive_does_not_infer_is_refused() {
        assertEquals("The graph is broken after a pass: moody of [float64(3)] is float64(1), not float64(2).",
                refused(Toys.on(stream, new Moody(), x), 1, stream));
    }
}
