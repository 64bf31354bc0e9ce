package dev.kiln.ops;

import dev.kiln.graph.DType;
import dev.kiln.graph.Node;
import dev.kiln.graph.Tape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A function at a point: called once on tracers, whose graph is there until this is closed.
 *
 * @param transform the name for errors
 * @param sources the tracers
 * @param value what the function returned
 */
record Linearized<P, R>(String transform, Tape trace, Tree<P> inputs, List<Node> sources, R value, Tree<R> outputs)
        implements
            AutoCloseable {

    static <P, R> Linearized<P, R> of(String transform, Function<P, R> function, P argument) {
        Tree<P> inputs = Tree.of(Operands.require(transform, "argument", argument));
        if (inputs.leaves().isEmpty()) {
            throw new IllegalArgumentException("[" + transform + "] The argument, a " + argument.getClass().getName()
                    + ", holds no arrays. They may stand in lists, maps, Java arrays and records.");
        }
        for (Array leaf : inputs.leaves()) {
            if (!Reverse.isSmooth(leaf.dtype())) {
                throw new IllegalArgumentException("[" + transform
                        + "] Only functions of floating-point and complex numbers"
                        + " have derivatives, but an argument is " + leaf.node().spec() + ". Choose the arguments with"
                        + " argnums, or let the function capture this one.");
            }
        }
        Tape trace = new Tape();
        try {
            List<Node> sources = inputs.leaves().stream().map(leaf -> Tracer.of(trace, leaf.node())).toList();
            R result = Operands.require(transform, "result",
                    function.apply(inputs.with(sources.stream().map(Array::new).toList())));
            Tree<R> outputs = Tree.of(result);
            List<Node> ends = Recognition.of(sources, outputs.leaves().stream().map(Array::node).toList());
            R recognised = outputs.with(ends.stream().map(Array::new).toList());
            return new Linearized<>(transform, trace, inputs, sources, recognised, Tree.of(recognised));
        } catch (Throwable thrown) {
            trace.close();
            throw thrown;
        }
    }

    /** The arrays of the result. */
    private List<Node> ends() {
        return outputs.leaves().stream().map(Array::node).toList();
    }

    /** The cotangents of the inputs. */
    List<Array> pull(List<Array> cotangents) {
        List<@Nullable Array> pulled = Reverse.pull(sources, ends().subList(0, cotangents.size()),
                turned(cotangents));
        return turned(orZeros(pulled, inputs.leaves()));
    }

    /**
     * Between the rules, which multiply by transposed Jacobians, and those who call a transform, for whom a complex cotangent is the
     * conjugate, as in MLX: then a step against a gradient goes downhill.
     */
    static List<Array> turned(List<Array> cotangents) {
        return cotangents.stream().map(a -> a.dtype() == DType.COMPLEX64 ? a.conjugate() : a).toList();
    }

    /** The tangents of the outputs. */
    List<Array> push(List<Array> tangents) {
        return orZeros(Forward.push(sources, tangents, ends()), outputs.leaves());
    }

    private static List<Array> orZeros(List<@Nullable Array> there, List<Array> like) {
        List<Array> all = new ArrayList<>(there.size());
        for (int i = 0; i < there.size(); i++) {
            Array one = there.get(i);
            all.add(one == null ? Ops.zerosLike(like.get(i)) : one);
        }
        return all;
    }

    /** Refuses arrays that do not fit those they belong to. */
    void requireLike(String what, List<Array> like, List<Array> given) {
        boolean fits = like.size() == given.size();
        for (int i = 0; fits && i < like.size(); i++) {
            fits = like.get(i).node().spec().equals(given.get(i).node().spec());
        }
        if (!fits) {
            throw new IllegalArgumentException(
                    "[" + transform + "] Each " + what + " must have shape and dtype of what it"
                            + " belongs to, " + specs(like) + ", but got " + specs(given) + ".");
        }
    }

    private static String specs(List<Array> arrays) {
        return arrays.stream().map(array -> array.node().spec()).toList().toString();
    }

    @Override
    public void close() {
        trace.close();
    }
}
