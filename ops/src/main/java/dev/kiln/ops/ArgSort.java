package dev.kiln.ops;

import dev.kiln.graph.DType;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Spec;
import java.util.List;

/** For each row, along the last axis, the indices that sort it; equal elements keep their order, and NaN comes last. */
public record ArgSort() implements Primitive.Opaque, Batchable.ByRow {

    @Override
    public String name() {
        return "argsort";
    }

    @Override
    public Spec infer(List<Spec> inputs) {
        return inputs.getFirst().with(DType.UINT32);
    }
}
