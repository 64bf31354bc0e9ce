package dev.kiln.ops;

import dev.kiln.graph.DType;
import dev.kiln.graph.Node;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Storage;
import dev.kiln.streams.Stream;
import dev.kiln.streams.StreamOrDevice;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * The building blocks of transformers as single operations: MLX's {@code mlx.core.fast}. Each is one node of the graph, and
 * one kernel wherever the device has one. Elementwise work around a norm joins its kernel.
 */
public final class Fast {

    private Fast() {}

    /**
     * Root mean square normalisation over the last axis (Zhang and Sennrich 2019, arXiv:1910.07467): {@code x *
     * rsqrt(mean(x²) + eps) * weight}.
     *
     * <p>
     * The statistics are float32 (float64 for float64), the quotient is rounded to the result's dtype before it meets the
     * weight. The dtype is x's, or what x and the weight promote to.
     *
     * @param x of shape (..., n)
     * @param weight of shape (n), or null for none
     * @param eps added to the mean square, so that rows of zeros stay zeros
     * @throws IllegalArgumentException if x has no axis, the weight does not fit it, or the dtype is not a real
     *         floating-point type
     */
    public static Array rmsNorm(Array x, @Nullable Array weight, double eps, StreamOrDevice... on) {
        Stream stream = StreamOrDevice.resolve(on);
        requireRows("rms_norm", x);
        requireRow("rms_norm", "(*weight)", weight, x);
        DType dtype = weight == null ? x.dtype() : DType.promote(x.dtype(), weight.dtype());
        requireFloating("rms_norm", dtype);
        return new Array(Node.of(new RmsNorm(eps), inputs(stream, dtype, x, weight), stream));
    }

    /**
     * Layer normalisation over the last axis (Ba, Kiros and Hinton 2016, arXiv:1607.06450): {@code (x - mean(x)) *
     * rsqrt(var(x) + eps) * weight + bias}.
     *
     * <p>
     * The statistics are float32 (float64 for float64). The dtype is x's without a weight, else what x, the weight and the
     * bias promote to.
     *
     * @param x of shape (..., n)
     * @param weight of shape (n), or null for none
     * @param bias of shape (n), or null for none
     * @param eps added to the variance
     * @throws IllegalArgumentException if x has no axis, weight or bias do not fit it, or the dtype is not a real
     *         floating-point type
     */
    public static Array layerNorm(Array x, @Nullable Array weight, @Nullable Array bias, double eps,
            StreamOrDevice... on) {
        Stream stream = StreamOrDevice.resolve(on);
        requireRows("layer_norm", x);
        requireRow("layer_norm", "weight", weight, x);
        requireRow("layer_norm", "bias", bias, x);
        DType dtype = weight == null ? x.dtype() : DType.promote(x.dtype(), weight.dtype());
        if (weight != null && bias != null) {
            dtype = DType.promote(dtype, bias.dtype());
        }
        requireFloating("layer_norm", dtype);
        if (weight == null && bias != null) {
            Array normed = new Array(Node.of(new LayerNorm(eps), inputs(stream, dtype, x), stream));
            return normed.add(bias.astype(dtype, stream), stream);
        }
        return new Array(Node.of(new LayerNorm(eps), inputs(stream, dtype, x, weight, bias), stream));
    }

    private static void requireRows(String op, Array x) {
        if (Operands.require(op, "x", x).ndim() == 0) {
            throw new IllegalArgumentException(
                    "[" + op + "] Input must have at least 1 dimension but got input with 0 dimensions.");
        }
    }

    private static void requireRow(String op, String name, @Nullable Array row, Array x) {
        if (row == null) {
            return;
        }
        if (row.ndim() != 1) {
            throw new IllegalArgumentException(
                    "[" + op + "] " + name + " must have 1 dimension but has " + row.ndim() + " dimensions.");
        }
        if (row.size() != x.dim(-1)) {
            throw new IllegalArgumentException("[" + op + "] " + name
                    + " must have the same size as the last dimension of x but has " + row.size() + " elements.");
        }
    }

