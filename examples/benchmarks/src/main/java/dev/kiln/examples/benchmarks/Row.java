package dev.kiln.examples.benchmarks;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A line of the table: what is measured, beside what, and what is asked of it.
 *
 * @param name what users read, and what recorded figures are found by
 * @param run what is measured
 * @param work the bytes or operations of it
 * @param yardstick what it is compared with, or null
 * @param bar what is asked
 */
record Row(String name, Run run, Work work, @Nullable Run yardstick, Bar bar) {

    /** What a call does: bytes that must be moved, floating-point operations, or neither. */
    record Work(double amount, String unit) {

        static final Work NONE = new Work(0, "");

        static Work bytes(double bytes) {
            return new Work(bytes, "GB/s");
        }

        static Work flops(double flops) {
            return new Work(flops, "GFLOP/s");
        }
    }

    /** A bar: a figure, and on which side of it one has to be. */
    sealed interface Bar {

        /** At least this part of the yardstick's speed. */
        record Speed(double atLeast) implements Bar {}

        /** At most so many times the yardstick's time. */
        record Time(double atMost) implements Bar {}

        /** At most so many nanoseconds. */
        record Nanos(double atMost) implements Bar {}

        /** At most so many blocks alive at once. */
        record Blocks(double atMost, long blockBytes) implements Bar {}

        /** None that this program can tell, and why. */
        record Untold(String why) implements Bar {}
    }

    /** What was measured of a run: the median of the time of a call, and the most bytes in use. */
    record Measured(double nanos, double peakBytes) {}

    /** This row's outcome, or null if it was not measured. */
    @Nullable
    Figure figure(Map<Run, Measured> measured) {
        Measured own = measured.get(run);
        if (own == null) {
            return null;
        }
        Measured other = yardstick == null ? null : measured.get(yardstick);
        return new Figure(name, own.nanos(), own.nanos() == 0 ? 0 : work.amount() / own.nanos(), work.unit(),
                value(own, other));
    }

    /** The number that the bar is about; null if the yardstick was not measured. */
    private @Nullable Double value(Measured own, @Nullable Measured other) {
        return switch (bar) {
            case Bar.Nanos nanos -> own.nanos();
            case Bar.Blocks blocks -> own.peakBytes() / blocks.blockBytes();
            case Bar.Time time -> other == null ? null : Double.valueOf(own.nanos() / other.nanos());
            case Bar.Speed speed -> other == null ? null : Double.valueOf(other.nanos() / own.nanos());
            case Bar.Untold untold -> other == null ? null : Double.valueOf(other.nanos() / own.nanos());
        };
    }

    /** Whether {@code value} is what the bar asks for; null if that cannot be told. */
    @Nullable
    Boolean met(@Nullable Double value) {
        if (value == null) {
            return null;
        }
        return switch (bar) {
            case Bar.Speed speed -> value >= speed.atLeast();
            case Bar.Time time -> value <= time.atMost();
            case Bar.Nanos nanos -> value <= nanos.atMost();
            case Bar.Blocks blocks -> value <= blocks.atMost();
            case Bar.Untold untold -> null;
        };
    }
}
