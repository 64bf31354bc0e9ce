package dev.kiln.graph;

import dev.kiln.streams.Stream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A seeded generator of toy graphs; the same seed makes the same graph again. */
final class RandomGraph {

    private final Random random;
    private final List<Stream> streams;
    private final int scale;
    private final double faults;
    private final List<Node> nodes = new ArrayList<>();

    /** Starts with a few leaves of related shapes. */
    RandomGraph(long seed, List<Stream> streams) {
        this(seed, streams, 1, 0);
    }

    /** Like that, but with axes {@code scale} times as long, and this share of faulty operations. */
    RandomGraph(long seed, List<Stream> streams, int scale, double faults) {
        this.random = new Random(seed);
        this.streams = streams;
        this.scale = scale;
        this.faults = faults;
        long a = scale * (1L + random.nextInt(4));
        long b = scale * (1L + random.nextInt(4));
        for (long[] dims : new long[][] {{a, b}, {a, b}, {b, a}, {a, 1}, {b}, {1, b}, {}}) {
            nodes.add(dims.length == 0 && random.nextBoolean()
                    ? Toys.scalar(random.nextInt(4))
                    : Toys.counting(stream(), dims));
        }
    }

    private Stream stream() {
        return streams.get(random.nextInt(streams.size()));
    }

    private Node pick() {
        // late nodes more often, so that graphs get deep
        int near = 1 + random.nextInt(nodes.size());
        return nodes.get(nodes.size() - 1 - random.nextInt(near));
    }

    /** Adds {@code count} operations and chooses some nodes as outputs. */
    List<Node> grow(int count) {
        while (count > 0) {
            Node next = next(pick());
            if (next != null && next.shape().size() <= 256L * scale * scale) {
                nodes.add(next);
                count--;
            }
        }
        List<Node> outputs = new ArrayList<>(List.of(nodes.getLast()));
        for (int i = random.nextInt(4); i > 0; i--) {
            outputs.add(pick());
        }
        return outputs;
    }

    private Node next(Node x) {
        int rank = x.shape().rank();
        Stream stream = stream();
        if (faults > 0 && random.nextDouble() < faults) {
            return Toys.on(stream, new Toy.Faulty(), x);
        }
        return switch (random.nextInt(17)) {
            case 0 -> Toys.on(stream, new Toy.Pointwise(Toy.Op.NEG), x);
            case 1 -> Toys.on(stream, new Toy.Pointwise(Toy.Op.HALF), x);
            case 2, 3, 4, 5, 6 -> binary(x, pick(), stream);
            case 7 -> rank == 0
                    ? null
                    : Toys.on(stream, new Toy.Sum(List.of(rank - 1), random.nextBoolean()), x);
            case 8 -> rank == 0
                    ? null
                    : Toys.on(stream, new Toy.Sum(List.of(random.nextInt(rank)), random.nextBoolean()), x);
            case 9 -> rank == 0 ? null : Toys.on(stream, new Toy.Center(), x);
            case 10 -> rank < 2 ? null : Toys.on(stream, new Toy.Transpose(), x);
            case 11 -> rank == 0 ? null : Toys.on(stream, new Toy.Reverse(), x);
            case 12 -> Toys.on(stream, new Toy.Reshape(reshaped(x.shape())), x);
            case 13 -> random.nextInt(3) == 0 ? Toys.on(stream, new Toy.Totals(), x) : null;
            case 16 -> siblings(x, stream);
            case 14 -> Toys.on(stream, new Toy.Mirrored(), x);
            default -> weighted(x, pick(), stream);
        };
    }

    /** Two of a family, of which others may pick both, one or none. */
    private Node siblings(Node x, Stream stream) {
        nodes.add(Toys.on(stream, new Toy.Running(random.nextBoolean()), x));
        boolean first = ((Toy.Running) Graph.primitive(nodes.getLast())).negative();
        return Toys.on(stream, new Toy.Running(!first), x);
    }

    private Node binary(Node a, Node b, Stream stream) {
        Shape shape;
        try {
            shape = Shape.broadcast(a.shape(), b.shape());
        } catch (IllegalArgumentException different) {
            return null;
        }
        Toy.Op op = List.of(Toy.Op.ADD, Toy.Op.SUB, Toy.Op.MAX).get(random.nextInt(3));
        return Toys.on(stream, new Toy.Pointwise(op), fit(a, shape, stream), fit(b, shape, stream));
    }

    private static Node fit(Node x, Shape shape, Stream stream) {
        return x.shape().equals(shape) ? x : Toys.on(stream, new Toy.Broadcast(shape), x);
    }

    private Node weighted(Node x, Node weight, Stream stream) {
        boolean broadcasts;
        try {
            broadcasts = x.shape().rank() > 0 && Shape.broadcast(x.shape(), weight.shape()).equals(x.shape());
        } catch (IllegalArgumentException different) {
            broadcasts = false;
        }
        return broadcasts ? Toys.on(stream, new Toy.Center(), x, weight) : null;
    }

    private Shape reshaped(Shape from) {
        List<Long> dims = new ArrayList<>();
        long left = from.size();
        while (left > 1) {
            long dim = 1 + random.nextLong(left);
            if (left % dim == 0) {
                dims.add(dim);
                left /= dim;
            }
        }
        return Shape.shape(dims.stream().mapToLong(Long::longValue).toArray());
    }
}
