package dev.kiln.examples.train;

import static dev.kiln.ops.Transforms.compile;
import static dev.kiln.ops.Transforms.valueAndGrad;

import dev.kiln.graph.DType;
import dev.kiln.ops.Array;
import dev.kiln.ops.Compiled;
import dev.kiln.ops.Ops;
import dev.kiln.ops.Tree;
import dev.kiln.ops.ValueAndGrad;
import dev.kiln.ops.optimizers.Optimizer;
import dev.kiln.ops.optimizers.OptimizerState;
import dev.kiln.ops.optimizers.Updated;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/** Takes steps. One is compiled, and makes the new weights in the memory of the old ones. */
final class Learner {

    /** All that changes from step to step. */
    record State(Llama model, OptimizerState<Llama> optimizer) {

        Array[] arrays() {
            return Tree.of(this).leaves().toArray(Array[]::new);
        }
    }

    /** What a step starts from. */
    private record Given(State state, Array tokens) {}

    /**
     * What a step makes.
     *
     * @param loss before the step, in nats per token
     * @param norm the length of the gradient before it was clipped; not finite if anything in it is not
     * @param state after the step; that before it if the loss or the norm is not finite
     */
    private record Made(Array loss, Array norm, State state) {}

    /** What is to be told about a step. */
    record Told(double loss, double norm) {}

    private final Recipe recipe;
    private final Optimizer optimizer;
    private final Compiled<Given, Made> step = compile(this::step);
    private State state;

    Learner(Recipe recipe, State state) {
        this.recipe = recipe;
        this.state = state;
        optimizer = recipe.optimizer();
        Ops.eval(state.arrays());
    }

    /** A learner before its first step. */
    static Learner begin(Recipe recipe, Sizes sizes) {
        Llama model = Llama.random(sizes, recipe.seed());
        return new Learner(recipe, new State(model, recipe.optimizer().init(model)));
    }

    State state() {
        return state;
    }

    /** The learning rate of step {@code number}, counted from 0. */
    double rate(int number) {
        return recipe.schedule().at(Array.scalar(number)).itemDouble();
    }

    /**
     * Takes step {@code number}, counted from 0.
     *
     * @param tokens of shape (batch, length + 1), int32
     * @throws BadInput if the loss or the gradient is not finite: the state is that before the step
     */
    Told learn(int number, Array tokens) {
        for (Array array : state.arrays()) {
            array.donate();
        }
        Made made = step.apply(new Given(state, tokens));
        state = made.state();
        List<Array> all = new ArrayList<>(List.of(made.loss(), made.norm()));
        all.addAll(List.of(state.arrays()));
        Ops.eval(all.toArray(Array[]::new));
        Told told = new Told(made.loss().itemDouble(), made.norm().itemDouble());
        if (!Double.isFinite(told.loss()) || !Double.isFinite(told.norm())) {
            throw new BadInput("The loss is " + told.loss() + " and the gradient's length " + told.norm() + " in step "
                    + (number + 1) + ", at a learning rate of " + rate(number)
                    + ". The first tensor that is not finite is "
                    + firstBroken(tokens) + ".");
        }
        return told;
    }

    private Made step(Given given) {
        State before = given.state();
        BiFunction<Llama, Array, ValueAndGrad<Array, Llama>> lossAndGrad = valueAndGrad(this::loss);
        ValueAndGrad<Array, Llama> there = lossAndGrad.apply(before.model(), given.tokens());
        Optimizer.Clipped<Llama> clipped = Optimizer.clipGradNorm(there.grad(), recipe.clip());
        Updated<Llama> next = optimizer.update(before.model(), clipped.gradients(), before.optimizer());
        Array finite = clipped.norm().add(there.value()).isfinite();
        return new Made(there.value(), clipped.norm(),
                chosen(finite, new State(next.parameters(), next.state()), before));
    }

    private static State chosen(Array condition, State next, State before) {
        List<Array> others = Tree.of(before).leaves();
        Tree<State> tree = Tree.of(next);
        List<Array> chosen = new ArrayList<>();
        for (int i = 0; i < others.size(); i++) {
            chosen.add(Ops.where(condition, tree.leaves().get(i), others.get(i)));
        }
        return tree.with(chosen);
    }

    private Array loss(Llama model, Array tokens) {
        return computing(model).loss(tokens);
    }

    private Llama computing(Llama model) {
        return recipe.bfloat16() ? model.astype(DType.BFLOAT16) : model;
    }

    /** The first that is not finite, of weights, of what the blocks make of {@code tokens}, and of gradients from last to first. */
    private String firstBroken(Array tokens) {
        for (Map.Entry<String, Array> weight : computing(state.model()).parameters().entrySet()) {
            if (!isFinite(weight.getValue())) {
                return "the weight " + weight.getKey();
            }
        }
        Llama model = computing(state.model());
        Array x = model.model().embedTokens().apply(tokens);
        for (int i = 0; i < model.model().layers().size(); i++) {
            x = model.model().layers().get(i).apply(x);
            if (!isFinite(x)) {
                return "the output of model.layers." + i;
            }
        }
        if (!isFinite(model.model().embedTokens().asLinear(model.model().norm().apply(x)))) {
            return "the logits";
        }
        BiFunction<Llama, Array, ValueAndGrad<Array, Llama>> lossAndGrad = valueAndGrad(this::loss);
        List<Map.Entry<String, Array>> gradients = List
                .copyOf(lossAndGrad.apply(state.model(), tokens).grad().parameters().entrySet());
        for (Map.Entry<String, Array> gradient : gradients.reversed()) {
            if (!isFinite(gradient.getValue())) {
                return "the gradient of " + gradient.getKey();
            }
        }
        return "the length of the whole gradient";
    }

    private static boolean isFinite(Array array) {
        return array.isfinite().all().itemBoolean();
    }
}
