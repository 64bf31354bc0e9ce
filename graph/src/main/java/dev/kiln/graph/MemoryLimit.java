package dev.kiln.graph;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * A number of bytes that is a share of the machine's memory until another is set. How much memory there is takes the JVM 40
 * milliseconds to find out, which a program that needs little is spared.
 */
final class MemoryLimit {

    /** A share of what any machine has. */
    private static final long LITTLE = 64L << 20;
    private static final long UNKNOWN = -1;

    private final double share;
    private volatile long bytes = UNKNOWN;

    MemoryLimit(double share) {
        this.share = share;
    }

    /** Whether {@code more} bytes may be added to {@code some}; right also where the sum would overflow. */
    boolean allows(long some, long more) {
        long known = bytes;
        return known == UNKNOWN && some <= LITTLE && more <= LITTLE - some || more <= bytes() - some;
    }

    long bytes() {
        long known = bytes;
        return known == UNKNOWN ? (long) (share * Machine.BYTES) : known;
    }

    /**
     * Sets it, and returns what it was.
     *
     * @throws IllegalArgumentException if {@code most} is negative
     */
    long set(long most) {
        if (most < 0) {
            throw new IllegalArgumentException("A limit is at least 0 bytes, but got " + most + ".");
        }
        long before = bytes();
        bytes = most;
        return before;
    }

    private static final class Machine {
        static final long BYTES = ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                ? system.getTotalMemorySize()
                : Runtime.getRuntime().maxMemory();
    }
}
