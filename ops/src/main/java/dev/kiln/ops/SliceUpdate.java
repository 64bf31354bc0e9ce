package dev.kiln.ops;

import com.google.common.primitives.ImmutableLongArray;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Spec;
import java.util.List;

/**
 * An array with every so many elements of each axis replaced. Inputs: the array, and the new elements, of the same dtype,
 * whose shape says how many.
 *
 * @param start for each axis the first index, from 0
 * @param step for each axis the step, not 0
 */
public record SliceUpdate(ImmutableLongArray start, ImmutableLongArray step) implements Primitive.Opaque {

    @Override
    public String name() {
        return "slice_update";
    }

    @Override
    public Spec infer(List<Spec> inputs) {
        return inputs.getFirst();
    }
}
