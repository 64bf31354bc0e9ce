package dev.kiln.examples.llama;

import static dev.kiln.ops.Transforms.compile;

import com.google.common.collect.AbstractIterator;
import dev.kiln.ops.Array;
import dev.kiln.ops.Compiled;
import dev.kiln.ops.Ops;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes token after token. A step is traced once and compiled: all later ones are one node each, of the same plan, and write
 * their keys and values into the memory of the step before.
 */
final class Decoder {

    /** Room for keys and values is made in multiples of this, so that texts of about the same length share plans. */
    private static final int ROOM = 256;

    /**
     * What a step needs of the one before.
     *
     * @param token the last one, an array of one element
     * @param memory of all positions before it
     */
    record State(Array token, List<KeyValues> memory, Sampling.State sampling) {

        private Array[] arrays() {
            List<Array> arrays = new ArrayList<>(List.of(token));
            for (KeyValues block : memory) {
                arrays.add(block.byFeature());
                arrays.add(block.valuesByFeature());
            }
            Stream.of(sampling.key(), sampling.seen()).filter(Objects::nonNull).forEach(arrays::add);
            return arrays.toArray(Array[]::new);
        }

        private void donate() {
            memory.forEach(KeyValues::donate);
            sampling.donate();
        }
    }

    private record Step(State before, Array position) {}

    private final Model model;
    private final Sampling sampling;
    private final Compiled<Step, State> step;

    Decoder(Model model, Sampling sampling) {
        this.model = model;
        this.sampling = sampling;
        step = compile(this::step, model::arrays);
    }

    /** At most {@code most} tokens that follow {@code prompt}, computed as they are asked for, up to one that ends the text. */
    Iterable<Integer> continuation(int[] prompt, int most, long seed) {
        // A token is chosen from what came before it, so the last one may stand just behind the last position.
        int tokens = Math.min(most, model.config().positions() - prompt.length + 1);
        return () -> new Continuation(prompt, tokens, seed);
    }

    /** How often a step was traced. */
    int traces() {
        return step.traces();
    }

    /** The state behind {@code tokens} and the one token that follows; there is room for {@code room} positions. */
    State begin(int[] tokens, int room, long seed) {
        Array text = Array.of(tokens);
        Model.Output output = model.begin(text, room);
        State state = state(output, sampling.begin(text, model.config().vocabulary(), seed));
        Ops.eval(state.arrays());
        return state;
    }

    /** The state behind one more token, the last of {@code before}, which stands at {@code position}: lazy. */
    State next(State before, int position) {
        before.donate();
        return step.apply(new Step(before, Array.scalar(position)));
    }

    private State step(Step step) {
        State before = step.before();
        return state(model.next(before.token(), step.position(), before.memory()), before.sampling());
    }

    private State state(Model.Output output, Sampling.State before) {
        Sampling.Choice choice = sampling.choose(output.logits(), before);
        return new State(choice.token(), output.memory(), choice.state());
    }

    /** While a token is computed, the step behind it is built already. */
    private final class Continuation extends AbstractIterator<Integer> {

        private final int[] prompt;
        private final long seed;
        private final int room;
        private int left;
        private int position;
        private @Nullable State last;

        private Continuation(int[] prompt, int most, long seed) {
            this.prompt = prompt;
            this.seed = seed;
            left = most;
            position = prompt.length;
            room = Math.ceilDiv(prompt.length + most, ROOM) * ROOM;
        }

        @Override
        protected @Nullable Integer computeNext() {
            if (left == 0) {
                return endOfData();
            }
            State now = last == null ? begin(prompt, room, seed) : last;
            if (--left > 0) {
                last = Decoder.this.next(now, position++);
                Ops.asyncEval(last.token());
            }
            int token = now.token().itemInt();
            Config config = model.config();
            boolean ends = config.eos().contains(token) || config.bos().equals(OptionalInt.of(token));
            return ends ? endOfData() : Integer.valueOf(token);
        }
    }
}
