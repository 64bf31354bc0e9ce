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
        Array g = inclusive ? cotangent : earlier(cotangent, 1);
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

    /** Each row moved to the front by so many elements, with zeros behind it. */
    private static Array earlier(Array a, long by) {
        long[] start = new long[a.ndim()];
        long[][] border = new long[a.ndim()][2];
        start[a.ndim() - 1] = Math.min(by, a.dim(-1));
        border[a.ndim() - 1][1] = start[a.ndim() - 1];
        return Ops.pad(Ops.slice(a, start, a.shape().toArray()), border);
    }

    /**
     * For each i the sum over j from i on of {@code g[j]} times the product of {@code x} between i and j. As many elements behind i
     * as have been added up are added up in each step, and no product is divided by an element, which may be 0.
     */
    private static Array behind(Array x, Array g) {
        Array sums = g;
        Array products = earlier(x, 1);
        for (long reach = 1; reach < x.dim(-1); reach *= 2) {
            sums = sums.add(products.multiply(earlier(sums, reach)));
            products = products.multiply(earlier(products, reach));
        }
        return sums;
    }
}
