package dev.kiln.ops;

import dev.kiln.graph.DType;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Spec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An elementwise function of one argument. */
public record Unary(UnaryOp op) implements Primitive.Elementwise, Differentiable.ByArgument {

    @Override
    public String name() {
        return op.toString();
    }

    @Override
    public Spec infer(List<Spec> inputs) {
        Spec x = inputs.getFirst();
        return switch (op) {
            case ISNAN, ISINF, ISFINITE, ISPOSINF, ISNEGINF, LOGICAL_NOT -> x.with(DType.BOOL);
            case ABS, REAL, IMAG -> x.with(x.dtype() == DType.COMPLEX64 ? DType.FLOAT32 : x.dtype());
            default -> x;
        };
    }

    @Override
    public @Nullable Array vjp(int argument, List<Array> primals, Array result, Array cotangent) {
        return op.derivative().times(primals.getFirst(), result, cotangent);
    }
}
