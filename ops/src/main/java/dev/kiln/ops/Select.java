package dev.kiln.ops;

import dev.kiln.graph.Primitive;
import dev.kiln.graph.Spec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** MLX's {@code where}: from a bool condition and two arrays of one dtype, all of one shape. */
public record Select() implements Primitive.Elementwise, Differentiable.ByArgument {

    @Override
    public String name() {
        return "where";
    }

    @Override
    public Spec infer(List<Spec> inputs) {
        return inputs.get(1);
    }

    @Override
    public @Nullable Array vjp(int argument, List<Array> primals, Array result, Array cotangent) {
        return switch (argument) {
            case 1 -> Ops.where(primals.getFirst(), cotangent, 0);
            case 2 -> Ops.where(primals.getFirst(), 0, cotangent);
            default -> null;
        };
    }
}
