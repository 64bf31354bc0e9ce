package dev.kiln.backends.cpu;

import dev.kiln.graph.DType;
import dev.kiln.graph.Kernel;
import dev.kiln.graph.Work;
import dev.kiln.ops.Reduce;

/** Chooses how a reduction of any axes of an array of any strides goes through memory. */
final class ReduceKernel {

    private ReduceKernel() {}

    static Kernel of(Reduce reduce, Work.Single work) {
        Work.Operand x = work.inputs().getFirst();
        DType out = work.output().dtype();
        return switch (reduce.op()) {
            case ARGMAX, ARGMIN -> {
                Axes axes = Axes.inOrder(reduce.axes(), x);
                yield FindAcross.serves(axes)
                        ? new FindAcross(reduce.op(), axes, out)
                        : new FindAlong(reduce.op(), axes, out);
            }
            case SUM, MEAN, PROD, MAX, MIN, ALL, ANY, LOGSUMEXP -> {
                Axes axes = Axes.inAnyOrder(reduce.axes(), x);
                yield FoldAcross.serves(axes)
                        ? new FoldAcross(reduce.op(), axes, out)
                        : new FoldAlong(reduce.op(), axes, out);
            }
        };
    }
}
