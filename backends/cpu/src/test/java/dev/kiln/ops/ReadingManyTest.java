package dev.kiln.ops;

import static dev.kiln.graph.Shape.shape;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.OperatingSystemMXBean;
import dev.kiln.graph.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Reading of so many elements that a kernel packs them first. */
class ReadingManyTest {

    private static final int ROWS = 150;
    private static final int COLUMNS = 130;

    @ParameterizedTest(name = "{0}")
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "COMPLEX64")
    void many_elements_are_read_as_few_are(DType dtype) {
        Array rows = Ops.arange(ROWS * COLUMNS).remainder(100).astype(dtype).reshape(ROWS, COLUMNS);
        Array columns = rows.transpose();
        int at = 0;
        float[] floats = columns.toFloatArray();
        double[] doubles = columns.toDoubleArray();
        int[] ints = dtype.isIntegral() ? columns.toIntArray() : new int[ROWS * COLUMNS];
        long[] longs = dtype.isIntegral() ? columns.toLongArray() : new long[ROWS * COLUMNS];
        for (int j = 0; j < COLUMNS; j++) {
            for (int i = 0; i < ROWS; i++, at++) {
                int number = (i * COLUMNS + j) % 100;
                int expected = dtype == DType.BOOL ? Math.min(number, 1) : number;
                assertEquals(expected, floats[at]);
                assertEquals(expected, doubles[at]);
                assertEquals(dtype.isIntegral() ? expected : 0, ints[at]);
                assertEquals(dtype.isIntegral() ? expected : 0, longs[at]);
            }
        }
        MemorySegment segment = columns.asMemorySegment();
        assertArrayEquals(Ops.contiguous(columns).asMemorySegment().toArray(ValueLayout.JAVA_BYTE),
                segment.toArray(ValueLayout.JAVA_BYTE));
    }

    @Test
    void numbers_that_do_not_fit_and_dtypes_that_do_not_suit_are_refused_among_many_too() {
        Array many = Ops.full(shape(ROWS, COLUMNS), 1L << 32, DType.INT64);
        assertThrows(ArithmeticException.class, many::toIntArray);
        assertThrows(IllegalArgumentException.class, () -> many.astype(DType.FLOAT32).toLongArray());
        assertThrows(IllegalArgumentException.class, () -> many.astype(DType.COMPLEX64).toFloatArray());
        assertThrows(IllegalArgumentException.class,
                () -> Ops.full(shape(1 << 16, 1 << 15), 1).toFloatArray());
    }

    @Test
    void reading_a_donated_array_leaves_it_as_it_is() {
        Array many = Ops.arange(ROWS * COLUMNS).astype(DType.FLOAT64);
        Ops.eval(many);
        many.donate();
        float[] first = many.toFloatArray();
        assertArrayEquals(first, many.toFloatArray());
        assertEquals(ROWS * COLUMNS - 1, many.toDoubleArray()[ROWS * COLUMNS - 1]);
    }

    @Test
    void a_segment_of_more_elements_than_an_int_counts_is_packed() {
        long free = ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getFreeMemorySize();
        assumeTrue(free > 4L << 30, "there is memory for it");
        long rows = 65537;
        long columns = 32768;
        MemorySegment segment = Ops.arange(rows).remainder(251).astype(DType.UINT8).reshape(rows, 1)
                .add(Ops.zeros(shape(rows, 1), DType.UINT8)).broadcastTo(shape(rows, columns)).asMemorySegment();
        assertEquals(rows * columns, segment.byteSize());
        for (long row = 0; row < rows; row += 4096) {
            assertEquals((byte) (row % 251), segment.get(ValueLayout.JAVA_BYTE, row * columns));
            assertEquals((byte) (row % 251), segment.get(ValueLayout.JAVA_BYTE, (row + 1) * columns - 1));
        }
    }
}
