package dev.kiln.ops;

import dev.kiln.graph.DType;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Spec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Each element of a row, along the last axis, folded with all before it. Floating-point rows accumulate in float64 and are
 * rounded element by element; integers wrap.
 *
 * @param inclusive whether an element counts itself; if not, the first result is what folding nothing gives
 */
public record Scan(Op op, boolean inclusive) implements Primitive.Opaque, Differentiable.ByArgument, Batchable.ByRow {

    /** How elements are folded. */
    public enum Op {
        SUM, PROD, MAX, MIN
    }

    @Override
    public String name() {
        return switch (op) {
            case SUM -> "cumsum";
            case PROD -> "cumprod";
            case MAX -> "cummax";
            case MIN -> "cummin";
        };
    }

    @Override
    public Spec infer(List<Spec> inputs) {
        Spec x = inputs.getFirst();
        return op == Op.SUM && x.dtype() == DType.BOOL ? x.with(DType.INT32) : x;
    }

    @Override
    public @Nullable Array vjp(int argument, List<Array> primals, Array result, Array cotangent) {
        Array x = primals.getFirst();
        // An element counts in what comes behind it; an exclusive result is the inclusive one, moved by one.
        Array g = inclusive ? cotangent : earlier(cotangent);
        return switch (op) {
            case SUM -> Ops.cumsum(g, -1, true, true);
            case PROD -> Ops.cumprod(x, -1, false, false).multiply(behind(x, g));
            case MAX, MIN -> {
                Array y = inclusive ? result : Operands.of(new Scan(op, true), x.stream(), x.node());
                Array places = Ops.broadcastTo(Ops.arange(x.dim(-1), DType.INT32), x.shape());
                Array last = Ops.cummax(Ops.where(x.equal(y), places, 0), -1);
                yield AddAlongAxis.into(x, last, g, x.ndim() - 1);
            }
        };
    }

    /** Each row moved by one to the front. */
    private static Array earlier(Array a) {
        long[] start = new long[a.ndim()];
        long[][] border = new long[a.ndim()][2];
        start[a.ndim() - 1] = Math.min(1, a.dim(-1));
        border[a.ndim() - 1][1] = start[a.ndim() - 1];
        return Ops.pad(Ops.slice(a, start, a.shape().toArray()), border);
    }

    /**
     * For each i the sum over j from i on of {@code g[j]} times the product of {@code x} between i and j. The products are a
     * matrix, of a row's length squared: dividing prefixes instead would fail where an element is 0.
     */
    private static Array behind(Array x, Array g) {
        Array places = Ops.arange(x.dim(-1), DType.INT32);
        Array column = Ops.expandDims(places, -1);
        Array factors = Ops.where(places.greater(column), Ops.expandDims(x, -2), 1);
        Array products = Ops.where(places.greaterEqual(column), Ops.cumprod(factors, -1), 0);
        return products.multiply(Ops.expandDims(g, -2)).sum(-1);
    }
}
