package dev.kiln.ops;

import dev.kiln.graph.Spec;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A function with derivatives of its own, or its own way to be vectorised. What is not given is derived from the function as
 * usual. Immutable: each method returns a function that has one rule more.
 *
 * <p>
 * Rules must be linear in the cotangents or tangents that they are given, as products with a Jacobian are.
 */
public final class CustomFunction<P, R> implements Function<P, R> {

    /** A vector-Jacobian product. */
    @FunctionalInterface
    public interface VjpRule<P, R> {

        /**
         * The cotangents of the primals.
         *
         * @param primals what the function was called with
         * @param cotangents of the outputs, in their shape; zeros for those that nothing depends on
         * @param outputs what the function returned
         */
        P apply(P primals, R cotangents, R outputs);
    }

    /** A vectorised function. */
    @FunctionalInterface
    public interface VmapRule<P, R> {

        /**
         * The outputs for each element, with the axis in front.
         *
         * @param arguments the arguments, those with the axis have it in front
         * @param axes for each array in the arguments, in order, 0, or null if it is the same for all
         */
        R apply(P arguments, List<@Nullable Integer> axes);
    }

    private final Function<P, R> function;
    private final @Nullable VjpRule<P, R> vjp;
    private final @Nullable BiFunction<P, P, R> jvp;
    private final @Nullable VmapRule<P, R> vmap;

    CustomFunction(Function<P, R> function, @Nullable VjpRule<P, R> vjp, @Nullable BiFunction<P, P, R> jvp,
            @Nullable VmapRule<P, R> vmap) {
        this.function = function;
        this.vjp = vjp;
        this.jvp = jvp;
        this.vmap = vmap;
    }

    /** This function with its own vector-Jacobian product, which reverse mode then uses. */
    public CustomFunction<P, R> vjp(VjpRule<P, R> rule) {
        return new CustomFunction<>(function, rule, jvp, vmap);
    }

    /** This function with its own Jacobian-vector product, of primals and tangents, which forward mode then uses. */
    public CustomFunction<P, R> jvp(BiFunction<P, P, R> rule) {
        return new CustomFunction<>(function, vjp, rule, vmap);
    }

    /** This function with its own way to be vectorised. */
    public CustomFunction<P, R> vmap(VmapRule<P, R> rule) {
        return new CustomFunction<>(function, vjp, jvp, rule);
    }

    /** The function; its rules are used by whichever transforms are running. */
    @Override
    public R apply(P argument) {
        Tree<P> inputs = Tree.of(argument);
        Tree<R> outputs = Tree.of(function.apply(argument));
        if (inputs.leaves().stream().noneMatch(leaf -> leaf.node().isTraced())) {
            return outputs.with(outputs.leaves());
        }
        CustomRules rules = new CustomRules(inputs.leaves().size(), own(vjp, inputs, outputs), own(jvp, inputs),
                own(vmap, inputs));
        return outputs.with(rules.over(inputs.leaves(), outputs.leaves()));
    }

    private static <P, R> CustomRules.@Nullable Vjp own(@Nullable VjpRule<P, R> rule, Tree<P> inputs, Tree<R> outputs) {
        return rule == null
                ? null
                : (primals, cotangents, results) -> like(primals, rule.apply(inputs.with(primals),
                        outputs.with(cotangents), outputs.with(results)));
    }

    private static <P, R> CustomRules.@Nullable Jvp own(@Nullable BiFunction<P, P, R> rule, Tree<P> inputs) {
        return rule == null
                ? null
                : (primals, tangents) -> Tree.of(rule.apply(inputs.with(primals), inputs.with(tangents))).leaves();
    }

    private static <P, R> CustomRules.@Nullable Vmap own(@Nullable VmapRule<P, R> rule, Tree<P> inputs) {
        return rule == null ? null : (arguments, axes) -> Tree.of(rule.apply(inputs.with(arguments), axes)).leaves();
    }

    private static List<Array> like(List<Array> primals, Object cotangents) {
        List<Array> leaves = Tree.of(cotangents).leaves();
        if (!specs(primals).equals(specs(leaves))) {
            throw new IllegalArgumentException(
                    "[custom_function] The vjp rule must return a cotangent for each array in the"
                            + " arguments, " + specs(primals) + ", but returned " + specs(leaves) + ".");
        }
        return leaves;
    }

    private static List<Spec> specs(List<Array> arrays) {
        return arrays.stream().map(array -> array.node().spec()).toList();
    }
}
