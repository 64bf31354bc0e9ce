package dev.kiln.examples.llama;

import dev.kiln.graph.DType;
import dev.kiln.ops.Array;
import dev.kiln.ops.Ops;

/**
 * The keys and values of all positions so far, for one block: {@code (1, heads, capacity, width)} each.
 *
 * <p>
 * The arrays have room for more positions than there are, and the position is written through an array and not a number. So
 * the graph of one step is the graph of the next, its plan is found in the cache, and a step's time stays the same. What is
 * in the room beyond is masked out by the {@link Model}.
 */
final class KeyValueCache {

    /** Positions that room is made for at a time. */
    private static final int CHUNK = 256;

    private static final int POSITIONS_AXIS = 2;

    private Array keys;
    private Array values;

    KeyValueCache(Config config, DType dtype) {
        keys = Ops.zeros(new long[] {1, config.kvHeads(), 0, config.headDim()}, dtype);
        values = keys;
    }

    Array keys() {
        return keys;
    }

    Array values() {
        return values;
    }

    /** How many positions there is room for. */
    int capacity() {
        return (int) keys.dim(POSITIONS_AXIS);
    }

    /** Makes room for {@code positions} in all. */
    void reserve(int positions) {
        if (positions > capacity()) {
            int more = Math.ceilDiv(positions, CHUNK) * CHUNK - capacity();
            Array room = Ops.zeros(keys.shape().with(POSITIONS_AXIS, more).toArray(), keys.dtype());
            keys = Ops.concatenate(POSITIONS_AXIS, keys, room);
            values = Ops.concatenate(POSITIONS_AXIS, values, room);
        }
    }

    /** Writes the keys and values of new positions, the first of them at {@code position}. */
    void write(Array newKeys, Array newValues, Array position) {
        keys = Ops.sliceUpdate(keys, newKeys, position, POSITIONS_AXIS);
        values = Ops.sliceUpdate(values, newValues, position, POSITIONS_AXIS);
    }
}
