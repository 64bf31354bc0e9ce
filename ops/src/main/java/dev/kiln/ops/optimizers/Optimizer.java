package dev.kiln.ops.optimizers;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import dev.kiln.ops.Array;
import dev.kiln.ops.Ops;
import dev.kiln.ops.Tree;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A rule that moves parameters along their gradients. It holds numbers only; what it must remember is an
 * {@link OptimizerState}, so a step is a function and can be compiled.
 *
 * <pre>{@code
 * Optimizer optimizer = new AdamW(1e-3);
 * var state = optimizer.init(model);
 * var there = lossAndGrad.apply(model, batch);
 * var next = optimizer.update(model, there.grad(), state);   // next.parameters(), next.state()
 * }</pre>
 *
 * <p>
 * Nothing changes in place, but the memory of the old values can be used for the new ones: {@link Array#donate donate} the arrays of
 * the model and the state before the call of the compiled step, and each moved parameter is written over the one before.
 */
public interface Optimizer {

    /** The learning rate of each step. */
    Schedule learningRate();

    /** The names of what is remembered for each parameter. */
    List<String> slots();

    /** What a slot holds for a parameter before the first step; of the shape that it has in every step. */
    default Array initial(String slot, Array parameter) {
        return Ops.zeros(parameter.shape(), parameter.dtype());
    }

    /**
     * Moves one parameter.
     *
     * @param gradient of the parameter's shape and dtype
     * @param slots what is remembered of it, in the order of {@link #slots}
     * @return the parameter, then what is to be remembered
     */
    List<Array> move(Array parameter, Array gradient, List<Array> slots, Moment moment);

    /** The state before the first step. */
    default <P> OptimizerState<P> init(P parameters) {
        Tree<P> tree = Tree.of(parameters);
        Map<String, P> slots = new LinkedHashMap<>();
        for (String slot : slots()) {
            slots.put(slot, tree.map(parameter -> initial(slot, parameter)));
        }
        return new OptimizerState<>(Array.scalar(0, DType.INT32), Collections.unmodifiableMap(slots));
    }

    /**
     * Moves all parameters a step: lazily, like any operation.
     *
     * @param gradients in the shape of the parameters, as transforms return them
     * @throws IllegalArgumentException if the gradients or the state do not belong to the parameters
     */
    default <P> Updated<P> update(P parameters, P gradients, OptimizerState<P> state) {
        Tree<P> tree = Tree.of(parameters);
        List<Array> along = Tree.of(gradients).leaves();
        List<List<Array>> columns = new ArrayList<>();
        for (String slot : slots()) {
            P remembered = state.slots().get(slot);
            if (remembered == null) {
                throw new IllegalArgumentException("[optimizer] The state lacks " + slot + ".");
            }
            columns.add(Tree.of(remembered).leaves());
        }
        requireSame(tree.leaves(), along, columns);
        requireRemembered(tree.leaves(), columns);
        Moment moment = new Moment(state.step().add(1), learningRate().at(state.step()));
        List<List<Array>> moved = new ArrayList<>();
        for (int i = 0; i < along.size(); i++) {
            int parameter = i;
            moved.add(move(tree.leaves().get(i), along.get(i).astype(tree.leaves().get(i).dtype()),
                    columns.stream().map(column -> column.get(parameter)).toList(), moment));
        }
        Map<String, P> slots = new LinkedHashMap<>();
        for (int slot = 0; slot < slots().size(); slot++) {
            slots.put(slots().get(slot), tree.with(column(moved, slot + 1)));
        }
        return new Updated<>(tree.with(column(moved, 0)),
                new OptimizerState<>(moment.step(), Collections.unmodifiableMap(slots)));
    }

    private static void requireSame(List<Array> parameters, List<Array> gradients, List<List<Array>> columns) {
        if (gradients.size() != parameters.size()
                || columns.stream().anyMatch(column -> column.size() != parameters.size())) {
            throw new IllegalArgumentException("[optimizer] There are " + parameters.size() + " parameters, but "
                    + gradients.size() + " gradients, and state for "
                    + columns.stream().map(List::size).distinct().toList() + " parameters.");
        }
        for (int i = 0; i < parameters.size(); i++) {
            if (!parameters.get(i).shape().equals(gradients.get(i).shape())) {
                throw new IllegalArgumentException("[optimizer] Parameter " + i + " has shape "
                        + parameters.get(i).shape() + ", its gradient " + gradients.get(i).shape() + ".");
            }
        }
    }

    private void requireRemembered(List<Array> parameters, List<List<Array>> columns) {
        for (int slot = 0; slot < columns.size(); slot++) {
            for (int i = 0; i < parameters.size(); i++) {
                String name = slots().get(slot);
                Shape needed = initial(name, parameters.get(i)).shape();
                if (!columns.get(slot).get(i).shape().equals(needed)) {
                    throw new IllegalArgumentException("[optimizer] Parameter " + i + " has shape "
                            + parameters.get(i).shape() + ", its " + name + " in the state "
                            + columns.get(slot).get(i).shape() + " instead of " + needed + ".");
                }
            }
        }
    }

    private static List<Array> column(List<List<Array>> moved, int index) {
        return moved.stream().map(arrays -> arrays.get(index)).toList();
    }

    /**
     * {@code gradients}, scaled down so that all of them together are a vector of at most this length.
     *
     * @throws IllegalArgumentException if {@code maxNorm} is negative
     */
    static <P> Clipped<P> clipGradNorm(P gradients, double maxNorm) {
        Rates.requireNotNegative("clip_grad_norm", "max_norm", maxNorm);
        Tree<P> tree = Tree.of(gradients);
        Array squares = Array.scalar(0, DType.FLOAT32);
        for (Array gradient : tree.leaves()) {
            squares = squares.add(gradient.astype(DType.FLOAT32).square().sum());
        }
        Array norm = squares.sqrt();
        Array factor = Ops.divide(maxNorm, norm.add(1e-6)).minimum(1.0);
        return new Clipped<>(tree.map(gradient -> gradient.multiply(factor.astype(gradient.dtype()))), norm);
    }

    /**
     * Gradients that are not too long.
     *
     * @param norm the length that they had, a float32 scalar
     */
    record Clipped<P>(P gradients, Array norm) {}
}
