package dev.kiln.ops.nn;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import dev.kiln.ops.Array;
import dev.kiln.ops.Ops;
import dev.kiln.ops.Random;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Convolution along one axis of sequences whose features lie last: the windows side by side, times the weight.
 *
 * @param weight of shape (outputs, width, inputs / groups)
 * @param bias of shape (outputs), or null for none
 * @param stride from window to window
 * @param padding zeros in front of and behind the sequence
 * @param dilation from element to element of a window
 * @param groups in how many parts the features are split, each convolved by itself
 */
public record Conv1d(Array weight, @Nullable Array bias, int stride, int padding, int dilation, int groups)
        implements
            Module<Conv1d>,
            UnaryOperator<Array> {

    /**
     * Checks that the numbers fit.
     *
     * @throws IllegalArgumentException if they do not
     */
    public Conv1d {
        if (stride < 1 || padding < 0 || dilation < 1 || groups < 1 || weight.dim(0) % groups != 0) {
            throw new IllegalArgumentException("[conv1d] Stride " + stride + ", padding " + padding + ", dilation "
                    + dilation + " and " + groups + " groups do not fit a weight of shape " + weight.shape() + ".");
        }
    }

    /** Every window, no padding, one group, a bias; see {@link #Conv1d(int, int, int, int, int, int, int, boolean)}. */
    public Conv1d(int inputs, int outputs, int width) {
        this(inputs, outputs, width, 1, 0, 1, 1, true);
    }

    /** With a weight drawn uniformly between ±√(groups / (inputs · width)), and a bias of zeros. */
    public Conv1d(int inputs, int outputs, int width, int stride, int padding, int dilation, int groups,
            boolean bias) {
        this(drawn(inputs, outputs, width, groups), bias ? Ops.zeros(Shape.shape(outputs)) : null, stride, padding,
                dilation, groups);
    }

    private static Array drawn(int inputs, int outputs, int width, int groups) {
        if (inputs < 1 || groups < 1 || inputs % groups != 0) {
            throw new IllegalArgumentException(
                    "[conv1d] " + inputs + " inputs cannot be split into " + groups + " groups.");
        }
        int each = inputs / groups;
        double bound = Math.sqrt(1.0 / (each * width));
        return Random.uniform(-bound, bound, Shape.shape(outputs, width, each), DType.FLOAT32);
    }

    /**
     * From (B, T, inputs) to (B, windows, outputs).
     *
     * @throws IllegalArgumentException if x does not fit the weight, or is shorter than a window
     */
    @Override
    public Array apply(Array x) {
        long width = weight.dim(1);
        if (x.ndim() != 3 || x.dim(2) != weight.dim(2) * groups) {
            throw new IllegalArgumentException("[conv1d] x of shape " + x.shape() + " does not fit a weight of shape "
                    + weight.shape() + " in " + groups + " groups.");
        }
        Array padded = Ops.pad(x, new long[][] {{0, 0}, {padding, padding}, {0, 0}});
        long span = padded.dim(1) - dilation * (width - 1);
        if (span < 1) {
            throw new IllegalArgumentException("[conv1d] x of shape " + x.shape() + " is shorter than a window.");
        }
        List<Array> convolved = new ArrayList<>();
        List<Array> kernels = weight.split(groups, 0);
        List<Array> parts = padded.split(groups, 2);
        for (int group = 0; group < groups; group++) {
            Array part = parts.get(group);
            List<Array> windows = new ArrayList<>();
            for (long place = 0; place < width; place++) {
                windows.add(part.slice(new long[] {0, place * dilation, 0},
                        new long[] {part.dim(0), place * dilation + span, part.dim(2)}, new long[] {1, stride, 1}));
            }
            convolved.add(Ops.concatenate(windows, 2).matmul(kernels.get(group).flatten(1, 2).transpose()));
        }
        Array result = Ops.concatenate(convolved, 2);
        return bias == null ? result : result.add(bias);
    }
}
