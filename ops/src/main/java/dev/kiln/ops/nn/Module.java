package dev.kiln.ops.nn;

import dev.kiln.graph.DType;
import dev.kiln.ops.Array;
import dev.kiln.ops.Ops;
import dev.kiln.ops.Tree;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * A part of a network: a record whose components are arrays, its parameters, other modules, lists and maps of these, and
 * whatever else it must know.
 *
 * <pre>{@code
 * record Mlp(Linear l1, Linear l2) implements Module<Mlp> {
 *     Array apply(Array x) {
 *         return l2.apply(Activations.relu(l1.apply(x)));
 *     }
 * }
 *
 * Mlp model = new Mlp(new Linear(2, 64), new Linear(64, 1));
 * var step = valueAndGrad((Mlp m, Batch batch) -> Losses.mse(m.apply(batch.x()), batch.y(), Reduction.MEAN));
 * }</pre>
 *
 * <p>
 * What MLX changes in place is another module here: {@code model = model.update(weights)}. A module freezes parameters by
 * differentiating by the others alone:
 *
 * <pre>{@code
 * Map<String, Array> trained = model.parameters(name -> name.startsWith("l2."));
 * var step = valueAndGrad((Map<String, Array> p, Batch batch) -> model.update(p).loss(batch));
 * }</pre>
 *
 * <p>
 * Import it by name: a wildcard import meets {@code java.lang.Module}.
 *
 * @param <M> the record itself
 */
public interface Module<M extends Module<M>> {

    /** The parameters by their paths, {@code layers.0.q_proj.weight}; see {@link Tree#named()}. */
    default Map<String, Array> parameters() {
        return Tree.of(this).named();
    }

    /** The parameters whose paths {@code wanted} holds for: those that are not frozen, for example. */
    default Map<String, Array> parameters(Predicate<String> wanted) {
        Map<String, Array> chosen = new LinkedHashMap<>(parameters());
        chosen.keySet().removeIf(wanted.negate());
        return Collections.unmodifiableMap(chosen);
    }

    /**
     * This module with some of its parameters replaced.
     *
     * @throws IllegalArgumentException if there is no parameter of such a path, or it has another shape
     */
    default M update(Map<String, Array> parameters) {
        Map<String, Array> all = new LinkedHashMap<>(parameters());
        parameters.forEach((name, array) -> {
            Array before = all.put(name, array);
            if (before == null) {
                throw new IllegalArgumentException("[module] There is no parameter " + name + " in "
                        + getClass().getSimpleName() + ".");
            }
            if (!before.shape().equals(array.shape())) {
                throw new IllegalArgumentException("[module] Parameter " + name + " has shape " + before.shape()
                        + ", not " + array.shape() + ".");
            }
        });
        return self(Tree.of(this).with(List.copyOf(all.values())));
    }

    /** This module with {@code function} applied to each parameter: MLX's {@code apply}. */
    default M map(UnaryOperator<Array> function) {
        return self(Tree.of(this).map(function));
    }

    /** This module with floating parameters of another dtype: MLX's {@code set_dtype}. Others stay as they are. */
    default M astype(DType dtype) {
        return map(array -> array.dtype().isFloating() ? array.astype(dtype) : array);
    }

    /** How many numbers the parameters are. */
    default long size() {
        return Tree.of(this).leaves().stream().mapToLong(Array::size).sum();
    }

    /** This module for training, in which {@link Dropout} drops, or for use, in which it does not: {@code train(false)}. */
    default M train(boolean mode) {
        return self(Tree.replace(this, Dropout.class, dropout -> new Dropout(dropout.p(), mode)));
    }

    /** Writes the parameters to a safetensors file; what was there before stays until the new file is whole. */
    default void saveWeights(Path file) {
        Ops.saveSafetensors(file, parameters());
    }

    /**
     * This module with the parameters in a safetensors file, which must be the same ones.
     *
     * @throws IllegalArgumentException if the file is not as it must be, lacks a parameter or has another
     */
    default M loadWeights(Path file) {
        Map<String, Array> there = Ops.loadSafetensors(file);
        Set<String> missing = new HashSet<>(parameters().keySet());
        missing.removeAll(there.keySet());
        if (!missing.isEmpty()) {
            throw new IllegalArgumentException("[module] " + file + " lacks " + missing.size() + " parameters, such as "
                    + Collections.min(missing) + ".");
        }
        return update(there);
    }

    @SuppressWarnings("unchecked") // M is the class of this, as of a Comparable
    private M self(Module<M> changed) {
        return (M) changed;
    }
}
