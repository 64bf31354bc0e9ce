package dev.kiln.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.condition.OS.LINUX;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;

class StretchTest {

    @Test
    void an_allocated_buffer_lies_in_whole_pages_that_are_known() {
        for (long bytes : new long[] {1, 100, 40_000, 5L << 20}) {
            Buffer buffer = Buffer.allocate(bytes);
            Stretch stretch = Stretch.around(buffer.address() + bytes - 1).orElseThrow();
            assertEquals(0, stretch.address() % Stretch.PAGE);
            assertEquals(0, stretch.bytes() % Stretch.PAGE);
            assertTrue(stretch.address() <= buffer.address()
                    && buffer.address() + buffer.size() <= stretch.address() + stretch.bytes());
            buffer.keepAlive();
        }
    }

    @Test
    void whoever_asked_hears_before_a_piece_goes_back_to_the_system_once() {
        SystemMemory.Piece piece = SystemMemory.allocate(100);
        List<Boolean> heard = new ArrayList<>();
        assertTrue(piece.stretch().beforeEnd(() -> {
            MemorySegment memory = OffHeap.ALL.asSlice(piece.address(), 100);
            memory.set(ValueLayout.JAVA_BYTE, 99, (byte) 1);
            heard.add(memory.get(ValueLayout.JAVA_BYTE, 99) == 1);
        }));
        SystemMemory.free(piece);
        assertEquals(List.of(true), heard);
        assertFalse(Stretch.around(piece.address()).filter(piece.stretch()::equals).isPresent());
        assertFalse(piece.stretch().beforeEnd(() -> heard.add(false)));
    }

    @Test
    void wrapped_memory_is_known_until_its_buffer_is_dropped_even_if_it_was_wrapped_twice() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(1000);
            Buffer whole = Buffer.wrap(memory);
            Buffer again = Buffer.wrap(memory);
            Buffer part = Buffer.wrap(memory.asSlice(400, 100));
            assertTrue(whole.hold() && again.hold() && part.hold());
            assertEquals(memory.address(), Stretch.around(memory.address() + 700).orElseThrow().address());
            whole.drop();
            assertEquals(memory.address(), Stretch.around(memory.address() + 700).orElseThrow().address());
            again.drop();
            assertTrue(Stretch.around(memory.address() + 700).isEmpty());
            assertEquals(100, Stretch.around(memory.address() + 450).orElseThrow().bytes());
            part.drop();
            assertTrue(Stretch.around(memory.address() + 450).isEmpty());
        }
    }

    @Test
    @EnabledOnOs(LINUX)
    void pages_are_mapped_and_given_back() {
        int anonymousOnLinux = 0x20;
        long address = SystemMemory.map(Stretch.PAGE, SystemMemory.MAP_PRIVATE | anonymousOnLinux);
        OffHeap.ALL.set(ValueLayout.JAVA_LONG, address + Stretch.PAGE - Long.BYTES, 7L);
        assertEquals(7L, OffHeap.ALL.get(ValueLayout.JAVA_LONG, address + Stretch.PAGE - Long.BYTES));
        SystemMemory.unmap(address, Stretch.PAGE);
    }
}
