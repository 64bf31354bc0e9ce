package dev.kiln.examples.llama;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import dev.kiln.ops.Array;
import dev.kiln.ops.Ops;
import java.util.List;

/**
 * The keys and values of all positions so far, for one block: {@code (1, heads, capacity, width)} each.
 *
 * <p>
 * The arrays have room for more positions than there are, and where to write is said by an array and not by a number. So
 * the graph of one step is the graph of the next, its plan is found in the cache, and a step's time stays the same. What
 * lies in the room beyond is masked out by the {@link Model}.
 */
final class KeyValueCache {

    /** Positions that room is made for at a time. */
    private static final int CHUNK = 256;

    private static final int POSITIONS_AXIS = 2;

    private Array keys;
    private Array values;

    KeyValueCache(Config config, DType dtype) {
        keys = Ops.zeros(Shape.shape(1, config.kvHeads(), 0, config.headDim()), dtype);
        values = keys;
    }

    Array keys() {
        return keys;
    }

    Array values() {
        return values;
    }

    /** How many positions there is room for. */
    long capacity() {
        return keys.dim(POSITIONS_AXIS);
    }

    /** Makes room for {@code positions} in all. */
    void reserve(int positions) {
        if (positions > capacity()) {
            long more = Math.ceilDiv(positions, CHUNK) * (long) CHUNK - capacity();
            Array room = Ops.zeros(keys.shape().with(POSITIONS_AXIS, more), keys.dtype());
            keys = Ops.concatenate(List.of(keys, room), POSITIONS_AXIS);
            values = Ops.concatenate(List.of(values, room), POSITIONS_AXIS);
        }
    }

    /** Writes the keys and values of new positions, which {@code positions} lists. */
    void write(Array newKeys, Array newValues, Array positions) {
        Array places = positions.reshape(1, 1, -1, 1);
        keys = Ops.putAlongAxis(keys, places, newKeys, POSITIONS_AXIS);
        values = Ops.putAlongAxis(values, places, newValues, POSITIONS_AXIS);
    }
}
