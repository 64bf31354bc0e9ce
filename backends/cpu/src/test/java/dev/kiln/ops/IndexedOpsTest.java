package dev.kiln.ops;

import static dev.kiln.graph.Shape.shape;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.graph.DType;
import dev.kiln.graph.KilnException;
import dev.kiln.graph.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What indices choose, and where they put and add, against loops over elements. */
class IndexedOpsTest {

    /** An array of whole numbers that every dtype holds, and places in it: more than are read at a time, or few. */
    record Case(Shape shape, Shape places, int axis, boolean turned, long seed) {

        @Override
        public String toString() {
            return (turned ? "transposed " : "") + shape + " by " + places + " on axis " + axis + ", seed " + seed;
        }

        /** Elements from 0 to 100, which lie the other way round if turned. */
        Array array(DType dtype) {
            Random random = new Random(seed);
            double[] values = random.doubles(shape.size(), 0, 100).map(Math::floor).toArray();
            Array array = Array.of(values).reshape(shape).astype(dtype);
            return (turned ? Ops.contiguous(array.transpose()).transpose() : array).eval();
        }

        long[] indices(Shape of, boolean negative) {
            Random random = new Random(seed + 1);
            long length = shape.dim(axis);
            return random.longs(of.size(), 0, length).map(i -> negative && random.nextBoolean() ? i - length : i)
                    .toArray();
        }
    }

