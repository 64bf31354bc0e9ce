package dev.kiln.backends.cpu;

import dev.kiln.backends.cpu.AttentionShape.Steps;
import dev.kiln.graph.DType;
import dev.kiln.graph.Work;

/** Changes the scores of one query and some keys. */
@FunctionalInterface
interface AttentionMask {

    /**
     * Applies the mask to {@code keys} scores from {@code at} on.
     *
     * @param added scratch for what is added
     * @param seen scratch for what is seen
     * @param key the first of the keys
     */
    void apply(Reg scores, int at, int keys, Reg added, Reg seen, long[] addresses, long batch, long head,
            long position,
            long key);

    /** The mask that is the input of this number, if there is one. */
    static AttentionMask of(Work.Single work, AttentionShape shape, int input) {
        if (work.inputs().size() <= input) {
            return (scores, at, keys, added, seen, addresses, batch, head, position, key) -> {};
        }
        DType dtype = work.inputs().get(input).spec().dtype();
        LoadLoop load = Loops.get().load(dtype);
        Steps steps = shape.steps().get(input);
        if (dtype == DType.BOOL) {
            return (scores, at, keys, added, seen, addresses, batch, head, position, key) -> {
                load.run(seen, 0, addresses[input] + steps.offset(batch, head, position) + key * steps.column(),
                        steps.column(), keys);
                for (int i = 0; i < keys; i++) {
                    scores.f()[at + i] = seen.l()[i] != 0 ? scores.f()[at + i] : Float.NEGATIVE_INFINITY;
                }
            };
        }
        return (scores, at, keys, added, seen, addresses, batch, head, position, key) -> {
            load.run(added, 0, addresses[input] + steps.offset(batch, head, position) + key * steps.column(),
                    steps.column(), keys);
            for (int i = 0; i < keys; i++) {
                scores.f()[at + i] += added.f()[i];
            }
        };
    }
}