    private static void requireFloating(String op, DType dtype) {
        if (!dtype.isFloating()) {
            throw new IllegalArgumentException("[" + op + "] Received unsupported type " + dtype + ".");
        }
    }

    /** {@code x} as {@code dtype}, then those of {@code rows} that are there. */
    private static List<Node> inputs(Stream stream, DType dtype, Array x, @Nullable Array... rows) {
        List<Node> nodes = new ArrayList<>();
        nodes.add(Operands.cast(x.node(), dtype, stream));
        for (Array row : rows) {
            if (row != null) {
                boolean widened = dtype == DType.FLOAT32 && row.dtype().isFloating(); // by the primitive itself
                nodes.add(widened ? row.node() : Operands.cast(row.node(), dtype, stream));
            }
        }
        return nodes;
    }

    /**
     * Rotary position embedding (Su et al. 2021, arXiv:2104.09864): turns pairs of features by an angle that grows with the
     * position, {@code (offset + t) * scale * base^(-2i / dims)} for pair i.
     *
     * @param x of shape (B, ..., T, D), with at least 3 axes
     * @param dims how many of the D features are turned; even
     * @param traditional whether pairs are neighbours (0 and 1, 2 and 3, …) rather than halves (0 and dims/2, …)
     * @param base how slowly the later pairs turn, such as 10000
     * @param scale of the positions
     * @param offset the position of the first of the T
     * @throws IllegalArgumentException if x or dims do not fit; see MLX's {@code rope}
     */
    public static Array rope(Array x, int dims, boolean traditional, double base, double scale, int offset,
            StreamOrDevice... on) {
        return rope(x, dims, traditional, base, scale, position(offset), on);
    }

    /**
     * Rotary position embedding with positions that are data.
     *
     * @param offset the position of the first of the T: one integer, or one for each of the B
     * @see #rope(Array, int, boolean, double, double, int, StreamOrDevice...)
     */
    public static Array rope(Array x, int dims, boolean traditional, double base, double scale, Array offset,
            StreamOrDevice... on) {
        Stream stream = StreamOrDevice.resolve(on);
        requireRope(x, dims, offset);
        return Operands.of(new Rope(dims, traditional, OptionalDouble.of(base), scale, true), stream, x.node(),
                Operands.cast(offset.node(), DType.INT32, stream));
    }

    /**
     * Rotary position embedding with given wavelengths: pair i turns by {@code (offset + t) * scale / freqs[i]}.
     *
     * @param freqs of shape (dims / 2)
     * @see #rope(Array, int, boolean, double, double, int, StreamOrDevice...)
     */
    public static Array rope(Array x, int dims, boolean traditional, Array freqs, double scale, int offset,
            StreamOrDevice... on) {
        return rope(x, dims, traditional, freqs, scale, position(offset), on);
    }

    /**
     * Rotary position embedding with given wavelengths and positions that are data.
     *
     * @see #rope(Array, int, boolean, Array, double, int, StreamOrDevice...)
     * @see #rope(Array, int, boolean, double, double, Array, StreamOrDevice...)
     */
    public static Array rope(Array x, int dims, boolean traditional, Array freqs, double scale, Array offset,
            StreamOrDevice... on) {
        Stream stream = StreamOrDevice.resolve(on);
        requireRope(x, dims, offset);
        if (!Operands.require("rope", "freqs", freqs).shape().equals(Shape.shape(dims / 2))) {
            throw new IllegalArgumentException("[rope] freqs must be one dimensional with size " + dims / 2
                    + " but got shape " + freqs.shape() + ".");
        }
        return Operands.of(new Rope(dims, traditional, OptionalDouble.empty(), scale, true), stream, x.node(),
                Operands.cast(offset.node(), DType.INT32, stream),
                Operands.cast(freqs.node(), DType.FLOAT32, stream));
    }

    /** A scalar input: the plan of one decoding step serves the next. */
    private static Array position(int offset) {
        return Operands.constant(DType.INT32, Storage.Scalar.of(DType.INT32, (long) offset));
    }

