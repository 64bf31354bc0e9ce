package dev.kiln.ops.nn;

import dev.kiln.graph.DType;
import dev.kiln.ops.Array;
import dev.kiln.ops.Fast;
import dev.kiln.ops.Ops;
import org.jspecify.annotations.Nullable;

/**
 * Attention in several heads: queries, keys and values are projected, each head attends by itself, and what they find is
 * projected together.
 */
public record MultiHeadAttention(Linear queryProj, Linear keyProj, Linear valueProj, Linear outProj, int numHeads)
        implements
            Module<MultiHeadAttention> {

    /**
     * Checks that the heads divide the features.
     *
     * @throws IllegalArgumentException if they do not
     */
    public MultiHeadAttention {
        if (numHeads < 1 || queryProj.weight().dim(0) % numHeads != 0) {
            throw new IllegalArgumentException("[multi_head_attention] " + queryProj.weight().dim(0)
                    + " features do not divide into " + numHeads + " heads.");
        }
    }

    /** Without biases, all of {@code dims} features. */
    public MultiHeadAttention(int dims, int numHeads) {
        this(new Linear(dims, dims, false), new Linear(dims, dims, false), new Linear(dims, dims, false),
                new Linear(dims, dims, false), numHeads);
    }

    /**
     * Attention of {@code queries} to {@code keys}.
     *
     * @param queries of shape (B, Tq, dims)
     * @param keys of shape (B, Tk, dims)
     * @param values of shape (B, Tk, dims)
     * @param mask that broadcasts to (B, heads, Tq, Tk), or null; see {@link Fast#scaledDotProductAttention}
     * @return of shape (B, Tq, dims)
     */
    public Array apply(Array queries, Array keys, Array values, @Nullable Array mask) {
        Array q = heads(queryProj.apply(queries));
        Array found = Fast.scaledDotProductAttention(q, heads(keyProj.apply(keys)), heads(valueProj.apply(values)),
                Math.sqrt(1.0 / q.dim(-1)), mask);
        return outProj.apply(found.transpose(0, 2, 1, 3).flatten(2, 3));
    }

    private Array heads(Array x) {
        return x.unflatten(-1, new long[] {numHeads, -1}).transpose(0, 2, 1, 3);
    }

    /** A mask of shape (n, n) to add, with which positions see only those up to themselves. */
    public static Array createAdditiveCausalMask(int n, DType dtype) {
        Array places = Ops.arange(n);
        Array later = places.expandDims(1).less(places.expandDims(0));
        return Ops.where(later, dtype == DType.FLOAT16 ? -65504.0 : -1e9, 0.0).astype(dtype);
    }
}
