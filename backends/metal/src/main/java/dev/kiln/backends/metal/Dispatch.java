package dev.kiln.backends.metal;

import dev.kiln.backends.metal.MtlCommands.Extent3;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * One kernel as it is dispatched, but for the addresses of its arrays.
 *
 * @param arrays what is touched around each address: first what is read, then what is written
 * @param reads how many of them are read
 * @param parameters the kernel's last argument
 * @param inGroups whether {@code grid} counts threadgroups, each whole, rather than threads
 */
record Dispatch(MtlPipeline pipeline, List<Range> arrays, int reads, MemorySegment parameters, boolean inGroups,
        Extent3 grid, Extent3 group) {

    /** Threads in a line of the grid. */
    static final long WIDEST = 1L << 30;

    /** Threads of a threadgroup where they have nothing to do with each other. */
    private static final int COMFORTABLE = 256;

    /** A thread for each of {@code count} elements; from {@link #WIDEST} on in several lines of so many. */
    static Dispatch each(MtlPipeline pipeline, List<Range> arrays, int reads, MemorySegment parameters, long count) {
        long group = Math.min(COMFORTABLE, pipeline.mostThreads());
        return new Dispatch(pipeline, arrays, reads, parameters, false,
                new Extent3(Math.min(count, WIDEST), Math.ceilDiv(count, WIDEST), 1), new Extent3(group, 1, 1));
    }

    /** A threadgroup of so many threads for each of {@code count} rows. */
    static Dispatch rows(MtlPipeline pipeline, List<Range> arrays, int reads, MemorySegment parameters, long count,
            long threads) {
        return new Dispatch(pipeline, arrays, reads, parameters, true, new Extent3(count, 1, 1),
                new Extent3(threads, 1, 1));
    }

    /** Whether places in arrays of elements of a size, or the number of threads, need 64 bits. */
    static boolean isWide(List<Range> arrays, int size, long threads) {
        return threads > WIDEST || arrays.stream()
                .anyMatch(
                        range -> range.high() / size >= Integer.MAX_VALUE || range.low() / size <= -Integer.MAX_VALUE);
    }

    /** Numbers as a kernel's parameters, of 64 bits if they are wide, else of 32. */
    static MemorySegment numbers(boolean wide, long... numbers) {
        MemorySegment bytes = Arena.ofAuto().allocate((long) Long.BYTES * Math.max(1, numbers.length), Long.BYTES);
        for (int i = 0; i < numbers.length; i++) {
            if (wide) {
                bytes.setAtIndex(ValueLayout.JAVA_LONG, i, numbers[i]);
            } else {
                bytes.setAtIndex(ValueLayout.JAVA_INT, i, Math.toIntExact(numbers[i]));
            }
        }
        return bytes;
    }
}
