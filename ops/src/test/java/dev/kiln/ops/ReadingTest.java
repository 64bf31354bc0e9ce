package dev.kiln.ops;

import static dev.kiln.graph.Shape.shape;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.primitives.ImmutableLongArray;
import dev.kiln.graph.Buffer;
import dev.kiln.graph.DType;
import dev.kiln.graph.Layout;
import dev.kiln.graph.Node;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Spec;
import dev.kiln.graph.Storage;
import dev.kiln.streams.Stream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class ReadingTest {

    @Test
    void elements_come_row_major_whatever_the_layout() {
        assertArrayEquals(new int[] {0, 3, 1, 4, 2, 5}, view(shape(3, 2), 0, 1, 3).toIntArray());
        assertArrayEquals(new int[] {5, 4, 3, 2, 1, 0}, view(shape(6), 5, -1).toIntArray());
        assertArrayEquals(new int[] {1, 1, 1, 4, 4, 4}, view(shape(2, 3), 1, 3, 0).toIntArray());
        assertArrayEquals(new int[] {2, 3}, view(shape(2), 2, 1).toIntArray());
        assertEquals("array([[0, 3],\n       [1, 4],\n       [2, 5]], dtype=int32)",
                view(shape(3, 2), 0, 1, 3).toString());
        assertEquals(4, view(Shape.SCALAR, 4).itemInt());
    }

    @Test
    void a_segment_is_in_place_if_the_elements_lie_so_and_else_a_copy() {
        Array slice = view(shape(2), 2, 1);
        assertEquals(8, slice.asMemorySegment().byteSize());
        assertEquals(2, slice.asMemorySegment().get(ValueLayout.JAVA_INT, 0));
        assertEquals(slice.asMemorySegment().address(), slice.asMemorySegment().address());
        MemorySegment packed = view(shape(3), 5, -2).asMemorySegment();
        assertArrayEquals(new int[] {5, 3, 1}, packed.toArray(ValueLayout.JAVA_INT));
        assertTrue(packed.isReadOnly() && slice.asMemorySegment().isReadOnly());
    }

    @Test
    void the_item_of_each_dtype_is_boxed_as_its_kind() {
        assertEquals(true, Array.scalar(true).item());
        assertEquals(200, Array.scalar(200, DType.UINT8).item());
        assertEquals(-2, Array.scalar(-2).item());
        assertEquals(4_000_000_000L, Array.scalar(4_000_000_000L, DType.UINT32).item());
        assertEquals(1L << 60, Array.scalar(1L << 60).item());
        assertEquals(0.5f, Array.scalar(0.5, DType.FLOAT16).item());
        assertEquals(0.1, Array.scalar(0.1, DType.FLOAT64).item());
        assertTrue(Array.of(true).itemBoolean());
        assertEquals(7, Array.copyOf(new int[][] {{7}}).item());
    }

    @Test
    void only_an_array_of_one_element_has_an_item() {
        assertEquals(
                "[item] item can only be called on arrays of size 1. This one has shape (2): reduce it first, with sum()"
                        + " or mean() for example, or take one element of it.",
                assertThrows(IllegalArgumentException.class, () -> Array.of(1, 2).item()).getMessage());
        assertThrows(IllegalArgumentException.class, () -> Array.of(new float[0]).itemFloat());
    }

    @Test
    void a_number_too_large_for_an_int_is_refused() {
        assertEquals("[to_int_array] 4294967296 does not fit an int; read longs instead.",
                assertThrows(ArithmeticException.class, () -> Array.of(1L << 32).toIntArray()).getMessage());
        assertThrows(ArithmeticException.class, () -> Array.of(1L << 32).itemInt());
        assertThrows(IllegalArgumentException.class, () -> Array.of(1.5f).itemInt());
    }

    /** A view of the int32 elements 0 to 5. */
    private static Array view(Shape shape, long offset, long... strides) {
        MemorySegment memory = Arena.ofAuto().allocate(24, 64);
        MemorySegment.copy(new int[] {0, 1, 2, 3, 4, 5}, 0, memory, ValueLayout.JAVA_INT, 0, 6);
        return new Array(Node.of(new Spec(shape, DType.INT32), new Storage.Held(Buffer.wrap(memory),
                new Layout(offset, ImmutableLongArray.copyOf(strides))), Stream.defaultStream()));
    }
}