    static Stream<Case> cases() {
        List<Case> cases = new ArrayList<>();
        long seed = 1;
        for (boolean turned : new boolean[] {false, true}) {
            cases.add(new Case(shape(7), shape(1), 0, turned, seed++));
            cases.add(new Case(shape(5), shape(0), 0, turned, seed++));
            cases.add(new Case(shape(3, 0), shape(2), 0, turned, seed++));
            cases.add(new Case(shape(31, 8), shape(), 0, turned, seed++));
            cases.add(new Case(shape(31, 8), shape(5, 3), 0, turned, seed++));
            cases.add(new Case(shape(13, 29), shape(2111), 1, turned, seed++));
            cases.add(new Case(shape(3, 5, 7), shape(2, 1, 4), 1, turned, seed++));
            cases.add(new Case(shape(100, 1, 1), shape(4097), 0, turned, seed++));
            cases.add(new Case(shape(2, 67, 129), shape(1025), 2, turned, seed++));
        }
        return cases.stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void take_gives_for_each_index_the_slice_it_names(Case of) {
        for (DType dtype : List.of(DType.UINT8, DType.BFLOAT16, DType.FLOAT32, DType.INT64, DType.COMPLEX64)) {
            Array x = of.array(dtype);
            long[] chosen = of.indices(of.places, true);
            Array taken = Ops.take(x, Array.of(chosen).reshape(of.places), of.axis);
            long inside = inside(of.shape, of.axis);
            float[] all = x.astype(DType.FLOAT32).toFloatArray();
            float[] expected = new float[Math.toIntExact(of.shape.size() / Math.max(1, of.shape.dim(of.axis)))
                    * chosen.length];
            for (int i = 0; i < expected.length; i++) {
                long outside = i / inside / chosen.length;
                long index = Math.floorMod(chosen[(int) (i / inside % chosen.length)], of.shape.dim(of.axis));
                expected[i] = all[(int) ((outside * of.shape.dim(of.axis) + index) * inside + i % inside)];
            }
            assertEquals(dtype, taken.dtype());
            assertArrayEquals(expected, taken.astype(DType.FLOAT32).toFloatArray(), dtype.toString());
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void along_an_axis_elements_are_taken_put_and_added_where_each_index_says(Case of) {
        Shape places = of.shape.with(of.axis, of.places.size());
        long[] chosen = of.indices(places, true);
        for (DType dtype : List.of(DType.INT8, DType.FLOAT16, DType.INT32, DType.FLOAT64)) {
            Array x = of.array(dtype);
            Array indices = Array.of(chosen).reshape(places);
            float[] values = new float[chosen.length];
            for (int i = 0; i < values.length; i++) {
                values[i] = i % 97;
            }
            Array written = Array.of(values).reshape(places).astype(dtype);
            float[] all = x.astype(DType.FLOAT32).toFloatArray();
            float[] taken = new float[chosen.length];
            float[] put = all.clone();
            double[] added = new double[all.length];
            for (int i = 0; i < chosen.length; i++) {
                int at = (int) place(of, i, chosen[i]);
                taken[i] = all[at];
                put[at] = values[i];
                added[at] += values[i];
            }
            assertArrayEquals(taken, Ops.takeAlongAxis(x, indices, of.axis).astype(DType.FLOAT32).toFloatArray());
            assertArrayEquals(put,
                    Ops.putAlongAxis(x, indices, written, of.axis).astype(DType.FLOAT32).toFloatArray());
            if (dtype == DType.FLOAT64) {
                Array gradient = Transforms
                        .grad((Array a) -> Ops.takeAlongAxis(a, indices, of.axis).multiply(written).sum()).apply(x);
                assertArrayEquals(added, gradient.toDoubleArray());
            }
        }
    }

    private static long inside(Shape shape, int axis) {
        return Arrays.stream(shape.toArray()).skip(axis + 1L).reduce(1, (m, n) -> m * n);
    }

    /** The row-major place in the array of what the {@code i}th index chooses. */
    private static long place(Case of, long i, long index) {
        long inside = inside(of.shape, of.axis);
        long outside = i / inside / of.places.size();
        return (outside * of.shape.dim(of.axis) + Math.floorMod(index, of.shape.dim(of.axis))) * inside + i % inside;
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(names = {"UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16", "INT32", "INT64"})
    void indices_of_every_integral_dtype_count_alike(DType dtype) {
        Array x = Ops.arange(0, 120, 1, DType.INT32);
        Array indices = Ops.slice(Array.of(3, 0, 119, 0, 7, 0), new long[] {0}, new long[] {6}, new long[] {2})
                .astype(dtype);
        assertArrayEquals(new int[] {3, 119, 7}, Ops.take(x, indices, 0).toIntArray());
        assertArrayEquals(new int[] {3, 119, 7}, Ops.takeAlongAxis(x, indices, 0).toIntArray());
    }

    @Test
    void a_slice_goes_by_the_longest_strides() {
        Array a = Ops.arange(5);
        for (long stride : new long[] {Long.MIN_VALUE, -Long.MAX_VALUE, -5}) {
            assertArrayEquals(new int[] {4},
                    Ops.slice(a, new long[] {4}, new long[] {-9}, new long[] {stride}).toIntArray());
        }
        assertArrayEquals(new int[] {1},
                Ops.slice(a, new long[] {1}, new long[] {5}, new long[] {Long.MAX_VALUE}).toIntArray());
    }

    @Test
    void an_index_that_names_no_element_fails_the_computation_and_says_which() {
        Array x = Ops.arange(0, 12, 1, DType.FLOAT32).reshape(3, 4);
        says("[take] Index 4 is out of bounds for axis 1 with size 4.", Ops.take(x, Array.of(0, 4), 1));
        says("[take] Index -4 is out of bounds for axis 0 with size 3.", Ops.take(x, Array.scalar(-4), 0));
        says("[take] Index 18446744073709551615 is out of bounds for axis 0 with size 3.",
                Ops.take(x, Array.scalar(-1L).astype(DType.UINT64), 0));
        Array places = Array.of(0, 1, 9).reshape(3, 1);
        says("[take_along_axis] Index 9 is out of bounds for axis 1 with size 4.", Ops.takeAlongAxis(x, places, 1));
        says("[put_along_axis] Index 9 is out of bounds for axis 1 with size 4.",
                Ops.putAlongAxis(x, places, Array.scalar(1f), 1));
    }

    private static void says(String message, Array failing) {
        String said = String.valueOf(assertThrows(KilnException.class, failing::eval).getMessage());
        assertTrue(said.contains(message), said);
    }
}
