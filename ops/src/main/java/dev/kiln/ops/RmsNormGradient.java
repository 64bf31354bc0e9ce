package dev.kiln.ops;

import dev.kiln.graph.Node;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Spec;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The cotangent of x or of the weight of an {@link RmsNorm}: {@link RmsNormVjp} and {@link NormWeightVjp}, which read the same
 * rows, where both are asked for.
 *
 * <p>
 * Inputs: {@code x} of shape (..., n), the weight of shape (n), and the cotangent of the norm, of x's shape, all of one dtype.
 *
 * @param argument 0 for x, 1 for the weight
 */
public record RmsNormGradient(double eps, int argument) implements Primitive.Sibling {

    /** Both cotangents. */
    static List<Array> of(double eps, Array x, Array weight, Array cotangent) {
        return Stream.of(0, 1).map(argument -> Operands.of(new RmsNormGradient(eps, argument),
                dev.kiln.streams.Stream.defaultStream(), x.node(), weight.node(), cotangent.node())).toList();
    }

    @Override
    public List<Primitive.Sibling> siblings() {
        return List.of(new RmsNormGradient(eps, 0), new RmsNormGradient(eps, 1));
    }

    @Override
    public String name() {
        return argument == 0 ? "rms_norm_vjp" : "rms_norm_weight_vjp";
    }

    @Override
    public Spec infer(List<Spec> inputs) {
        return inputs.get(argument);
    }

    @Override
    public Optional<Node> decompose(List<Node> inputs) {
        List<Array> primals = inputs.subList(0, 2).stream().map(Array::new).toList();
        return Optional.of(new RmsNorm(eps).separately(argument, primals, new Array(inputs.get(2))).node());
    }
}
