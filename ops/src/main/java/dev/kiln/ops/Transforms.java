package dev.kiln.ops;

import dev.kiln.graph.Node;
import dev.kiln.streams.Stream;
import dev.kiln.streams.StreamOrDevice;
import java.util.Collections;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Functions of functions, by MLX's names in camelCase: gradients, products with Jacobians, vectorised functions. Made for
 * {@code import static}.
 *
 * <p>
 * The functions take and return trees: an {@link Array}, or a list, a map, a Java array or a record of trees. Results have the
 * shape of what they belong to: the gradient of a function of a record is such a record. Transforms nest in any order and to
 * any depth.
 */
public final class Transforms {

    private Transforms() {}

    /**
     * The gradient of a function that returns one number, with respect to all arrays in its argument.
     *
     * @return a function that has the gradient in the shape of the argument. It throws {@link IllegalArgumentException} if
     *         an array in the argument is of integers, or the value is not a scalar
     */
    public static <P> Function<P, P> grad(Function<P, Array> function) {
        return argument -> Gradients.of("grad", function, argument).grad();
    }

    /**
     * The gradient with respect to the first argument, the parameters of a model for example; the second is handed through.
     *
     * @see #grad(Function)
     */
    public static <P, X> BiFunction<P, X, P> grad(BiFunction<P, X, Array> function) {
        return (argument, other) -> Gradients.of("grad", (P p) -> function.apply(p, other), argument).grad();
    }

    /**
     * The gradient with respect to some of the arguments.
     *
     * @param argnums the numbers of the arguments, from 0
     * @return a function that has an entry for each of {@code argnums}, in that order
     * @see #grad(Function)
     */
    public static Function<List<Array>, List<Array>> grad(Function<List<Array>, Array> function, int... argnums) {
        return arguments -> Gradients.of("grad", function, arguments, argnums).grad();
    }

    /**
     * Value and gradient of a function, with respect to all arrays in its argument.
     *
     * @param function returns a number as a scalar array; or a tree whose first array that is, the others being handed on
     * @see #grad(Function)
     */
    public static <P, R> Function<P, ValueAndGrad<R, P>> valueAndGrad(Function<P, R> function) {
        return argument -> Gradients.of("value_and_grad", function, argument);
    }

    /**
     * Value and gradient with respect to the first argument, the parameters of a model for example; the second is handed
     * through.
     *
     * @see #valueAndGrad(Function)
     */
    public static <P, X, R> BiFunction<P, X, ValueAndGrad<R, P>> valueAndGrad(BiFunction<P, X, R> function) {
        return (argument, other) -> Gradients.of("value_and_grad", (P p) -> function.apply(p, other), argument);
    }

    /**
     * Value and gradient with respect to some of the arguments.
     *
     * @param argnums the numbers of the arguments, from 0
     * @see #valueAndGrad(Function)
     */
    public static <R> Function<List<Array>, ValueAndGrad<R, List<Array>>> valueAndGrad(
            Function<List<Array>, R> function, int... argnums) {
        return arguments -> Gradients.of("value_and_grad", function, arguments, argnums);
    }

    /**
     * The product of a cotangent with a function's Jacobian at some point: reverse mode.
     *
     * @param cotangents in the shape of the function's result
     * @return the function's value, and the product in the shape of {@code primals}
     * @throws IllegalArgumentException if the cotangents do not fit the result, or an array of the primals is of integers
     */
    public static <P, R> Vjp<R, P> vjp(Function<P, R> function, P primals, R cotangents) {
        try (Linearized<P, R> at = Linearized.of("vjp", function, primals)) {
            Tree<R> seeds = Tree.of(cotangents);
            at.requireLike("cotangent", at.outputs().leaves(), seeds.leaves());
            return new Vjp<>(at.value(), at.inputs().with(at.pull(seeds.leaves())));
        }
    }

    /**
     * The product of a function's Jacobian at some point with a tangent: forward mode.
     *
     * @param tangents in the shape of {@code primals}
     * @return the function's value, and the product in the shape of that
     * @throws IllegalArgumentException if the tangents do not fit the primals, or an array of those is of integers
     */
    public static <P, R> Jvp<R> jvp(Function<P, R> function, P primals, P tangents) {
        try (Linearized<P, R> at = Linearized.of("jvp", function, primals)) {
            Tree<P> seeds = Tree.of(tangents);
            at.requireLike("tangent", at.inputs().leaves(), seeds.leaves());
            return new Jvp<>(at.value(), at.outputs().with(at.push(seeds.leaves())));
        }
    }

    /**
     * A function of one element of an axis, for all of them at once. The axis is the first of each array in the argument, and of
     * each in the result.
     *
     * @return a function that calls {@code function} once, with placeholders that cannot be read
     * @see #vmap(Function, List, List)
     */
    public static <P, R> Function<P, R> vmap(Function<P, R> function) {
        return vmap(function, 0, 0);
    }

