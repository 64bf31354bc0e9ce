package dev.kiln.ops;

import dev.kiln.graph.Layout;
import dev.kiln.graph.Node;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Spec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An output of a call of a {@link CustomFunction}. Inputs: that output, the arguments of the call, all outputs. The value is the
 * first input, so whatever the rules are, all of these compute the same and are equal.
 */
final class Custom implements Primitive.View, Differentiable.Joint, Differentiable.Forward, Batchable, Identity {

    private final CustomRules rules;
    private final int output;

    Custom(CustomRules rules, int output) {
        this.rules = rules;
        this.output = output;
    }

    @Override
    public String name() {
        return "custom_function";
    }

    @Override
    public Spec infer(List<Spec> inputs) {
        return inputs.getFirst();
    }

    @Override
    public Optional<Layout> view(Spec input, Layout layout) {
        return Optional.of(layout);
    }

    @Override
    public int result() {
        return output;
    }

    @Override
    public @Nullable Object call(List<Node> inputs) {
        return rules.vjp() == null ? null : new Call(rules, inputs.subList(1, inputs.size()));
    }

    private record Call(CustomRules rules, List<Node> inputs) {}

    @Override
    public List<@Nullable Array> vjps(Set<Integer> wanted, List<Array> primals, Map<Integer, Array> cotangents) {
        return rules.vjps(wanted, primals, cotangents);
    }

    @Override
    public @Nullable Array jvp(List<Array> primals, Map<Integer, Array> tangents) {
        return rules.jvp(output, primals, tangents);
    }

    @Override
    public Array vmap(Batch inputs) {
        return rules.vmap(output, inputs);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Custom;
    }

    @Override
    public int hashCode() {
        return Custom.class.hashCode();
    }
}
