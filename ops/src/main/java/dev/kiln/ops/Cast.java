package dev.kiln.ops;

import dev.kiln.graph.DType;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Spec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Each element as another dtype: MLX's {@code astype}. */
public record Cast(DType dtype) implements Primitive.Elementwise, Differentiable.ByArgument {

    @Override
    public String name() {
        return "astype";
    }

    @Override
    public Spec infer(List<Spec> inputs) {
        return inputs.getFirst().with(dtype);
    }

    @Override
    public @Nullable Array vjp(int argument, List<Array> primals, Array result, Array cotangent) {
        return cotangent.astype(primals.getFirst().dtype());
    }
}