    /**
     * A function of one element of an axis, for all of them at once.
     *
     * @param inAxis the axis of each array in the argument; negative ones count from the end
     * @param outAxis where the axis is in each array of the result
     * @see #vmap(Function, List, List)
     */
    public static <P, R> Function<P, R> vmap(Function<P, R> function, int inAxis, int outAxis) {
        return argument -> Vmap.of(function, argument, leaves -> Collections.nCopies(leaves.size(), inAxis),
                leaves -> Collections.nCopies(leaves.size(), outAxis));
    }

    /**
     * A function of one element of an axis, for all of them at once.
     *
     * @param inAxes for each array in the argument, in order, its axis, negative ones counting from the end; null for an array
     *        that is the same for all
     * @param outAxes for each array in the result, where it has the axis; null for one that is the same for all
     * @return a function that calls {@code function} once, with placeholders that cannot be read. It throws
     *         {@link IllegalArgumentException} if the axes do not fit, differ in length, or all are null
     */
    public static <P, R> Function<P, R> vmap(Function<P, R> function, List<@Nullable Integer> inAxes,
            List<@Nullable Integer> outAxes) {
        return argument -> Vmap.of(function, argument, leaves -> inAxes, leaves -> outAxes);
    }

    /**
     * A function of two arguments, for all elements of an axis at once, the first of each array.
     *
     * @see #vmap(Function, List, List)
     */
    public static <A, B, R> BiFunction<A, B, R> vmap(BiFunction<A, B, R> function) {
        return vmap(function, 0, 0, 0);
    }

    /**
     * A function of two arguments, for all elements of an axis at once.
     *
     * @param aAxis the axis of each array in the first argument; null if that is the same for all
     * @param bAxis the axis of each array in the second argument; null if that is the same for all
     * @param outAxis where the axis is in each array of the result
     * @see #vmap(Function, List, List)
     */
    public static <A, B, R> BiFunction<A, B, R> vmap(BiFunction<A, B, R> function, @Nullable Integer aAxis,
            @Nullable Integer bAxis, int outAxis) {
        return (a, b) -> {
            int first = Tree.of(a).leaves().size();
            return Vmap.of(Pair.of(function), new Pair<>(a, b),
                    leaves -> IntStream.range(0, leaves.size()).mapToObj(i -> i < first ? aAxis : bAxis).toList(),
                    leaves -> Collections.nCopies(leaves.size(), outAxis));
        };
    }

    /**
     * A function that is traced once for each structure of its argument; later calls build one node, however much it does, and
     * find their plan at once. Results are those of {@code function} to the bit. Random numbers drawn inside
     * are fresh in each call. The function must not use arrays that are neither made by it nor in its argument.
     *
     * @see Compiled
     * @see #compile(Function, Supplier)
     */
    public static <P, R> Compiled<P, R> compile(Function<P, R> function) {
        return new Compiled<>(function, List::of);
    }

    /**
     * A compiled function that uses arrays which are not in its argument, the parameters of a model for example.
     *
     * @param captured the arrays that {@code function} uses, as a tree. It is asked at each call, and each call uses those
     *        arrays
     * @see #compile(Function)
     */
    public static <P, R> Compiled<P, R> compile(Function<P, R> function, Supplier<?> captured) {
        return new Compiled<>(function, captured);
    }

    /**
     * A compiled function of two arguments.
     *
     * @see #compile(Function)
     */
    public static <A, B, R> BiFunction<A, B, R> compile(BiFunction<A, B, R> function) {
        Compiled<Pair<A, B>, R> compiled = compile(Pair.of(function));
        return (a, b) -> compiled.apply(new Pair<>(a, b));
    }

    /**
     * A function that does not keep what its gradient needs: that is computed again from the arguments, and the same
     * random keys, when the gradient is. It takes less memory and more time.
     */
    public static <P, R> Function<P, R> checkpoint(Function<P, R> function) {
        return argument -> {
            Draws draws = new Draws();
            return customFunction((P p) -> draws.first(() -> function.apply(p)))
                    .vjp((primals, cotangents, outputs) -> Recomputed
                            .vjp(p -> draws.again(() -> function.apply(p)), primals, cotangents))
                    .apply(argument);
        };
    }

    /**
     * A function of two arguments that does not keep what its gradient needs.
     *
     * @see #checkpoint(Function)
     */
    public static <A, B, R> BiFunction<A, B, R> checkpoint(BiFunction<A, B, R> function) {
        Function<Pair<A, B>, R> checkpointed = checkpoint(Pair.of(function));
        return (a, b) -> checkpointed.apply(new Pair<>(a, b));
    }

    /** A function that can be given derivatives of its own; see {@link CustomFunction}. */
    public static <P, R> CustomFunction<P, R> customFunction(Function<P, R> function) {
        return new CustomFunction<>(function, null, null, null);
    }

    /** The same elements, which gradients take for constants. */
    public static Array stopGradient(Array a, StreamOrDevice... on) {
        Stream stream = StreamOrDevice.resolve(on);
        return new Array(Node.of(new StopGradient(), Operands.require("stop_gradient", "a", a).node(), stream));
    }

    /** Stops gradients at each of {@code arrays}; see {@link #stopGradient(Array, StreamOrDevice...)}. */
    public static List<Array> stopGradient(List<Array> arrays, StreamOrDevice... on) {
        return arrays.stream().map(a -> stopGradient(a, on)).toList();
    }

}
