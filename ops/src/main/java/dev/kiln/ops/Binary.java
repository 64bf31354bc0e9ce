package dev.kiln.ops;

import dev.kiln.graph.DType;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Spec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An elementwise function of two arguments of one shape and dtype. */
public record Binary(BinaryOp op) implements Primitive.Elementwise, Differentiable.ByArgument {

    @Override
    public String name() {
        return op.toString();
    }

    @Override
    public Spec infer(List<Spec> inputs) {
        Spec a = inputs.getFirst();
        return switch (op) {
            case EQUAL, NOT_EQUAL, LESS, LESS_EQUAL, GREATER, GREATER_EQUAL, LOGICAL_AND, LOGICAL_OR ->
                a.with(DType.BOOL);
            default -> a;
        };
    }

    @Override
    public @Nullable Array vjp(int argument, List<Array> primals, Array result, Array cotangent) {
        return op.derivative(argument).times(primals.get(0), primals.get(1), result, cotangent);
    }
}
