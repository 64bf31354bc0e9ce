package dev.kiln.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A stretch of memory that arrays lie in: a piece that the allocator has from the system, or one that a program wrapped. A
 * device that must be told of memory before it may touch it finds here, by the addresses that its kernels get, what to tell,
 * and hears before a stretch goes.
 *
 * <p>
 * Pieces of the allocator begin and end where pages of {@link #PAGE} bytes do, and none overlaps another. What programs wrap
 * lies anywhere, may overlap, and may be wrapped twice.
 */
public final class Stretch {

    /** The largest page of the systems that Kiln runs on: that of macOS on Apple silicon. */
    public static final long PAGE = 16 << 10;

    private static final int LOOKS = 16;

    /** By address; wrapped ones may begin at the same, so each has a number as well. */
    private record Key(long address, long number) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int byAddress = Long.compareUnsigned(address, other.address);
            return byAddress != 0 ? byAddress : Long.compare(number, other.number);
        }
    }

    private static final ConcurrentSkipListMap<Key, Stretch> ALL = new ConcurrentSkipListMap<>();
    private static final AtomicLong NUMBERS = new AtomicLong();

    private final Key key;
    private final long bytes;
    private final List<Runnable> beforeEnd = new ArrayList<>();
    private boolean ended;

    private Stretch(long address, long bytes) {
        this.key = new Key(address, NUMBERS.getAndIncrement());
        this.bytes = bytes;
    }

    /** Makes {@code bytes} at {@code address} known until {@link #end}. */
    static Stretch begin(long address, long bytes) {
        Stretch stretch = new Stretch(address, bytes);
        ALL.put(stretch.key, stretch);
        return stretch;
    }

    /** To be called before the memory is given back; a second call does nothing. */
    void end() {
        List<Runnable> actions;
        synchronized (this) {
            ended = true;
            actions = List.copyOf(beforeEnd);
            beforeEnd.clear();
        }
        ALL.remove(key);
        actions.forEach(Runnable::run);
    }

    /**
     * The stretch that {@code address} lies in. It is there as long as somebody holds the array; empty if it is not known,
     * which happens only where many wrapped stretches overlap.
     */
    public static Optional<Stretch> around(long address) {
        int looks = 0;
        for (Map.Entry<Key, Stretch> entry = ALL
                .floorEntry(new Key(address, Long.MAX_VALUE)); entry != null
                        && looks < LOOKS; entry = ALL.lowerEntry(entry.getKey())) {
            Stretch stretch = entry.getValue();
            if (address - stretch.key.address < stretch.bytes) {
                return Optional.of(stretch);
            }
            looks++;
        }
        return Optional.empty();
    }

    /** The first byte's address. */
    public long address() {
        return key.address;
    }

    /** How many bytes there are. */
    public long bytes() {
        return bytes;
    }

    /** Has {@code action} run once, before the memory goes; false, and it never runs, if that has begun. */
    public synchronized boolean beforeEnd(Runnable action) {
        return !ended && beforeEnd.add(action);
    }
}
