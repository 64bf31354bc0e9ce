package dev.kiln.ops;

import dev.kiln.graph.Primitive;
import dev.kiln.graph.Spec;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Rotary position embedding (Su et al. 2021, arXiv:2104.09864) of {@code x} of shape (B, ..., T, D): pair i of the first
 * {@code dims} features at position t is turned by the angle {@code (offset + t) * scale * base^(-2i / dims)}. Angles are
 * float32, and so is the turning, of 16-bit x too.
 *
 * <p>
 * Inputs: x; the offset, int32, one element or one for each of the B; without a base the wavelengths, float32 of shape
 * (dims / 2), whose reciprocals take the place of the powers.
 *
 * @param dims how many features are turned; even
 * @param traditional whether a pair is (2i, 2i + 1) rather than (i, i + dims / 2)
 * @param base how slowly the later pairs turn
 * @param scale of the positions
 * @param forward false to turn back, as the gradient does
 */
public record Rope(int dims, boolean traditional, OptionalDouble base, double scale, boolean forward)
        implements
            Primitive.Opaque {

    @Override
    public String name() {
        return "rope";
    }

    @Override
    public Spec infer(List<Spec> inputs) {
        return inputs.getFirst();
    }
}
