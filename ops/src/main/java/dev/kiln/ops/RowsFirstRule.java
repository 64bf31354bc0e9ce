package dev.kiln.ops;

import dev.kiln.graph.DType;
import dev.kiln.graph.Facts;
import dev.kiln.graph.Node;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.RewriteRule;
import dev.kiln.graph.Shape;
import java.util.List;
import java.util.Optional;

/**
 * Folds the rows of a large array first, then what came of them: a fold of rows is part of the kernel that computes the rows, so
 * they need not be written to memory and read again.
 *
 * <pre>
 * before   sum(square(x))                       over all axes, or over the last and some others; other folds likewise
 * after    sum(sum(square(x), axis=-1))         16-bit numbers in float32 until the end
 * </pre>
 */
public final class RowsFirstRule implements RewriteRule {

    /** Smaller arrays are not worth a second kernel. */
    private static final long LEAST_ELEMENTS = 1 << 15;
    /** Shorter rows are not worth a fold each, longer ones are shared between threads if they are folded with the others. */
    private static final long SHORTEST = 64;
    private static final long LONGEST = 1 << 16;

    /** For {@link java.util.ServiceLoader}. */
    public RowsFirstRule() {}

    @Override
    public Optional<Node> rewrite(Node node, Facts facts) {
        if (!(node.primitive() instanceof Reduce(Reduce.Op op, List<Integer> axes, boolean keepdims))
                || op == Reduce.Op.ARGMAX || op == Reduce.Op.ARGMIN) {
            return Optional.empty();
        }
        Node x = node.inputs().getFirst();
        int last = x.shape().rank() - 1;
        if (axes.size() < 2 || axes.getLast() != last || !isWorthIt(x.shape()) || !isContiguous(x)) {
            return Optional.empty();
        }
        DType dtype = Reduce.accumulator(x.dtype());
        Node wide = dtype == x.dtype() ? x : Node.of(new Cast(dtype), x, node.stream());
        Node rows = Node.of(new Reduce(op, List.of(last), keepdims), wide, node.stream());
        Node all = Node.of(new Reduce(op, axes.subList(0, axes.size() - 1), keepdims), rows, node.stream());
        return Optional.of(dtype == x.dtype() ? all : Node.of(new Cast(x.dtype()), all, node.stream()));
    }

    private static boolean isWorthIt(Shape shape) {
        long columns = shape.dim(-1);
        return columns >= SHORTEST && columns <= LONGEST && shape.size() >= LEAST_ELEMENTS;
    }

    /** Whether the rows lie in memory as they are counted, or are computed in that order. */
    private static boolean isContiguous(Node x) {
        Node base = x;
        while (base.primitive() instanceof Reshape) {
            base = base.inputs().getFirst();
        }
        return base.primitive() instanceof Primitive.Input input
                ? input.layout().isContiguous(input.spec().shape())
                : !(base.primitive() instanceof Primitive.View);
    }
}
