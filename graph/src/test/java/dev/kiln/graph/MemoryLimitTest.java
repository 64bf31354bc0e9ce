package dev.kiln.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class MemoryLimitTest {

    private final MemoryLimit limit = new MemoryLimit(0.5);

    @Test
    void a_limit_is_a_share_of_the_machine_until_one_is_set() {
        long machine = ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getTotalMemorySize();

        assertEquals(machine / 2, limit.bytes());
        assertTrue(limit.allows(machine / 4, machine / 2 - machine / 4));
        assertFalse(limit.allows(machine / 4, machine / 2 - machine / 4 + 1));
        assertEquals(machine / 2, limit.set(3));
        assertEquals(3, limit.bytes());
    }

    @Test
    void a_limit_below_what_is_allowed_unasked_holds_once_it_is_set() {
        assertTrue(limit.allows(5, 5));

        limit.set(9);

        assertTrue(limit.allows(5, 4));
        assertFalse(limit.allows(5, 5));
    }

    @Test
    void no_sum_overflows() {
        assertFalse(limit.allows(1, Long.MAX_VALUE));
        assertFalse(limit.allows(1L << 62, 1L << 62));

        limit.set(1L << 62);

        assertTrue(limit.allows(1L << 62, 0));
        assertFalse(limit.allows(1L << 62, 1L << 62));
    }

    @Test
    void a_negative_limit_is_refused_and_changes_nothing() {
        limit.set(7);

        assertEquals("A limit is at least 0 bytes, but got -1.",
                assertThrows(IllegalArgumentException.class, () -> limit.set(-1)).getMessage());
        assertEquals(7, limit.bytes());
    }
}
