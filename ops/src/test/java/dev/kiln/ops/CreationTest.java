package dev.kiln.ops;

import static dev.kiln.graph.Shape.shape;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CreationTest {

    @Test
    void a_vector_takes_its_dtype_from_the_java_type() {
        assertEquals("array([1.5, -2], dtype=float32)", Array.of(1.5f, -2f).toString());
        assertEquals("array([1.5, -2], dtype=float64)", Array.of(1.5, -2.0).toString());
        assertEquals("array([1, -2], dtype=int32)", Array.of(1, -2).toString());
        assertEquals("array([1, -2], dtype=int64)", Array.of(1L, -2L).toString());
        assertEquals("array([True, False], dtype=bool)", Array.of(true, false).toString());
        assertEquals("array([1, -2], dtype=int16)", Array.copyOf(new short[] {1, -2}).toString());
        assertEquals("array([1, -2], dtype=int8)", Array.copyOf(new byte[] {1, -2}).toString());
    }

    @Test
    void nesting_becomes_axes() {
        Array a = Array.copyOf(new int[][][] {{{1, 2}, {3, 4}, {5, 6}}, {{7, 8}, {9, 10}, {11, 12}}});
        assertEquals(shape(2, 3, 2), a.shape());
        assertArrayEquals(new int[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, a.toIntArray());
        assertEquals(shape(0), Array.copyOf(new float[0]).shape());
        assertEquals(shape(0, 0), Array.copyOf(new float[0][]).shape());
        assertEquals(shape(3, 0), Array.copyOf(new float[3][0]).shape());
        assertEquals(shape(2, 0, 0), Array.copyOf(new float[2][0][]).shape());
    }

    @Test
    void rows_of_different_lengths_are_refused_with_the_row_named() {
        refused("[array] Initialization encountered non-uniform length: element [1] has length 1, the ones before it 2.",
                () -> Array.copyOf(new float[][] {{1, 2}, {3}}));
        refused("[array] Initialization encountered non-uniform length: element [1, 0] has length 2, the ones before it 1.",
                () -> Array.copyOf(new double[][][] {{{1}, {2}}, {{3, 4}, {5}}}, DType.FLOAT32));
        refused("[array] Element [1] is null.", () -> Array.copyOf(new int[][] {{1}, null}));
        refused("[array] Element [0] is null.", () -> Array.copyOf(new int[][] {null, {1}}));
    }

    @Test
    void what_is_no_array_of_numbers_is_refused() {
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Array.copyOf("text")).getMessage()
                .contains("java.lang.String"));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Array.copyOf(new Float[] {1f})).getMessage()
                .contains("java.lang.Float[]"));
        assertEquals("[array] Argument data is null.",
                assertThrows(NullPointerException.class, () -> Array.copyOf((Object) null)).getMessage());
    }

    @Test
    void elements_are_copied_so_that_the_source_may_change() {
        float[] source = {1, 2, 3};
        Array a = Array.of(source);
        source[0] = 9;
        assertArrayEquals(new float[] {1, 2, 3}, a.toFloatArray());
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    void elements_of_every_dtype_are_made_printed_and_read(DType dtype) {
        Array a = Array.copyOf(new int[][] {{0, 1}, {1, 0}}, dtype);
        boolean bool = dtype == DType.BOOL;
        String zero = bool ? "False" : dtype == DType.COMPLEX64 ? "0+0j" : "0";
        String one = bool ? "True" : dtype == DType.COMPLEX64 ? "1+0j" : "1";
        assertEquals("array([[%s, %s],\n       [%s, %s]], dtype=%s)".formatted(zero, one, one, zero, dtype),
                a.toString());
        if (dtype == DType.COMPLEX64) {
            assertThrows(IllegalArgumentException.class, a::toFloatArray);
            assertThrows(IllegalArgumentException.class, a::toDoubleArray);
        } else {
            assertArrayEquals(new float[] {0, 1, 1, 0}, a.toFloatArray());
            assertArrayEquals(new double[] {0, 1, 1, 0}, a.toDoubleArray());
        }
        if (dtype.isIntegral()) {
            assertArrayEquals(new int[] {0, 1, 1, 0}, a.toIntArray());
            assertArrayEquals(new long[] {0, 1, 1, 0}, a.toLongArray());
        } else {
            assertThrows(IllegalArgumentException.class, a::toIntArray);
            assertThrows(IllegalArgumentException.class, a::toLongArray);
        }
        if (bool) {
            assertArrayEquals(new boolean[] {false, true, true, false}, a.toBooleanArray());
        } else {
            assertThrows(IllegalArgumentException.class, a::toBooleanArray);
        }
        Array again = Array.copyOf(a.asMemorySegment(), dtype, a.shape());
        assertEquals(a.toString(), again.toString());
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(names = {"INT8", "INT16", "INT32", "INT64", "FLOAT16", "BFLOAT16", "FLOAT32", "FLOAT64"})
    void negative_numbers_of_every_signed_dtype_keep_their_sign(DType dtype) {
        Array a = Array.copyOf(new byte[] {-1, -128, 127}, dtype);
        assertArrayEquals(new double[] {-1, -128, 127}, a.toDoubleArray());
        assertEquals(-5.0, Array.scalar(-5, dtype).itemDouble());
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(names = {"UINT8", "UINT16", "UINT32", "UINT64"})
    void the_largest_unsigned_numbers_are_read_as_such(DType dtype) {
        Array a = Array.copyOf(new int[] {-1}, dtype);
        double expected = Math.pow(2, 8 * dtype.size()) - 1;
        assertEquals(expected, a.itemDouble());
        assertEquals(dtype == DType.UINT64 ? -1 : (long) expected, a.itemLong());
    }

    @Test
    void fractions_are_rounded_once_to_16_bits() {
        assertEquals(1 + 0x1p-10f, Array.copyOf(new float[] {1.001f}, DType.FLOAT16).itemFloat());
        assertEquals(1.0f, Array.copyOf(new float[] {1.001f}, DType.BFLOAT16).itemFloat());
        assertEquals(Float.POSITIVE_INFINITY, Array.copyOf(new double[] {1e6}, DType.FLOAT16).itemFloat());
        assertTrue(Float.isNaN(Array.copyOf(new float[] {Float.NaN}, DType.BFLOAT16).itemFloat()));
    }

    @Test
    void a_scalar_is_typed_like_a_bare_number() {
        assertEquals("array(3, dtype=int32)", Array.scalar(3).toString());
        assertEquals("array(9007199254740993, dtype=int64)", Array.scalar(9007199254740993L).toString());
        assertEquals("array(0.5, dtype=float32)", Array.scalar(0.5).toString());
        assertEquals("array(True, dtype=bool)", Array.scalar(true).toString());
        assertEquals("array(3, dtype=uint8)", Array.scalar(3.7, DType.UINT8).toString());
        assertEquals("array(0.25, dtype=bfloat16)", Array.scalar(0.25, DType.BFLOAT16).toString());
    }

    @Test
    void flat_data_takes_a_shape_that_fits() {
        assertEquals("array([[1, 2, 3],\n       [4, 5, 6]], dtype=float32)",
                Array.copyOf(new float[] {1, 2, 3, 4, 5, 6}, shape(2, 3)).toString());
        assertEquals("array(7, dtype=int64)", Array.copyOf(new long[] {7}, Shape.SCALAR).toString());
        refused("[array] Shape (2,3) needs 6 elements but got 5.", () -> Array.copyOf(new int[5], shape(2, 3)));
    }

    @Test
    void a_segment_brings_any_encoding() {
        short[] ones = {0x3f80, (short) 0xbf80};
        Array a = Array.copyOf(MemorySegment.ofArray(ones), DType.BFLOAT16, shape(2));
        assertArrayEquals(new float[] {1, -1}, a.toFloatArray());
        refused("[array] float32(2) needs 8 bytes but the segment has 4.",
                () -> Array.copyOf(MemorySegment.ofArray(ones), DType.FLOAT32, shape(2)));
    }

    @Test
    void off_heap_memory_is_wrapped_in_place() {
        MemorySegment memory = Arena.ofAuto().allocate(16, 64);
        memory.set(ValueLayout.JAVA_INT, 8, 42);
        Array a = Array.wrap(memory, DType.INT32, shape(2, 2));
        assertArrayEquals(new int[] {0, 0, 42, 0}, a.toIntArray());
        assertEquals(memory.address(), a.asMemorySegment().address());
        refused("[array] int32(3) needs 12 bytes but the segment has 16.",
                () -> Array.wrap(memory, DType.INT32, shape(3)));
        assertTrue(refusal(() -> Array.wrap(memory.asSlice(1, 8), DType.INT32, shape(2))).contains("Array.copyOf"));
        assertTrue(refusal(() -> Array.wrap(MemorySegment.ofArray(new int[4]), DType.INT32, shape(4)))
                .contains("Array.copyOf"));
    }

    @Test
    void memory_whose_arena_is_closed_is_neither_wrapped_nor_copied() {
        MemorySegment memory;
        try (Arena arena = Arena.ofShared()) {
            memory = arena.allocate(16, 64);
        }
        FloatBuffer floats = memory.asByteBuffer().order(ByteOrder.nativeOrder()).asFloatBuffer();
        for (Executable taken : new Executable[] {() -> Array.wrap(memory, DType.FLOAT32, shape(4)),
            () -> Array.copyOf(memory, DType.FLOAT32, shape(4)), () -> Array.wrap(floats, shape(4))}) {
            assertEquals("[array] The arena of the segment is closed, so its memory is gone.",
                    assertThrows(IllegalStateException.class, taken).getMessage());
        }
    }

    @Test
    void a_direct_buffer_is_wrapped_in_place_from_its_position_to_its_limit() {
        FloatBuffer floats = ByteBuffer.allocateDirect(16).order(ByteOrder.nativeOrder()).asFloatBuffer();
        floats.put(0, new float[] {1, 2, 3, 4}).position(1).limit(3);
        Array a = Array.wrap(floats, shape(2));
        assertArrayEquals(new float[] {2, 3}, a.toFloatArray());
        floats.put(1, 20);
        assertArrayEquals(new float[] {20, 3}, a.toFloatArray());
        refused("[array] Shape (4) needs 4 elements but the buffer has 2 remaining.",
                () -> Array.wrap(floats, shape(4)));
        assertTrue(refusal(() -> Array.wrap(FloatBuffer.allocate(2), shape(2))).contains("Array.copyOf"));
        assertTrue(refusal(() -> Array.wrap(ByteBuffer.allocateDirect(8).asLongBuffer(), shape(1)))
                .contains("native byte order"));
    }

    @Test
    void a_copied_buffer_may_have_either_byte_order() {
        LongBuffer big = ByteBuffer.allocate(16).order(ByteOrder.BIG_ENDIAN).asLongBuffer().put(0, new long[] {1, 2});
        LongBuffer little = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().put(0,
                new long[] {1, 2});
        assertArrayEquals(new long[] {1, 2}, Array.copyOf(big, shape(2)).toLongArray());
        assertArrayEquals(new long[] {1, 2}, Array.copyOf(little, shape(2)).toLongArray());
        assertArrayEquals(new int[] {5, -6}, Array.copyOf(ByteBuffer.wrap(new byte[] {5, -6}), shape(2)).toIntArray());
    }

    private static void refused(String message, Executable action) {
        assertEquals(message, refusal(action));
    }

    private static String refusal(Executable action) {
        return assertThrows(IllegalArgumentException.class, action).getMessage();
    }
}
