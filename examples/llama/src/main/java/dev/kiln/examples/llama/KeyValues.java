package dev.kiln.examples.llama;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import dev.kiln.ops.Array;
import dev.kiln.ops.Ops;

/**
 * The keys and values of all positions so far, for one block. There is room for more positions than there are, and where to write
 * is said by an array, so one plan serves all steps; what lies beyond is masked out by the {@link Model}. New positions are written
 * in place, if the old arrays are donated.
 *
 * @param byFeature keys as {@code (1, heads, width, room)}: a feature of many positions lies together, which attention reads faster
 *        than all features of a position, and most so where heads are narrow
 * @param valuesByFeature values in the same way
 */
record KeyValues(Array byFeature, Array valuesByFeature) {

    private static final int[] POSITIONS_AXIS = {3};

    /** Room for {@code positions}. */
    static KeyValues empty(Config config, DType dtype, int positions) {
        Array room = Ops.zeros(Shape.shape(1, config.kvHeads(), config.headDim(), positions), dtype);
        return new KeyValues(room, room);
    }

    /** With new positions, {@code (1, heads, positions, width)}, from {@code start} on. */
    KeyValues with(Array newKeys, Array newValues, Array start) {
        return new KeyValues(Ops.sliceUpdate(byFeature, newKeys.swapaxes(2, 3), start, POSITIONS_AXIS),
                Ops.sliceUpdate(valuesByFeature, newValues.swapaxes(2, 3), start, POSITIONS_AXIS));
    }

    /** How many positions there is room for. */
    long room() {
        return byFeature.dim(3);
    }

    /** {@code (1, heads, room, width)}. */
    Array keys() {
        return byFeature.swapaxes(2, 3);
    }

    /** {@code (1, heads, room, width)}. */
    Array values() {
        return valuesByFeature.swapaxes(2, 3);
    }

    /** Lets whoever adds to these do it in place; these are gone then. */
    void donate() {
        byFeature.donate();
        valuesByFeature.donate();
    }
}
