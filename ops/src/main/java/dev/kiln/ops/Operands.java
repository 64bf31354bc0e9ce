package dev.kiln.ops;

import dev.kiln.graph.DType;
import dev.kiln.graph.Node;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Spec;
import dev.kiln.graph.Storage;
import dev.kiln.streams.Stream;
import dev.kiln.streams.StreamOrDevice;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Makes the inputs of a primitive fit each other: dtypes, shapes and bare numbers. */
final class Operands {

    private Operands() {}

    /**
     * {@code value}, which may not be null.
     *
     * @throws NullPointerException naming the operation and the argument
     */
    static <T> T require(String op, String argument, @Nullable T value) {
        if (value == null) {
            throw new NullPointerException("[" + op + "] Argument " + argument + " is null.");
        }
        return value;
    }

    /** {@code arrays}, none of which may be null. */
    static void requireAll(String op, @Nullable List<Array> arrays) {
        List<Array> all = require(op, "arrays", arrays);
        for (int i = 0; i < all.size(); i++) {
            require(op, "arrays[" + i + "]", all.get(i));
        }
    }

    /** {@code number} as an array that takes its dtype from {@code beside}, as MLX types a Python number. */
    static Array scalar(Number number, DType beside) {
        if (number == null) {
            throw new NullPointerException("A number argument is null.");
        }
        DType dtype = beside;
        if (beside.isIntegral() && !Numbers.isWhole(number)) {
            dtype = DType.FLOAT32;
        } else if (beside == DType.BOOL) {
            dtype = DType.INT32;
        }
        return constant(dtype, Numbers.as(dtype, number));
    }

    /** {@code number} beside an array, which may not be null. */
    static Array scalar(String op, Number number, String argument, @Nullable Array beside) {
        return scalar(number, require(op, argument, beside).dtype());
    }

    static Array constant(DType dtype, Storage.Scalar value) {
        return leaf(new Spec(Shape.SCALAR, dtype), value);
    }

    /** An array whose elements are there. All that programs bring in comes by here. */
    static Array leaf(Spec spec, Storage value) {
        Node node = Node.of(spec, value, Stream.defaultStream());
        Tracing.made(node);
        return new Array(node);
    }

    static Node cast(Node x, DType dtype, Stream stream) {
        return x.dtype() == dtype ? x : Node.of(new Cast(dtype), x, stream);
    }

    static Node broadcast(Node x, Shape shape, Stream stream) {
        return x.shape().equals(shape) ? x : Node.of(new Broadcast(shape), x, stream);
    }

    static Node reshape(Node x, Shape shape, Stream stream) {
        return x.shape().equals(shape) ? x : Node.of(new Reshape(shape), x, stream);
    }

    static Array unary(UnaryOp op, Array x, Stream stream) {
        return new Array(Node.of(op.primitive(), x.node(), stream));
    }

    /** Applies {@code op} to both, cast to {@code dtype} and broadcast to each other. */
    static Array binary(BinaryOp op, Array a, Array b, DType dtype, Stream stream) {
        Shape shape = a.shape().equals(b.shape()) ? a.shape() : broadcast(op.toString(), a, b);
        return new Array(Node.of(op.primitive(), broadcast(cast(a.node(), dtype, stream), shape, stream),
                broadcast(cast(b.node(), dtype, stream), shape, stream), stream));
    }

    /** Applies {@code op} to an array and a bare number. */
    static Array weak(BinaryOp op, Array a, Number b, StreamOrDevice... on) {
        Array scalar = scalar(op.toString(), b, "a", a);
        return binary(op, a, scalar, DType.promote(a.dtype(), scalar.dtype()), StreamOrDevice.resolve(on));
    }

    /** The dtype to which both are promoted. */
    static DType promote(String op, String aName, Array a, String bName, Array b) {
        return DType.promote(require(op, aName, a).dtype(), require(op, bName, b).dtype());
    }

    /** The shape to which all are broadcast. */
    static Shape broadcast(String op, Array... arrays) {
        Shape shape = Shape.SCALAR;
        for (Array array : arrays) {
            try {
                shape = Shape.broadcast(shape, array.shape());
            } catch (IllegalArgumentException mismatch) {
                throw mismatch(op, Arrays.stream(arrays).map(Array::shape), mismatch);
            }
        }
        return shape;
    }

    /** The shape to which all are broadcast. */
    static Shape broadcast(String op, List<Shape> shapes) {
        try {
            return shapes.stream().reduce(Shape.SCALAR, Shape::broadcast);
        } catch (IllegalArgumentException mismatch) {
            throw mismatch(op, shapes.stream(), mismatch);
        }
    }

    private static IllegalArgumentException mismatch(String op, java.util.stream.Stream<Shape> shapes,
            IllegalArgumentException cause) {
        return new IllegalArgumentException("[" + op + "] Shapes "
                + shapes.map(Shape::toString).collect(Collectors.joining(" and ")) + " cannot be broadcast.", cause);
    }

    /** Whether a value of shape {@code from} can be seen as one of shape {@code to}. */
    static boolean broadcasts(Shape from, Shape to) {
        int lead = to.rank() - from.rank();
        return lead >= 0 && IntStream.range(0, from.rank())
                .allMatch(axis -> from.dim(axis) == 1 || from.dim(axis) == to.dim(axis + lead));
    }

    static Array of(Primitive primitive, Stream stream, Node... inputs) {
        return new Array(Node.of(primitive, List.of(inputs), stream));
    }

    /** Lengths or indices as MLX's messages print shapes, also those that no shape can have. */
    static String text(long... dims) {
        return Arrays.stream(dims).mapToObj(Long::toString).collect(Collectors.joining(",", "(", ")"));
    }
}
