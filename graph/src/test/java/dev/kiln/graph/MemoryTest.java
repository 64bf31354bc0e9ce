package dev.kiln.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryTest {

    private static final long MIB = 1 << 20;

    private long limit;
    private long cacheLimit;

    @BeforeEach
    void start() {
        Settled.active();
        limit = Memory.limit(1L << 40);
        cacheLimit = Memory.cacheLimit(1L << 40);
        Memory.clearCache();
    }

    @AfterEach
    void restore() {
        Memory.limit(limit);
        Memory.cacheLimit(cacheLimit);
    }

    @Test
    void bytes_in_use_at_most_and_kept_are_counted() {
        long active = Memory.active();
        long cached = Memory.cached();
        Memory.resetPeak();
        assertEquals(active, Memory.peak());
        Block a = Memory.take(3 * MIB);
        Block b = Memory.take(5 * MIB);
        assertEquals(active + 8 * MIB, Memory.active());
        a.release();
        assertEquals(active + 5 * MIB, Memory.active());
        assertEquals(cached + 3 * MIB, Memory.cached());
        b.release();
        assertEquals(active, Memory.active());
        assertEquals(active + 8 * MIB, Memory.peak());
        assertEquals(cached + 8 * MIB, Memory.cached());
        Memory.clearCache();
        assertEquals(cached, Memory.cached());
    }

    @Test
    void a_block_that_came_back_is_lent_again() {
        Block first = Memory.take(3 * MIB);
        long address = first.address;
        first.release();
        Block second = Memory.take(3 * MIB - 100);
        assertEquals(address, second.address);
        Block third = Memory.take(3 * MIB);
        assertNotEquals(address, third.address);
        second.release();
        third.release();
    }

    @Test
    void a_second_release_does_nothing() {
        long active = Memory.active();
        Block block = Memory.take(MIB);
        block.release();
        block.release();
        assertEquals(active, Memory.active());
        Block again = Memory.take(MIB);
        Block other = Memory.take(MIB);
        assertNotEquals(again.address, other.address);
        again.release();
        other.release();
    }

    @Test
    void no_more_is_kept_than_the_cache_limit_allows() {
        long small = Memory.cached();
        assertEquals(1L << 40, Memory.cacheLimit(small + 4 * MIB));
        Block a = Memory.take(3 * MIB);
        Block b = Memory.take(3 * MIB);
        a.release();
        b.release();
        assertEquals(small + 3 * MIB, Memory.cached());
        Memory.cacheLimit(small);
        assertEquals(small, Memory.cached());
    }

    @Test
    void kept_memory_is_given_up_before_the_limit_is_passed() {
        long small = Memory.cached(); // which is kept for good
        Memory.take(64 * MIB).release();
        Memory.limit(Memory.active() + small + 80 * MIB);
        Block block = Memory.take(40 * MIB); // fits neither the kept block nor, beside it, the limit
        long all = Memory.active() + Memory.cached();
        long bound = Memory.limit(1L << 40);
        assertTrue(all <= bound, () -> all + " bytes of " + bound);
        block.release();
    }

    @Test
    void allocation_past_the_limit_is_refused_with_the_reason() {
        Memory.limit(Memory.active() + MIB);
        long active = Memory.active();
        String message = assertThrows(IllegalStateException.class, () -> Memory.take(2 * MIB)).getMessage();
        assertTrue(message.startsWith("[malloc] Unable to allocate " + 2 * MIB + " bytes: the limit is "), message);
        assertTrue(message.contains(active + " bytes are in use"), message);
        assertEquals(active, Memory.active());
        Memory.take(MIB / 2).release();
    }

    @Test
    void limits_below_nothing_are_refused() {
        long limit = Memory.limit();
        long cacheLimit = Memory.cacheLimit();
        assertEquals("A limit is at least 0 bytes, but got -5.",
                assertThrows(IllegalArgumentException.class, () -> Memory.limit(-5)).getMessage());
        assertEquals("A limit is at least 0 bytes, but got -1.",
                assertThrows(IllegalArgumentException.class, () -> Memory.cacheLimit(-1)).getMessage());
        assertEquals(limit, Memory.limit());
        assertEquals(cacheLimit, Memory.cacheLimit());
    }

    @ParameterizedTest(name = "2^{0} bytes")
    @ValueSource(ints = {50, 59, 60, 61, 62})
    void sizes_that_no_machine_has_are_refused_even_without_a_limit(int log) {
        Memory.limit(log < 59 ? 1L << 45 : Long.MAX_VALUE);
        long active = Memory.active();
        String message = assertThrows(IllegalStateException.class, () -> Memory.take((1L << log) + 1)).getMessage();
        assertTrue(message.startsWith("[malloc] Unable to allocate " + ((1L << log) + 1) + " bytes: "), message);
        assertEquals(active, Memory.active());
    }

    @Test
    void dropped_buffers_come_back_before_an_allocation_is_refused() {
        long base = Memory.active();
        Memory.limit(base + 20 * MIB);
        for (int i = 0; i < 200; i++) { // 400 MiB in all, none of which is held
            MemorySegment.ofAddress(Buffer.allocate(2 * MIB).address());
        }
        assertTrue(Memory.active() <= base + 20 * MIB);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void every_size_gets_an_aligned_block_that_is_large_enough_and_comes_back_to_its_class(long seed) {
        Random random = new Random(seed);
        List<Long> sizes = new ArrayList<>();
        for (int log = 0; log < 26; log++) {
            for (int near = -1; near <= 1; near++) {
                sizes.add(Math.max(0, (1L << log) + near));
            }
            sizes.add((1L << log) + random.nextLong(1L << log));
        }
        Collections.shuffle(sizes, random);
        for (long bytes : sizes) {
            long active = Memory.active();
            Block block = Memory.take(bytes);
            assertEquals(0, block.address % 64);
            assertTrue(block.size >= bytes && block.size > 0, () -> bytes + " bytes got " + block.size);
            assertTrue(block.size <= Math.max(128, bytes + bytes / 2), () -> bytes + " bytes got " + block.size);
            assertEquals(active + block.size, Memory.active());
            OffHeap.ALL.asSlice(block.address, block.size).fill((byte) 1);
            block.release();
            assertEquals(active, Memory.active());
            Block same = Memory.take(block.size);
            assertEquals(block.address, same.address);
            assertEquals(block.size, same.size);
            same.release();
        }
    }

    @Test
    void small_buffers_come_back_one_by_one_and_their_memory_is_lent_again() {
        long active = Memory.active();
        Set<Long> addresses = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            Buffer buffer = Buffer.allocate(1 + i % 128);
            buffer.hold();
            assertEquals(0, buffer.address() % 64);
            assertTrue(buffer.size() >= 1 + i % 128);
            assertEquals(active + buffer.size(), Memory.active());
            addresses.add(buffer.address());
            buffer.drop();
            assertEquals(active, Memory.active());
        }
        assertTrue(addresses.size() <= 64, () -> addresses.size() + " places");
    }

    @Test
    void small_buffers_in_use_do_not_overlap_and_are_counted_until_they_are_dropped() {
        long active = Memory.active();
        List<Buffer> buffers = new ArrayList<>();
        Random random = new Random(11);
        for (int i = 0; i < 4000; i++) {
            if (buffers.size() > 300 || !buffers.isEmpty() && random.nextInt(3) == 0) {
                buffers.remove(random.nextInt(buffers.size())).drop();
            } else {
                Buffer buffer = Buffer.allocate(1 + random.nextInt(128));
                buffer.hold();
                buffers.add(buffer);
            }
        }
        assertEquals(active + buffers.stream().mapToLong(Buffer::size).sum(), Memory.active());
        buffers.sort(java.util.Comparator.comparingLong(Buffer::address));
        for (int i = 1; i < buffers.size(); i++) {
            assertTrue(buffers.get(i - 1).address() + buffers.get(i - 1).size() <= buffers.get(i).address());
        }
        buffers.forEach(Buffer::drop);
        assertEquals(active, Memory.active());
    }

    @Test
    void small_buffers_that_are_forgotten_come_back_when_the_collector_finds_them() {
        long active = Settled.active();
        for (int i = 0; i < 10_000; i++) {
            MemorySegment.ofAddress(Buffer.allocate(64).address());
        }
        long now = Settled.active();
        assertTrue(now <= active, () -> active + " bytes before, " + now + " after");
    }

    @Test
    void the_next_collection_is_due_at_twice_what_is_left_when_forgotten_blocks_have_come_back() {
        long active = Settled.active();
        List<Buffer> many = new ArrayList<>();
        for (int i = 0; i < 30; i++) { // on the way the collector runs and finds nothing
            many.add(Buffer.allocate(64 * MIB)); // never touched, so it takes no pages
        }
        many.clear();
        Settled.active();
        Memory.resetPeak();
        for (int i = 0; i < 40; i++) {
            MemorySegment.ofAddress(Buffer.allocate(64 * MIB).address());
        }
        // some more are taken while the cleaner's thread gives the first back; by another collection's mark it would be all 2560
        assertTrue(Memory.peak() <= 2 * active + (1024 + 512) * MIB, () -> (Memory.peak() - active) / MIB + " MiB");
    }

    @Test
    void blocks_in_use_do_not_overlap() {
        Random random = new Random(7);
        List<Block> blocks = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            if (blocks.size() > 200 || !blocks.isEmpty() && random.nextInt(3) == 0) {
                blocks.remove(random.nextInt(blocks.size())).release();
            } else {
                blocks.add(Memory.take(1 + random.nextInt(100_000)));
            }
        }
        blocks.sort(java.util.Comparator.comparingLong(block -> block.address));
        for (int i = 1; i < blocks.size(); i++) {
            assertTrue(blocks.get(i - 1).address + blocks.get(i - 1).size <= blocks.get(i).address);
        }
        blocks.forEach(Block::release);
    }
}
