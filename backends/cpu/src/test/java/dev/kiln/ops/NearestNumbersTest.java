package dev.kiln.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kiln.graph.DType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Numbers that come in, change their dtype and go out are rounded once. */
class NearestNumbersTest {

    /** Just above the middle of two floats, by less than a double holds. */
    private static final long ABOVE_MIDDLE = (1L << 60) + (1L << 36) + 1;
    private static final float ABOVE = 0x1.000002p60f;
    private static final double ABOVE_HALF_MIDDLE = 2049.0000001;

    @Test
    void a_long_becomes_the_nearest_float() {
        assertEquals(ABOVE, Array.of(ABOVE_MIDDLE).itemFloat());
        assertArrayEquals(new float[] {ABOVE, -ABOVE}, Array.of(ABOVE_MIDDLE, -ABOVE_MIDDLE).toFloatArray());
        assertEquals(ABOVE, Array.scalar(ABOVE_MIDDLE, DType.FLOAT32).itemFloat());
        assertEquals(ABOVE, Array.scalar(BigInteger.valueOf(ABOVE_MIDDLE), DType.FLOAT32).itemFloat());
        assertEquals(ABOVE, Array.scalar(BigDecimal.valueOf(ABOVE_MIDDLE), DType.FLOAT32).itemFloat());
        assertArrayEquals(new float[] {ABOVE}, Ops.array(new long[] {ABOVE_MIDDLE}, DType.FLOAT32).toFloatArray());
        assertArrayEquals(new float[] {ABOVE}, Array.of(ABOVE_MIDDLE).astype(DType.FLOAT32).toFloatArray());
    }

    @Test
    void a_uint64_becomes_the_nearest_double_and_float() {
        Array odd = Array.copyOf(new long[] {Long.MIN_VALUE + 1025}, DType.UINT64);
        assertArrayEquals(new double[] {0x1p63 + 2048}, odd.toDoubleArray());
        assertArrayEquals(new double[] {0x1p63 + 2048}, odd.astype(DType.FLOAT64).toDoubleArray());
        Array above = Array.copyOf(new long[] {Long.MIN_VALUE + (1L << 39) + 1}, DType.UINT64);
        assertEquals(0x1.000002p63f, above.reshape().itemFloat());
        assertEquals(0x1.000002p63f, above.astype(DType.FLOAT32).reshape().itemFloat());
        assertEquals(0, Array.copyOf(new double[] {Double.NaN}, DType.UINT64).toLongArray()[0]);
    }

    @Test
    void sixteen_bits_are_rounded_once() {
        assertEquals(2050, Array.scalar(ABOVE_HALF_MIDDLE, DType.FLOAT16).itemFloat());
        assertEquals(-2050, Array.scalar(-ABOVE_HALF_MIDDLE, DType.FLOAT16).itemFloat());
        assertEquals(2048, Array.scalar(2049, DType.FLOAT16).itemFloat());
        assertEquals(2048, Array.scalar(2048.9999999, DType.FLOAT16).itemFloat());
        Array wide = Array.of(ABOVE_HALF_MIDDLE, -ABOVE_HALF_MIDDLE, 2048.9999999, 0, 1e-300, Double.NaN,
                Double.NEGATIVE_INFINITY, 1e300);
        float[] nearest = {2050, -2050, 2048, 0, 0, Float.NaN, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY};
        assertArrayEquals(nearest, wide.astype(DType.FLOAT16).toFloatArray());
        assertArrayEquals(nearest, Array.copyOf(new double[] {ABOVE_HALF_MIDDLE, -ABOVE_HALF_MIDDLE, 2048.9999999, 0,
            1e-300, Double.NaN, Double.NEGATIVE_INFINITY, 1e300}, DType.FLOAT16).toFloatArray());
        assertEquals(258, Array.scalar(257.0000001, DType.BFLOAT16).itemFloat());
        assertArrayEquals(new float[] {258}, Array.of(257.0000001).astype(DType.BFLOAT16).toFloatArray());
        int above = (1 << 30) + (1 << 22) + 1;
        assertEquals(0x1.02p30f, Array.scalar(above, DType.BFLOAT16).itemFloat());
        for (DType dtype : new DType[] {DType.INT32, DType.UINT32, DType.INT64, DType.UINT64}) {
            assertArrayEquals(new float[] {0x1.02p30f},
                    Array.copyOf(new int[] {above}, dtype).astype(DType.BFLOAT16).toFloatArray());
        }
        assertArrayEquals(new float[] {0x1.02p63f}, Array.copyOf(new long[] {Long.MIN_VALUE + (1L << 55) + 1},
                DType.UINT64).astype(DType.BFLOAT16).toFloatArray());
    }

    @Test
    void whole_numbers_of_every_java_type_are_exact_and_no_fractions() {
        long large = (1L << 53) + 1;
        assertEquals(large, Array.scalar(BigInteger.valueOf(large), DType.INT64).itemLong());
        assertEquals(large, Array.scalar(new AtomicLong(large), DType.INT64).itemLong());
        assertEquals(large, Array.scalar(new AtomicLong(large)).itemLong());
        assertEquals(-1, Array.scalar(BigInteger.TWO.pow(64).subtract(BigInteger.ONE), DType.UINT64).itemLong());
        assertEquals(Long.MAX_VALUE, Array.scalar(BigInteger.TWO.pow(70), DType.INT64).itemLong());
        assertEquals(DType.INT32, Array.of(1).add(BigInteger.TEN).dtype());
        assertEquals(DType.INT32, Array.of(1).add(new AtomicInteger(2)).dtype());
        assertEquals(DType.INT32, Array.scalar(new AtomicInteger(2)).dtype());
        assertEquals(DType.INT32, Array.of(true).add(new AtomicLong(2)).dtype());
        assertEquals(DType.FLOAT32, Array.of(1).add(BigDecimal.ONE).dtype());
        assertArrayEquals(new long[] {large, large + 1},
                Ops.arange(BigInteger.valueOf(large), new AtomicLong(large + 2)).toLongArray());
    }
}
