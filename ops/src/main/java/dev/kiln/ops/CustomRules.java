package dev.kiln.ops;

import dev.kiln.graph.Node;
import dev.kiln.ops.Batchable.Batch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The rules of one call of a {@link CustomFunction}, on flat lists.
 *
 * @param count how many arguments the call has
 */
record CustomRules(int count, @Nullable Vjp vjp, @Nullable Jvp jvp, @Nullable Vmap vmap) {

    @FunctionalInterface
    interface Vjp {
        List<Array> of(List<Array> primals, List<Array> cotangents, List<Array> outputs);
    }

    @FunctionalInterface
    interface Jvp {
        List<Array> of(List<Array> primals, List<Array> tangents);
    }

    @FunctionalInterface
    interface Vmap {
        List<Array> of(List<Array> arguments, List<@Nullable Integer> axes);
    }

    /** {@code outputs}, which transforms see as made of {@code arguments} by these rules. */
    List<Array> over(List<Array> arguments, List<Array> outputs) {
        List<Array> results = new ArrayList<>();
        for (int i = 0; i < outputs.size(); i++) {
            List<Node> inputs = new ArrayList<>(List.of(outputs.get(i).node()));
            arguments.forEach(argument -> inputs.add(argument.node()));
            outputs.forEach(output -> inputs.add(output.node()));
            results.add(Operands.of(new Custom(this, i), outputs.get(i).stream(), inputs.toArray(Node[]::new)));
        }
        return results;
    }

    private List<Array> arguments(List<Array> inputs) {
        return inputs.subList(1, 1 + count);
    }

    private List<Array> outputs(List<Array> inputs) {
        return inputs.subList(1 + count, inputs.size());
    }

    /**
     * The cotangents of the inputs of a {@link Custom}, by the own rule if there is one.
     *
     * @param cotangents by number of the output; of one, if there is no rule
     */
    List<@Nullable Array> vjps(Set<Integer> wanted, List<Array> inputs, Map<Integer, Array> cotangents) {
        var all = new @Nullable Array[inputs.size()];
        if (vjp == null) {
            all[0] = cotangents.values().iterator().next();
            return Arrays.asList(all);
        }
        List<Array> outputs = outputs(inputs);
        List<Array> found = vjp.of(arguments(inputs), IntStream.range(0, outputs.size())
                .mapToObj(i -> Objects.requireNonNullElseGet(cotangents.get(i), () -> Ops.zerosLike(outputs.get(i))))
                .toList(), outputs);
        List<Integer> chosen = wanted.stream().filter(i -> i >= 1 && i <= count).sorted().toList();
        for (int i : chosen) {
            all[i] = together(found.get(i - 1),
                    chosen.stream().filter(other -> other != i).map(other -> found.get(other - 1)).toList());
        }
        return Arrays.asList(all);
    }

    /**
     * A cotangent, after the others of the call: what they are computed from is then free before the gradient goes on to what the
     * function was called with.
     */
    private static Array together(Array cotangent, List<Array> others) {
        return others.isEmpty() ? cotangent : Depends.of(cotangent, others);
    }

    /** The tangent of output number {@code output}, by the own rule if there is one. */
    @Nullable
    Array jvp(int output, List<Array> inputs, Map<Integer, Array> tangents) {
        if (jvp == null) {
            return tangents.get(0);
        }
        List<Array> arguments = arguments(inputs);
        return jvp.of(arguments, IntStream.range(0, count)
                .mapToObj(
                        i -> Objects.requireNonNullElseGet(tangents.get(i + 1), () -> Ops.zerosLike(arguments.get(i))))
                .toList()).get(output);
    }

    /** Output number {@code output} for each element, by the own rule if there is one. */
    Array vmap(int output, Batch inputs) {
        List<Array> arguments = arguments(inputs.arrays());
        List<@Nullable Integer> axes = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            axes.add(inputs.isMapped(i) ? 0 : null);
        }
        if (vmap != null) {
            return vmap.of(arguments, axes).get(output);
        }
        List<Array> outputs = IntStream.range(1 + count, inputs.arrays().size()).mapToObj(inputs::all).toList();
        return new CustomRules(count, vectorised(vjp, axes), vectorised(jvp, axes), null).over(arguments, outputs)
                .get(output);
    }

    private static @Nullable Vjp vectorised(@Nullable Vjp rule, List<@Nullable Integer> axes) {
        if (rule == null) {
            return null;
        }
        int count = axes.size();
        return (primals, cotangents, outputs) -> {
            List<Array> all = new ArrayList<>(primals);
            all.addAll(cotangents);
            all.addAll(outputs);
            List<@Nullable Integer> in = new ArrayList<>(axes);
            in.addAll(Collections.nCopies(all.size() - count, 0));
            List<Array> each = Transforms.<List<Array>, List<Array>>vmap(x -> rule.of(x.subList(0, count),
                    x.subList(count, count + cotangents.size()), x.subList(count + cotangents.size(), x.size())), in,
                    Collections.nCopies(count, 0)).apply(all);
            return IntStream.range(0, count).mapToObj(i -> axes.get(i) == null ? Ops.sum(each.get(i), 0) : each.get(i))
                    .toList();
        };
    }

    private static @Nullable Jvp vectorised(@Nullable Jvp rule, List<@Nullable Integer> axes) {
        if (rule == null) {
            return null;
        }
        int count = axes.size();
        return (primals, tangents) -> {
            List<Array> all = new ArrayList<>(primals);
            all.addAll(tangents);
            List<@Nullable Integer> in = new ArrayList<>(axes);
            in.addAll(axes);
            return dev.kiln.ops.Vmap.of(x -> rule.of(x.subList(0, count), x.subList(count, 2 * count)), all,
                    leaves -> in, leaves -> Collections.nCopies(leaves.size(), 0));
        };
    }
}
