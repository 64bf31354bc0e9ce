package dev.kiln.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kiln.streams.Stream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A random graph that many threads evaluate, and what a sequential evaluation of its like has found. */
final class SoakGraph {

    /** How it went when an output was asked for. */
    enum End {
        /** The right value was there. */
        VALUE,
        /** It failed, since it depends on a faulty kernel, and fails with the same exception again. */
        FAULT,
        /** It failed, or was refused, since it depends on work for a stream that was closed. */
        CLOSED,
        /** The thread was interrupted while it waited: the value may be there the next time. */
        CANCELLED,
        /** Memory was short: the value may be there the next time. */
        REFUSED
    }

    /**
     * A node that is asked for.
     *
     * @param values what is expected; null if it depends on a faulty operation
     * @param streams what computes it and all it depends on
     */
    record Output(Node node, double @Nullable [] values, Set<Stream> streams) {}

    private final long seed;
    private final List<Output> outputs;

    private SoakGraph(long seed, List<Output> outputs) {
        this.seed = seed;
        this.outputs = outputs;
    }

    /** A graph in a few parts, each of which builds on those before. */
    static SoakGraph of(long seed, List<Stream> streams) {
        Random random = new Random(seed);
        int scale = random.nextInt(4) == 0 ? 16 : 1; // then values are large enough for the allocator to care
        double faults = random.nextInt(3) == 0 ? 0.05 : 0;
        RandomGraph sequential = new RandomGraph(seed, streams, scale, faults);
        RandomGraph shared = new RandomGraph(seed, streams, scale, faults);
        List<Output> outputs = new ArrayList<>();
        for (int parts = 1 + random.nextInt(4); parts > 0; parts--) {
            int size = 1 + random.nextInt(12);
            List<Node> expected = sequential.grow(size);
            List<Node> asked = shared.grow(size);
            for (int i = 0; i < asked.size(); i++) {
                outputs.add(new Output(asked.get(i), expected(expected.get(i)), streams(expected.get(i))));
            }
        }
        return new SoakGraph(seed, List.copyOf(outputs));
    }

    private static double @Nullable [] expected(Node node) {
        try {
            return Naive.values(node);
        } catch (ArithmeticException faulty) {
            return null;
        }
    }

    private static Set<Stream> streams(Node node) {
        return new Graph(List.of(node)).order().stream().filter(of -> of.primitive() != null).map(Node::stream)
                .collect(Collectors.toSet());
    }

    List<Output> outputs() {
        return outputs;
    }

    Output pick(Random random) {
        return outputs.get(random.nextInt(outputs.size()));
    }

    /** Builds on {@code output}; not computed yet. */
    static Output negated(Output output, Stream stream) {
        Set<Stream> streams = new HashSet<>(output.streams);
        streams.add(stream);
        double[] values = output.values == null ? null : output.values.clone();
        for (int i = 0; values != null && i < values.length; i++) {
            values[i] = -values[i];
        }
        return new Output(Toys.on(stream, new Toy.Pointwise(Toy.Op.NEG), output.node), values, streams);
    }

    /** Asks for a value, and again if that fails: it must be right, or fail as it must, each time. */
    End check(Output output) {
        RuntimeException failure;
        try {
            assertArrayEquals(output.values, Toys.values(output.node), () -> "in graph " + seed);
            return End.VALUE;
        } catch (RuntimeException thrown) {
            failure = thrown;
        }
        End end = end(failure, List.of(output));
        if (failure instanceof KilnException) { // the others tell of what kept the computation from being begun
            try {
                Toys.values(output.node);
                throw new AssertionError("A value that had failed was there in graph " + seed, failure);
            } catch (RuntimeException again) {
                if (again != failure && !(again instanceof CancellationException)) {
                    again.addSuppressed(failure);
                    throw new AssertionError("Another failure the second time in graph " + seed, again);
                }
            }
        }
        return end;
    }

    /** What {@code failure} of an evaluation of {@code asked} means; an error if none of them may fail so. */
    End end(Throwable failure, List<Output> asked) {
        return switch (failure) {
            case CompletionException e when e.getCause() != null -> end(e.getCause(), asked);
            case CancellationException e -> End.CANCELLED;
            case KilnException e when e.getCause() instanceof ArithmeticException -> expected(End.FAULT, e,
                    asked.stream().anyMatch(output -> output.values == null));
            case KilnException e when e.getCause() instanceof IllegalStateException closed -> expected(End.CLOSED, e,
                    isClosed(asked) && closed.getMessage().contains("was closed before"));
            case IllegalStateException e when e.getMessage().startsWith("[malloc]") -> End.REFUSED;
            case IllegalStateException e -> expected(End.CLOSED, e,
                    isClosed(asked) && e.getMessage().contains("is closed: "));
            default -> expected(End.FAULT, failure, false);
        };
    }

    private End expected(End end, Throwable failure, boolean holds) {
        if (!holds) {
            throw new AssertionError("A failure that nothing in graph " + seed + " explains", failure);
        }
        return end;
    }

    private static boolean isClosed(List<Output> asked) {
        return asked.stream().anyMatch(output -> output.streams.stream().anyMatch(Stream::isClosed));
    }

    /** After everything has ended: nothing may be undecided. */
    void checkSettled() {
        for (Output output : outputs) {
            End end = check(output);
            if (output.values != null && end == End.VALUE || end == End.CLOSED) {
                continue;
            }
            assertEquals(output.values == null ? End.FAULT : End.VALUE, end, () -> "in graph " + seed);
        }
    }

    @Override
    public String toString() {
        return "graph " + seed + ": " + outputs.stream().map(output -> output.node.stream() + " "
                + output.node.state().getClass().getSimpleName()).collect(Collectors.joining(", "));
    }
}
