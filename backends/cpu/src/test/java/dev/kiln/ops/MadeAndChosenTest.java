package dev.kiln.ops;

import static dev.kiln.graph.Shape.shape;
import static dev.kiln.ops.Ops.arange;
import static dev.kiln.ops.Ops.linspace;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.graph.DType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Values of arrays that functions make, and of choices between elements. */
class MadeAndChosenTest {

    private static final float INF = Float.POSITIVE_INFINITY;
    private static final float NAN = Float.NaN;

    @Test
    void ranges_of_whole_numbers_are_exact() {
        assertArrayEquals(new int[] {0, 1, 2, 3}, arange(4).toIntArray());
        assertArrayEquals(new int[] {7, 5, 3}, arange(7, 1, -2).toIntArray());
        long far = (1L << 62) + 1;
        assertArrayEquals(new long[] {far, far + 3, far + 6}, arange(far, far + 9, 3).toLongArray());
        assertArrayEquals(new long[] {Long.MIN_VALUE, -1, Long.MAX_VALUE - 1},
                arange(Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE).toLongArray());
        assertArrayEquals(new long[] {4_000_000_000L, 4_000_000_001L},
                arange(4_000_000_000L, 4_000_000_002L, DType.UINT32).toLongArray());
        assertArrayEquals(new int[] {250, 253, 0}, arange(250, 259, 3, DType.UINT8).toIntArray());
    }

