package dev.kiln.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kiln.streams.Stream;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Graphs far deeper and wider than any stack: a pass that recurses, or is quadratic, does not get through. */
@Timeout(300)
class LongChainTest {

    private static final int MILLION = 1_000_000;

    private final Stream stream = Toys.stream();

    @Test
    void a_chain_of_a_million_operations_evaluates() {
        Node x = Toys.vector(stream, 1, 2);
        for (int i = 0; i < MILLION / 2; i++) {
            x = Toys.half(Toys.add(x, x));
        }
        assertArrayEquals(new double[] {1, 2}, Toys.values(x));
    }

    @Test
    void a_chain_of_thirty_thousand_operations_with_numbers_evaluates() {
        Node x = Toys.vector(stream, 1, 2);
        Shape shape = x.shape();
        for (int i = 0; i < 30_000; i++) {
            x = Toys.add(x, Toys.broadcast(Toys.scalar(1), shape));
        }
        assertArrayEquals(new double[] {30_001, 30_002}, Toys.values(x));
    }

    @Test
    void a_value_with_thirty_thousand_users_evaluates() {
        Node x = Toys.neg(Toys.vector(stream, 1, 2));
        Node sum = x;
        for (int i = 0; i < 30_000; i++) {
            sum = Toys.add(sum, x);
        }
        assertArrayEquals(new double[] {-30_001, -60_002}, Toys.values(sum));
    }

    @Test
    void thirty_thousand_outputs_evaluate() {
        Node[] outputs = new Node[30_000];
        Node x = Toys.vector(stream, 1, 2);
        for (int i = 0; i < outputs.length; i++) {
            x = Toys.neg(x);
            outputs[i] = x;
        }
        Evaluator.eval(List.of(outputs));
        assertArrayEquals(new double[] {1, 2}, Toys.values(x));
        assertEquals(-1, Toys.values(outputs[0])[0]);
    }

    @Test
    void a_chain_that_changes_streams_a_thousand_times_evaluates() {
        Stream other = Toys.stream();
        Node x = Toys.vector(stream, 1, 2);
        for (int i = 0; i < 1_000; i++) {
            x = Toys.on(i % 2 == 0 ? other : stream, new Toy.Pointwise(Toy.Op.NEG), x);
        }
        assertArrayEquals(new double[] {1, 2}, Toys.values(x));
    }
}
