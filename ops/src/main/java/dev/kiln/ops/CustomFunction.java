package dev.kiln.ops;

import dev.kiln.graph.Node;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Spec;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.IntStream;
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
        if (vjp != null || jvp != null) {
            requireGiven(inputs.leaves(), outputs.leaves());
        }
        if (inputs.leaves().stream().noneMatch(leaf -> leaf.node().isTraced())) {
            return outputs.with(outputs.leaves());
        }
        CustomRules rules = new CustomRules(inputs.leaves().size(), own(vjp, inputs, outputs),
                own(jvp, inputs, outputs),
                own(vmap, inputs, outputs));
        return outputs.with(rules.over(inputs.leaves(), outputs.leaves()));
    }

    /** Own rules know nothing of arrays that the function has otherwise: derivatives by these would be lost. */
    private static void requireGiven(List<Array> arguments, List<Array> outputs) {
        Set<Node> seen = Ancestry.set(arguments.stream().map(Array::node).toList());
        Deque<Node> left = new ArrayDeque<>();
        outputs.forEach(output -> left.add(output.node()));
        while (!left.isEmpty()) {
            Node node = left.pop();
            if (!node.isTraced() || !seen.add(node)) {
                continue;
            }
            if (node.primitive() instanceof Tracer) {
                throw new IllegalArgumentException("[custom_function] The function depends on an array, " + node.spec()
                        + ", that derivatives are taken by and that is not among its arguments, so its own rules would"
                        + " lose them. Make it an argument, as in checkpoint((layer, x) -> layer.apply(x)), or"
                        + " stopGradient it.");
            }
            left.addAll(node.inputs());
        }
    }

    private static <P, R> CustomRules.@Nullable Vjp own(@Nullable VjpRule<P, R> rule, Tree<P> inputs, Tree<R> outputs) {
        return rule == null
                ? null
                : (primals, cotangents,
                        results) -> Linearized.turned(like("vjp", "cotangent", "arguments", specs(primals),
                                rule.apply(inputs.with(primals), outputs.with(Linearized.turned(cotangents)),
                                        outputs.with(results))));
    }

    private static <P, R> CustomRules.@Nullable Jvp own(@Nullable BiFunction<P, P, R> rule, Tree<P> inputs,
            Tree<R> outputs) {
        return rule == null
                ? null
                : (primals, tangents) -> like("jvp", "tangent", "outputs", specs(outputs.leaves()),
                        rule.apply(inputs.with(primals), inputs.with(tangents)));
    }

    private static <P, R> CustomRules.@Nullable Vmap own(@Nullable VmapRule<P, R> rule, Tree<P> inputs,
            Tree<R> outputs) {
        return rule == null ? null : (arguments, axes) -> {
            long size = IntStream.range(0, axes.size()).filter(i -> axes.get(i) != null)
                    .mapToLong(i -> arguments.get(i).dim(0)).findFirst().orElse(1);
            List<Spec> all = specs(outputs.leaves()).stream()
                    .map(spec -> spec.with(Shape.shape(Axes.replace(spec.shape().toArray(), 0, 0, size)))).toList();
            return like("vmap", "result with the axis in front", "outputs", all,
                    rule.apply(inputs.with(arguments), axes));
        };
    }

    /** The arrays of {@code made}, which has as many as there are, of the same shapes and dtypes. */
    private static List<Array> like(String rule, String part, String whole, List<Spec> there, Object made) {
        List<Array> leaves = Tree.of(Operands.require("custom_function", "result of the " + rule + " rule", made))
                .leaves();
        if (!there.equals(specs(leaves))) {
            throw new IllegalArgumentException("[custom_function] The " + rule + " rule must return a " + part
                    + " for each array in the " + whole + ", " + there + ", but returned " + specs(leaves)
                    + ".");
        }
        return leaves;
    }

    private static List<Spec> specs(List<Array> arrays) {
        return arrays.stream().map(array -> array.node().spec()).toList();
    }
}
