package dev.kiln.ops;

import dev.kiln.graph.DType;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Spec;
import java.util.List;

/**
 * Each element of a row, along the last axis, folded with all before it. Floating-point rows accumulate in float64 and are
 * rounded element by element; integers wrap.
 *
 * @param inclusive whether an element counts itself; if not, the first result is what folding nothing gives
 */
public record Scan(Op op, boolean inclusive) implements Primitive.Opaque {

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
}
