package dev.kiln.ops;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import dev.kiln.streams.Stream;
import dev.kiln.streams.StreamOrDevice;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Sums of products. Arguments are promoted to one dtype, which must be floating or complex; 16-bit ones accumulate in float32. */
abstract class LinearOps extends SortOps {

    LinearOps() {}

    /**
     * Products of matrices (..., m, k) and (..., k, n): (..., m, n). Leading axes broadcast. An argument with one axis is a row
     * before the product or a column behind it, and that axis is gone from the result.
     *
     * @throws IllegalArgumentException if one has no axes, the inner lengths differ, or both are integers
     */
    public static Array matmul(Array a, Array b, StreamOrDevice... on) {
        Operands.require("matmul", "a", a);
        Operands.require("matmul", "b", b);
        Stream stream = StreamOrDevice.resolve(on);
        if (a.ndim() == 0 || b.ndim() == 0) {
            throw new IllegalArgumentException(
                    "[matmul] Got 0 dimension input. Inputs must have at least one dimension.");
        }
        Array left = a.ndim() == 1 ? expandDims(a, 0, stream) : a;
        Array right = b.ndim() == 1 ? expandDims(b, 1, stream) : b;
        if (left.dim(-1) != right.dim(-2)) {
            throw new IllegalArgumentException("[matmul] Last dimension of first input with shape " + left.shape()
                    + " must match second to last dimension of second input with shape " + right.shape() + ".");
        }
        DType dtype = DType.promote(a.dtype(), b.dtype());
        if (dtype.isIntegral()) {
            throw new IllegalArgumentException("[matmul] Only inexact types are supported but " + a.dtype() + " and "
                    + b.dtype() + " were provided which results in " + dtype
                    + ", which is not a floating point type.");
        }
        Shape batch = Operands.broadcast("matmul", List.of(leading(left), leading(right)));
        Array product = product(batched(left.astype(dtype, stream), batch, stream),
                batched(right.astype(dtype, stream), batch, stream), stream);
        if (a.ndim() > 1 && b.ndim() > 1) {
            return product;
        }
        int[] added = IntStream.of(a.ndim() == 1 ? -2 : 0, b.ndim() == 1 ? -1 : 0).filter(axis -> axis < 0).toArray();
        return squeeze(product, added, stream);
    }

    private static Array product(Array a, Array b, Stream stream) {
        if (a.dtype() != DType.COMPLEX64) {
            return Operands.of(new Matmul(), stream, a.node(), b.node());
        }
        Array ar = real(a, stream);
        Array ai = imag(a, stream);
        Array br = real(b, stream);
        Array bi = imag(b, stream);
        Array real = product(ar, br, stream).subtract(product(ai, bi, stream), stream);
        Array imaginary = product(ar, bi, stream).add(product(ai, br, stream), stream);
        return real.add(imaginary.multiply(Scalars.i(), stream), stream);
    }

    private static Shape leading(Array a) {
        return Shape.shape(Arrays.copyOf(a.shape().toArray(), a.ndim() - 2));
    }

    private static Array batched(Array a, Shape batch, Stream stream) {
        return broadcastTo(a, Shape.shape(Axes.replace(batch.toArray(), batch.rank(), batch.rank(), a.dim(-2),
                a.dim(-1))), stream);
    }

    /**
     * {@code beta * c + alpha * (a @ b)}, with {@code c} broadcast to the product.
     *
     * @throws IllegalArgumentException as {@link #matmul}, or if {@code c} does not broadcast to the product's shape
     */
    public static Array addmm(Array c, Array a, Array b, double alpha, double beta, StreamOrDevice... on) {
        Operands.require("addmm", "c", c);
        Operands.require("addmm", "a", a);
        Operands.require("addmm", "b", b);
        Stream stream = StreamOrDevice.resolve(on);
        DType dtype = DType.promote(c.dtype(), DType.promote(a.dtype(), b.dtype()));
        if (dtype.isIntegral()) {
            throw new IllegalArgumentException("[addmm] Only real floating point types are supported but " + c.dtype()
                    + ", " + a.dtype() + " and " + b.dtype() + " were provided which results in " + dtype
                    + ", which is not a real floating point type.");
        }
        Array product = matmul(a.astype(dtype, stream), b.astype(dtype, stream), stream);
        Array scaled = alpha == 1 ? product : product.multiply(alpha, stream);
        Array addend = c.astype(dtype, stream);
        if (!Operands.broadcast("addmm", addend, product).equals(product.shape())) {
            throw new IllegalArgumentException("[addmm] input c with shape " + c.shape()
                    + " must broadcast to the output shape " + product.shape() + ".");
        }
        return (beta == 1 ? addend : addend.multiply(beta, stream)).add(scaled, stream);
    }