    @Test
    void ranges_of_fractions_do_not_add_up_errors() {
        assertArrayEquals(new float[] {0, 0.5f, 1, 1.5f}, arange(0, 2, 0.5).toFloatArray());
        float[] tenths = arange(0, 1000, 0.1).toFloatArray();
        assertEquals(10_000, tenths.length);
        assertEquals(999.9f, tenths[9999], 1e-4f);
        assertArrayEquals(new int[] {0, 0, 0, 0}, arange(0, 2, 0.5, DType.INT32).toIntArray());
        assertArrayEquals(new float[] {1}, arange(1, 2, Double.POSITIVE_INFINITY).toFloatArray());
        assertArrayEquals(new double[] {0.1, 0.1 + 0.3}, arange(0.1, 0.5, 0.3, DType.FLOAT64).toDoubleArray());
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    void constants_and_ranges_of_every_dtype(DType dtype) {
        assertEquals(Array.copyOf(new int[][] {{1, 1}, {1, 1}}, dtype).toString(),
                Ops.ones(shape(2, 2), dtype).toString());
        assertEquals(Array.copyOf(new int[] {0, 0, 0}, dtype).toString(), Ops.zeros(shape(3), dtype).toString());
        if (dtype != DType.BOOL) {
            assertEquals(Array.copyOf(new int[] {3, 5, 7}, dtype).toString(), arange(3, 9, 2, dtype).toString());
        }
    }

    @Test
    void quotient_and_remainder_of_integers_make_up_the_dividend() {
        Array a = Array.of(-7, 7, -7, 7, -6, 5);
        Array b = Array.of(2, -2, -2, 2, 2, 0);
        List<Array> parts = Ops.divmod(a, b);
        assertArrayEquals(new int[] {-4, -4, 3, 3, -3, 0}, parts.getFirst().toIntArray());
        assertArrayEquals(new int[] {1, -1, -1, 1, 0, 0}, parts.getLast().toIntArray());
        assertArrayEquals(new float[] {-4, -4, 3, 3, -3, INF},
                Ops.divmod(a.astype(DType.FLOAT32), b).getFirst().toFloatArray());
        Array bytes = Array.copyOf(new int[] {200, 7}, DType.UINT8);
        assertArrayEquals(new int[] {66, 2}, bytes.divmod(3).getFirst().toIntArray());
        assertArrayEquals(new int[] {-34, 1}, Array.of(-100, 3).divmod(3).getFirst().toIntArray());
    }

    @Test
    void triangles_have_diagonals_at_the_ends_of_ints() {
        Array square = Ops.ones(shape(2, 2));
        float[] all = {1, 1, 1, 1};
        assertArrayEquals(all, Ops.triu(square, Integer.MIN_VALUE).flatten().toFloatArray());
        assertArrayEquals(new float[4], Ops.triu(square, Integer.MAX_VALUE).flatten().toFloatArray());
        assertArrayEquals(new float[4], Ops.tril(square, Integer.MIN_VALUE).flatten().toFloatArray());
        assertArrayEquals(all, Ops.tril(square, Integer.MAX_VALUE).flatten().toFloatArray());
    }

    @Test
    void linspace_hits_both_ends() {
        assertArrayEquals(new float[] {-1, -0.5f, 0, 0.5f, 1}, linspace(-1, 1, 5).toFloatArray());
        float[] steps = linspace(0.1, 0.7, 7).toFloatArray();
        assertEquals(0.1f, steps[0]);
        assertEquals(0.7f, steps[6]);
        assertArrayEquals(new float[] {3}, linspace(3, 9, 1).toFloatArray());
        assertEquals(0, linspace(3, 9, 0).toFloatArray().length);
    }

    @Test
    void matrices_with_a_diagonal() {
        assertEquals("array([[1, 0],\n       [0, 1]], dtype=float32)", Ops.eye(2).toString());
        assertEquals("array([[0, 1, 0],\n       [0, 0, 1]], dtype=int32)", Ops.eye(2, 3, 1, DType.INT32).toString());
        assertEquals("array([[0, 0],\n       [1, 0],\n       [0, 1]], dtype=int32)",
                Ops.eye(3, 2, -1, DType.INT32).toString());
        assertEquals("array([[True, False],\n       [True, True]], dtype=bool)",
                Ops.tri(2, 2, 0, DType.BOOL).toString());
        Array a = Array.copyOf(new int[][] {{1, 2, 3}, {4, 5, 6}, {7, 8, 9}});
        assertArrayEquals(new int[] {1, 0, 0, 4, 5, 0, 7, 8, 9}, Ops.tril(a).toIntArray());
        assertArrayEquals(new int[] {0, 0, 0, 4, 0, 0, 7, 8, 0}, Ops.tril(a, -1).toIntArray());
        assertArrayEquals(new int[] {1, 2, 3, 0, 5, 6, 0, 0, 9}, Ops.triu(a).toIntArray());
        assertArrayEquals(new int[] {0, 2, 3, 0, 0, 6, 0, 0, 0}, Ops.triu(a, 1).toIntArray());
    }

    @Test
    void where_promotes_and_broadcasts() {
        Array condition = Array.copyOf(new boolean[][] {{true}, {false}});
        assertArrayEquals(new float[] {1, 2, 0.5f, 0.5f},
                Ops.where(condition, Array.of(1f, 2f), 0.5).toFloatArray());
        assertArrayEquals(new int[] {-1, 7}, Ops.where(Array.of(2, 0), -1, Array.of(5, 7)).toIntArray());
        assertEquals(DType.FLOAT32, Ops.where(condition, 1, 0.5).dtype());
    }

    @Test
    void clip_bounds_on_either_side() {
        Array a = Array.of(-3, 0, 9);
        assertArrayEquals(new int[] {-1, 0, 4}, a.clip(-1, 4).toIntArray());
        assertArrayEquals(new int[] {-1, 0, 9}, a.clip(-1, null).toIntArray());
        assertArrayEquals(new int[] {-3, 0, 4}, a.clip(null, 4).toIntArray());
        assertArrayEquals(new int[] {-2, 0, 5}, a.clip(Array.of(-2, 0, 1), Array.scalar(5)).toIntArray());
    }

    @Test
    void closeness_knows_infinities_and_nans() {
        Array a = Array.of(1f, INF, INF, 5f, NAN, -INF);
        Array b = Array.of(1.000001f, INF, -INF, INF, NAN, 5f);
        assertArrayEquals(new boolean[] {true, true, false, false, false, false}, a.isclose(b).toBooleanArray());
        assertArrayEquals(new boolean[] {true, true, false, false, true, false},
                a.isclose(b, 1e-5, 1e-8, true).toBooleanArray());
        assertFalse(a.allclose(a).itemBoolean());
        assertTrue(a.allclose(a, 0, 0, true).itemBoolean());
        Array small = Array.copyOf(new int[] {0, 200}, DType.UINT8);
        Array large = Array.copyOf(new int[] {1, 199}, DType.UINT8);
        assertTrue(small.allclose(large, 0, 1).itemBoolean());
        assertFalse(small.allclose(large).itemBoolean());
    }

    @Test
    void arrays_are_equal_in_shape_and_elements() {
        Array a = Array.of(1f, NAN);
        assertFalse(a.arrayEqual(a).itemBoolean());
        assertTrue(a.arrayEqual(a, true).itemBoolean());
        assertTrue(Array.of(1, 2).arrayEqual(Array.of(1f, 2f)).itemBoolean());
        assertFalse(Array.of(1, 2).arrayEqual(Array.copyOf(new int[][] {{1, 2}})).itemBoolean());
    }

    @Test
    void divmod_gives_quotient_and_remainder() {
        List<Array> parts = Array.of(7f, -7f).divmod(2);
        assertArrayEquals(new float[] {3, -4}, parts.get(0).toFloatArray());
        assertArrayEquals(new float[] {1, 1}, parts.get(1).toFloatArray());
    }

    @Test
    void nan_to_num_leaves_only_numbers() {
        Array a = Array.of(NAN, INF, -INF, 2f);
        assertArrayEquals(new float[] {0, Float.MAX_VALUE, -Float.MAX_VALUE, 2}, a.nanToNum().toFloatArray());
        assertArrayEquals(new float[] {1, 7, -8, 2}, a.nanToNum(1, 7, -8).toFloatArray());
        assertEquals(65504f, a.astype(DType.FLOAT16).nanToNum().max().itemFloat());
        assertTrue(Float.isFinite(a.astype(DType.BFLOAT16).nanToNum().max().itemFloat()));
    }
}
