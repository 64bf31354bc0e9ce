package dev.kiln.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.streams.Stream;
import java.lang.ref.WeakReference;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class TraceTest {

    private final Stream stream = Toys.stream();

    private Node tracer(Trace trace, Node x) {
        return trace.tracer(new Toy.Reshape(x.shape()), x, stream);
    }

    @Test
    void what_descends_from_a_tracer_tells_how_it_was_made_after_it_was_computed() {
        try (Trace trace = new Trace()) {
            Node x = tracer(trace, Toys.counting(stream, 4));
            Node y = Toys.neg(x);
            Node z = Toys.totals(Toys.add(y, Toys.counting(stream, 4)));
            assertArrayEquals(new double[] {0, 0, 0, 0}, Toys.values(z));
            assertArrayEquals(new double[] {-1, -2, -3, -4}, Toys.values(y));
            assertEquals(new Toy.Totals(), z.primitive());
            assertEquals(List.of(x), y.inputs());
            assertTrue(z.isReady());
            assertEquals(List.of("neg"), Toys.kernels(Toys.neg(y)),
                    "a computed value is a leaf of what is computed next");
        }
    }

    @Test
    void what_does_not_descend_from_a_tracer_forgets_as_ever() {
        try (Trace trace = new Trace()) {
            tracer(trace, Toys.counting(stream, 4));
            Node y = Toys.totals(Toys.counting(stream, 4));
            Evaluator.eval(List.of(y));
            assertNull(y.primitive());
        }
    }

    private record Made(Node result, WeakReference<Node> inside) {}

    private Made made() {
        try (Trace trace = new Trace()) {
            Node middle = Toys.totals(tracer(trace, Toys.counting(stream, 4)));
            Node result = Toys.totals(middle);
            Evaluator.eval(List.of(result));
            return new Made(result, new WeakReference<>(middle));
        }
    }

    @Test
    void nothing_of_the_graph_is_left_when_the_trace_is_closed() {
        Made made = made();
        assertNull(made.result.primitive());
        Settled.active();
        assertNull(made.inside.get());
        Node later = Toys.totals(made.result);
        Evaluator.eval(List.of(later));
        assertNull(later.primitive());
    }

    @Test
    void of_nested_traces_the_outer_decides_for_what_descends_from_both() {
        try (Trace outer = new Trace()) {
            Node both;
            Node one;
            try (Trace inner = new Trace()) {
                Node x = tracer(inner, Toys.counting(stream, 4));
                both = Toys.totals(Toys.add(x, tracer(outer, Toys.counting(stream, 4))));
                one = Toys.totals(x);
                Evaluator.eval(List.of(both, one));
                assertEquals(new Toy.Totals(), one.primitive());
            }
            assertEquals(new Toy.Totals(), both.primitive());
            assertNull(one.primitive());
        }
    }
}