    /** {@code c + a @ b}. */
    public static Array addmm(Array c, Array a, Array b, StreamOrDevice... on) {
        return addmm(c, a, b, 1, 1, on);
    }

    /** The products of all pairs of elements of the flattened arrays: (size of {@code a}, size of {@code b}). */
    public static Array outer(Array a, Array b, StreamOrDevice... on) {
        Operands.require("outer", "a", a);
        Operands.require("outer", "b", b);
        return multiply(reshape(a, new long[] {a.size(), 1}, on), flatten(b, on), on);
    }

    /**
     * Sums of products over the last axes of both; of a scalar and anything, the product.
     *
     * @throws IllegalArgumentException if the last axes differ in length
     */
    public static Array inner(Array a, Array b, StreamOrDevice... on) {
        Operands.require("inner", "a", a);
        Operands.require("inner", "b", b);
        if (a.ndim() == 0 || b.ndim() == 0) {
            return multiply(a, b, on);
        }
        if (a.dim(-1) != b.dim(-1)) {
            throw new IllegalArgumentException("[inner] a and b must have the same last dimension, but got shapes "
                    + a.shape() + " and " + b.shape() + ".");
        }
        return tensordot(a, b, new int[] {-1}, new int[] {-1}, on);
    }

    /** Sums of products over the last {@code axes} axes of {@code a} and the first of {@code b}. */
    public static Array tensordot(Array a, Array b, int axes, StreamOrDevice... on) {
        Operands.require("tensordot", "a", a);
        Operands.require("tensordot", "b", b);
        if (axes < 0) {
            throw new IllegalArgumentException("[tensordot] axis must be greater or equal to 0.");
        }
        if (axes > Math.min(a.ndim(), b.ndim())) {
            throw new IllegalArgumentException(
                    "[tensordot] axis must be less than the number of dimensions of a and b.");
        }
        return tensordot(a, b, IntStream.range(-axes, 0).toArray(), IntStream.range(0, axes).toArray(), on);
    }

    /** Sums of products over pairs of axes; what is left of {@code a}, then of {@code b}, are the axes of the result. */
    public static Array tensordot(Array a, Array b, int[] axesA, int[] axesB, StreamOrDevice... on) {
        Operands.require("tensordot", "a", a);
        Operands.require("tensordot", "b", b);
        if (axesA.length != axesB.length) {
            throw new IllegalArgumentException("[tensordot] axes must have the same size.");
        }
        Set<Integer> foldedA = Axes.distinct("tensordot", axesA, a.ndim());
        Set<Integer> foldedB = Axes.distinct("tensordot", axesB, b.ndim());
        long folded = 1;
        for (int i = 0; i < axesA.length; i++) {
            if (a.dim(axesA[i]) != b.dim(axesB[i])) {
                throw new IllegalArgumentException("[tensordot] a and b must have the same shape on the contracted"
                        + " axes, but got shapes " + a.shape() + " and " + b.shape() + ".");
            }
            folded *= a.dim(axesA[i]);
        }
        int[] keptA = IntStream.range(0, a.ndim()).filter(axis -> !foldedA.contains(axis)).toArray();
        int[] keptB = IntStream.range(0, b.ndim()).filter(axis -> !foldedB.contains(axis)).toArray();
        long rows = IntStream.of(keptA).mapToLong(a::dim).reduce(1, (x, y) -> x * y);
        long columns = IntStream.of(keptB).mapToLong(b::dim).reduce(1, (x, y) -> x * y);
        int[] orderA = IntStream.concat(IntStream.of(keptA), IntStream.of(axesA)).toArray();
        int[] orderB = IntStream.concat(IntStream.of(axesB), IntStream.of(keptB)).toArray();
        Array product = matmul(reshape(transpose(a, orderA, on), new long[] {rows, folded}, on),
                reshape(transpose(b, orderB, on), new long[] {folded, columns}, on), on);
        long[] kept = LongStream.concat(IntStream.of(keptA).mapToLong(a::dim),
                IntStream.of(keptB).mapToLong(b::dim)).toArray();
        return reshape(product, kept, on);
    }
}
