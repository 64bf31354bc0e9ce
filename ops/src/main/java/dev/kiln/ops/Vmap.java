package dev.kiln.ops;

import dev.kiln.graph.Node;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Tape;
import dev.kiln.streams.Stream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Calls a function once with placeholders for one element of an axis, then does what it did for all of them. */
final class Vmap {

    /** The axes of some arrays, as the caller wants them. */
    @FunctionalInterface
    interface Choice {
        List<@Nullable Integer> of(List<Array> leaves);
    }

    private Vmap() {}

    static <P, R> R of(Function<P, R> function, P argument, Choice in, Choice out) {
        try (Tape trace = new Tape()) {
            return of(trace, function, Tree.of(Operands.require("vmap", "argument", argument)), in, out);
        }
    }

    private static <P, R> R of(Tape trace, Function<P, R> function, Tree<P> inputs, Choice in, Choice out) {
        List<@Nullable Integer> axes = chosen("input", in, inputs.leaves());
        long size = size(inputs.leaves(), axes);
        List<Node> placeholders = new ArrayList<>();
        List<Node> batched = new ArrayList<>();
        List<Array> arguments = new ArrayList<>();
        for (int i = 0; i < axes.size(); i++) {
            Array leaf = inputs.leaves().get(i);
            Integer axis = axes.get(i);
            if (axis != null) {
                Node front = Ops.moveaxis(leaf, axis, 0, leaf.node().isReady() ? Stream.defaultStream() : leaf.stream())
                        .node();
                Array one = new Array(trace.tracer(new Placeholder(leaf.node().spec().with(
                        Shape.shape(Axes.replace(front.shape().toArray(), 0, 1)))), front.stream()));
                placeholders.add(one.node());
                batched.add(front);
                leaf = one;
            }
            arguments.add(leaf);
        }
        Tree<R> outputs = Tree.of(Operands.require("vmap", "result", function.apply(inputs.with(arguments))));
        List<@Nullable Array> results = Vectorised.map(placeholders, batched, size,
                outputs.leaves().stream().map(Array::node).toList());
        return outputs.with(placed(outputs.leaves(), results, chosen("output", out, outputs.leaves()), size));
    }

    private static List<@Nullable Integer> chosen(String what, Choice choice, List<Array> leaves) {
        List<@Nullable Integer> axes = choice.of(leaves);
        if (axes.size() != leaves.size()) {
            throw new IllegalArgumentException("[vmap] The number of " + what + " axes (" + axes.size()
                    + ") must match the number of " + what + " arrays (" + leaves.size() + ").");
        }
        return axes;
    }

    /** The length of the axis. */
    private static long size(List<Array> leaves, List<@Nullable Integer> axes) {
        long size = -1;
        for (int i = 0; i < axes.size(); i++) {
            Integer axis = axes.get(i);
            if (axis == null) {
                continue;
            }
            Array leaf = leaves.get(i);
            if (leaf.ndim() == 0) {
                throw new IllegalArgumentException(
                        "[vmap] Cannot vmap an input with zero dimensions: array " + i + " is "
                                + leaf.node().spec() + "; give it the axis null.");
            }
            if (axis < -leaf.ndim() || axis >= leaf.ndim()) {
                throw new IllegalArgumentException(
                        "[vmap] Axis " + axis + " invalid for input " + i + " with shape " + leaf.shape() + ".");
            }
            long length = leaf.dim(axis);
            if (size >= 0 && length != size) {
                throw new IllegalArgumentException("[vmap] Inconsistent axis sizes: " + length + " and " + size
                        + ", of inputs with shapes " + Arrays.toString(leaves.stream().map(Array::shape).toArray())
                        + " and axes " + axes + ".");
            }
            size = length;
        }
        if (size < 0) {
            throw new IllegalArgumentException("[vmap] At least one of the input axes must not be null.");
        }
        return size;
    }

    private static List<Array> placed(List<Array> single, List<@Nullable Array> results, List<@Nullable Integer> axes,
            long size) {
        List<Array> placed = new ArrayList<>();
        for (int i = 0; i < axes.size(); i++) {
            Array one = single.get(i);
            Array all = results.get(i);
            Integer axis = axes.get(i);
            if (axis == null && all != null) {
                throw new IllegalArgumentException(
                        "[vmap] Output " + i + " depends on the axis, so it needs one: its output"
                                + " axis is null.");
            }
            if (axis == null) {
                placed.add(one);
                continue;
            }
            if (axis < -one.ndim() - 1 || axis > one.ndim()) {
                throw new IllegalArgumentException("[vmap] Axis " + axis + " invalid for output " + i + " with "
                        + (one.ndim() + 1) + " dimensions.");
            }
            Array front = all != null
                    ? all
                    : Ops.broadcastTo(one, Shape.shape(Axes.replace(one.shape().toArray(), 0, 0, size)));
            placed.add(Ops.moveaxis(front, 0, axis, front.stream()));
        }
        return placed;
    }
}
