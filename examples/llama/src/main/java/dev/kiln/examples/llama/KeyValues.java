package dev.kiln.examples.llama;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import dev.kiln.ops.Array;
import dev.kiln.ops.Ops;

/**
 * The keys and values of all positions so far, for one block: {@code (1, heads, room, width)} each. There is room for more
 * positions than there are, and where to write is said by an array, so one plan serves all steps; what lies beyond is masked out
 * by the {@link Model}. New rows are written in place, if the old arrays are donated.
 */
record KeyValues(Array keys, Array values) {

    private static final int[] POSITIONS_AXIS = {2};

    /** Room for {@code positions}. */
    static KeyValues empty(Config config, DType dtype, int positions) {
        Array room = Ops.zeros(Shape.shape(1, config.kvHeads(), positions, config.headDim()), dtype);
        return new KeyValues(room, room);
    }

    /** With new rows from position {@code start} on. */
    KeyValues with(Array newKeys, Array newValues, Array start) {
        return new KeyValues(Ops.sliceUpdate(keys, newKeys, start, POSITIONS_AXIS),
                Ops.sliceUpdate(values, newValues, start, POSITIONS_AXIS));
    }

    /** Lets whoever adds to these do it in place; these are gone then. */
    void donate() {
        keys.donate();
        values.donate();
    }
}