    private static void requireRope(Array x, int dims, Array offset) {
        Operands.require("rope", "x", x);
        Operands.require("rope", "offset", offset);
        String problem = null;
        if (x.ndim() < 3) {
            problem = "Input must have at least 3 dimensions but got input with " + x.ndim() + " dimensions.";
        } else if (!x.dtype().isFloating()) {
            problem = "Input must be a floating type but got " + x.dtype() + ".";
        } else if (offset.ndim() > 1) {
            problem = "offset must have at most one dimension but has shape " + offset.shape() + ".";
        } else if (offset.size() != 1 && offset.size() != x.dim(0)) {
            problem = "offset must be a scalar or vector with " + x.dim(0) + " elements but has shape "
                    + offset.shape() + ".";
        } else if (!offset.dtype().isInteger()) {
            problem = "offset must be an integer but got type " + offset.dtype() + ".";
        } else if (dims <= 0) {
            problem = "dims must be positive but got " + dims + ".";
        } else if (dims % 2 != 0) {
            problem = "dims must be even but got " + dims + ".";
        } else if (dims > x.dim(-1)) {
            problem = "dims must not exceed the input's last dimension (" + x.dim(-1) + ") but got " + dims + ".";
        }
        if (problem != null) {
            throw new IllegalArgumentException("[rope] " + problem);
        }
    }

    /**
     * Attention, {@code softmax(scale * q kᵀ) v}, in which every query sees every key.
     *
     * @see #scaledDotProductAttention(Array, Array, Array, double, Array, StreamOrDevice...)
     */
    public static Array scaledDotProductAttention(Array q, Array k, Array v, double scale, StreamOrDevice... on) {
        return AttentionArguments.check(q, k, v).attend(scale, false, null, StreamOrDevice.resolve(on));
    }

    /**
     * Attention with a mask by name.
     *
     * @param mask {@code "causal"}: query i sees keys up to i + Tk - Tq; or empty: all
     * @see #scaledDotProductAttention(Array, Array, Array, double, Array, StreamOrDevice...)
     */
    public static Array scaledDotProductAttention(Array q, Array k, Array v, double scale, String mask,
            StreamOrDevice... on) {
        boolean causal = switch (Operands.require("scaled_dot_product_attention", "mask", mask)) {
            case "causal" -> true;
            case "" -> false;
            default -> throw new IllegalArgumentException("[scaled_dot_product_attention] Invalid mask_mode " + mask
                    + ". mask_mode must be 'causal' or ''; a mask that is an array is given itself.");
        };
        return AttentionArguments.check(q, k, v).attend(scale, causal, null, StreamOrDevice.resolve(on));
    }

    /**
     * Attention, {@code softmax(scale * q kᵀ + mask) v} (Vaswani et al. 2017, arXiv:1706.03762), with heads that may share
     * keys and values (Ainslie et al. 2023, arXiv:2305.13245). Sums are float32 (float64 for float64); the scores are never
     * stored as a whole. A query that sees no key gets zeros.
     *
     * @param q of shape (B, Hq, Tq, D)
     * @param k of shape (B, Hk, Tk, D), Hq being a multiple of Hk
     * @param v of shape (B, Hk, Tk, Dv)
     * @param scale usually {@code 1 / sqrt(D)}
     * @param mask that broadcasts to (B, Hq, Tq, Tk), or null: of bool, true where a query sees a key; else added to the
     *        scores, and then of a dtype that promotes to the result's
     * @return of shape (B, Hq, Tq, Dv) and the dtype that q, k and v promote to
     * @throws IllegalArgumentException if shapes or dtypes do not fit
     */
    public static Array scaledDotProductAttention(Array q, Array k, Array v, double scale, @Nullable Array mask,
            StreamOrDevice... on) {
        return AttentionArguments.check(q, k, v).attend(scale, false, mask, StreamOrDevice.resolve(on));
    }
}
