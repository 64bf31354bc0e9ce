package dev.kiln.graph;

import dev.kiln.streams.Device;
import dev.kiln.streams.Stream;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Builds and reads toy graphs. Operations run on the stream of their first input, like a program's without scopes. */
final class Toys {

    private Toys() {}

    static Stream stream() {
        return Stream.of(Device.CPU);
    }

    static Spec spec(long... dims) {
        return new Spec(Shape.shape(dims), DType.FLOAT64);
    }

    static Node leaf(Stream stream, Shape shape, double... values) {
        Buffer buffer = Buffer.allocate(Math.max(8, 8L * values.length));
        for (int i = 0; i < values.length; i++) {
            OffHeap.ALL.set(ValueLayout.JAVA_DOUBLE, buffer.address() + 8L * i, values[i]);
        }
        buffer.keepAlive();
        return Node.of(new Spec(shape, DType.FLOAT64), new Storage.Held(buffer, Layout.contiguous(shape)), stream);
    }

    static Node vector(Stream stream, double... values) {
        return leaf(stream, Shape.shape(values.length), values);
    }

    /** 1, 2, 3, ... */
    static Node counting(Stream stream, long... dims) {
        Shape shape = Shape.shape(dims);
        return leaf(stream, shape, IntStream.rangeClosed(1, (int) shape.size()).asDoubleStream().toArray());
    }

    static Node scalar(double value) {
        return Node.of(spec(), Storage.Scalar.of(DType.FLOAT64, value), Stream.defaultStream());
    }

    static Node on(Stream stream, Primitive primitive, Node... inputs) {
        return Node.of(primitive, List.of(inputs), stream);
    }

    private static Node of(Primitive primitive, Node... inputs) {
        return on(inputs[0].stream(), primitive, inputs);
    }

    static Node add(Node a, Node b) {
        return of(new Toy.Pointwise(Toy.Op.ADD), a, b);
    }

    static Node sub(Node a, Node b) {
        return of(new Toy.Pointwise(Toy.Op.SUB), a, b);
    }

    static Node mul(Node a, Node b) {
        return of(new Toy.Pointwise(Toy.Op.MUL), a, b);
    }

    static Node max(Node a, Node b) {
        return of(new Toy.Pointwise(Toy.Op.MAX), a, b);
    }

    static Node neg(Node x) {
        return of(new Toy.Pointwise(Toy.Op.NEG), x);
    }

    static Node half(Node x) {
        return of(new Toy.Pointwise(Toy.Op.HALF), x);
    }

    static Node sum(Node x, boolean keepdims, Integer... axes) {
        return of(new Toy.Sum(List.of(axes), keepdims), x);
    }

    static Node rowSum(Node x) {
        return sum(x, true, x.shape().rank() - 1);
    }

    static Node center(Node... inputs) {
        return of(new Toy.Center(), inputs);
    }

    static Node reshape(Node x, long... dims) {
        return of(new Toy.Reshape(Shape.shape(dims)), x);
    }

    static Node broadcast(Node x, Shape shape) {
        return of(new Toy.Broadcast(shape), x);
    }

    static Node transpose(Node x) {
        return of(new Toy.Transpose(), x);
    }

    static Node reverse(Node x) {
        return of(new Toy.Reverse(), x);
    }

    static Node product(Node a, Node b) {
        return of(new Toy.Product(), a, b);
    }

    static Node totals(Node x) {
        return of(new Toy.Totals(), x);
    }

    /** The elements, evaluated, row-major. */
    static double[] values(Node node) {
        return switch (Evaluator.read(node)) {
            case Storage.Scalar scalar -> new double[] {scalar.value(node.dtype())};
            case Storage.Held(Buffer buffer, Layout layout) -> {
                try {
                    yield Arrays.stream(Layouts.places(node.shape(), layout))
                            .mapToDouble(at -> OffHeap.ALL.get(ValueLayout.JAVA_DOUBLE, buffer.address() + 8 * at))
                            .toArray();
                } finally {
                    buffer.drop();
                }
            }
        };
    }

    /** Starts to compute {@code nodes}; whoever reads them sees how it ended. */
    @SuppressWarnings("FutureReturnValueIgnored")
    static void start(Node... nodes) {
        Evaluator.evalAsync(List.of(nodes));
    }

    /** The schedule that evaluating these would run. */
    static Schedule schedule(Node... nodes) {
        return Evaluator.schedule(List.of(nodes)).orElseThrow();
    }

    /** The kernels that evaluating these would run, each as the names of what is in it. */
    static List<String> kernels(Node... nodes) {
        return schedule(nodes).launches().stream().map(launch -> String.join("+", launch.members())).toList();
    }
}
