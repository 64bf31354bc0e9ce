package dev.kiln.ops;

import java.util.OptionalLong;

/**
 * One place between the brackets of NumPy's indexing: {@code a.get(slice(1, 5), all(), index(-1))}. Made for
 * {@code import static}. Negative positions count from the end.
 */
public sealed interface Index {

    /** Every {@code step}-th element; a missing start or stop means the end that the direction of the step implies. */
    record Range(OptionalLong start, OptionalLong stop, long step) implements Index {
        /** Refuses a step of 0. */
        public Range {
            if (step == 0) {
                throw new IllegalArgumentException("[slice] The step of a slice cannot be 0.");
            }
        }

        long startIn(long length) {
            return start.orElse(step > 0 ? 0 : length - 1);
        }

        long stopIn(long length) {
            return stop.orElse(step > 0 ? length : -length - 1);
        }
    }

    /** One element: the axis is gone from the result. */
    record Position(long at) implements Index {}

    /** The elements that an integer array lists; its shape replaces the axis. */
    record Listed(Array indices) implements Index {}

    /** A new axis of length 1. */
    record NewAxis() implements Index {}

    /** As many whole axes as are missing. */
    record Ellipsis() implements Index {}

    /** {@code start:stop}. */
    static Index slice(long start, long stop) {
        return slice(start, stop, 1);
    }

    /** {@code start:stop:step}. */
    static Index slice(long start, long stop, long step) {
        return new Range(OptionalLong.of(start), OptionalLong.of(stop), step);
    }

    /** {@code start:}. */
    static Index from(long start) {
        return new Range(OptionalLong.of(start), OptionalLong.empty(), 1);
    }

    /** {@code :stop}. */
    static Index until(long stop) {
        return new Range(OptionalLong.empty(), OptionalLong.of(stop), 1);
    }

    /** {@code ::step}; a step of -1 turns the axis round. */
    static Index every(long step) {
        return new Range(OptionalLong.empty(), OptionalLong.empty(), step);
    }

    /** {@code :}, the whole axis. */
    static Index all() {
        return every(1);
    }

    /** A single position, without its axis. */
    static Index index(long at) {
        return new Position(at);
    }

    /** The positions in an integer array. */
    static Index index(Array indices) {
        return new Listed(indices);
    }

    /** NumPy's {@code None}: a new axis of length 1. */
    static Index newAxis() {
        return new NewAxis();
    }

    /** NumPy's {@code ...}: all the axes that the others leave. */
    static Index ellipsis() {
        return new Ellipsis();
    }
}
