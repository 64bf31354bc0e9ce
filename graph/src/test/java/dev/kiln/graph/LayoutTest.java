package dev.kiln.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LayoutTest {

    private static Shape shape(long... dims) {
        return Shape.shape(dims);
    }

    @Test
    void a_contiguous_layout_is_row_major() {
        assertEquals(Layouts.of(0, 12, 4, 1), Layout.contiguous(shape(2, 3, 4)));
        assertEquals(Layouts.of(0), Layout.contiguous(Shape.SCALAR));
        assertTrue(Layout.contiguous(shape(2, 3, 4)).isContiguous(shape(2, 3, 4)));
        assertTrue(Layout.contiguous(shape(2, 0, 4)).isContiguous(shape(2, 0, 4)));
    }

    @Test
    void strides_of_axes_of_length_one_do_not_matter() {
        assertTrue(Layouts.of(7, 99, 4, -5, 1).isContiguous(shape(1, 3, 1, 4)));
        assertFalse(Layouts.of(0, 4, 2).isContiguous(shape(3, 2)));
        assertFalse(Layouts.of(0, 0, 1).isContiguous(shape(3, 2)));
    }

    @Test
    void a_broadcast_repeats_with_stride_zero() {
        assertEquals(Layouts.of(5, 0, 1, 0), Layouts.of(5, 1, 1).broadcast(shape(4, 1), shape(3, 4, 6)));
        assertEquals(Layouts.of(0, 0, 0), Layout.contiguous(Shape.SCALAR).broadcast(Shape.SCALAR, shape(2, 3)));
    }

    @Test
    void axes_that_follow_each_other_merge() {
        // every second row of a (6, 4) array: rows are contiguous, the step between them is 8
        assertEquals(Optional.of(Layouts.of(0, 8, 2, 1)), Layouts.of(0, 8, 1).reshape(shape(3, 4), shape(3, 2, 2)));
        assertEquals(Optional.empty(), Layouts.of(0, 8, 1).reshape(shape(3, 4), shape(12)));
        assertEquals(Optional.of(Layouts.of(2, 0)), Layouts.of(2, 0, 0).reshape(shape(3, 4), shape(12)));
        assertEquals(Optional.of(Layouts.of(11, -1)), Layouts.of(11, -4, -1).reshape(shape(3, 4), shape(12)));
    }

    @Test
    void a_transposed_array_cannot_be_flattened() {
        assertEquals(Optional.empty(), Layouts.of(0, 1, 4).reshape(shape(4, 3), shape(12)));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void a_reshape_sees_the_same_elements_and_fails_only_where_no_strides_exist(long seed) {
        Random random = new Random(seed);
        int possible = 0;
        int impossible = 0;
        for (int round = 0; round < 3000; round++) {
            Shape from = random(random, 4);
            long[] strides = new long[from.rank()];
            List<Long> order = new ArrayList<>(List.of(1L, 2L, 3L, 4L, 6L, 8L, 12L, 24L, 0L, -1L, -3L, -6L));
            Layout natural = Layout.contiguous(from);
            for (int axis = 0; axis < strides.length; axis++) {
                strides[axis] = switch (random.nextInt(4)) {
                    case 0 -> order.get(random.nextInt(order.size()));
                    case 1 -> 2 * natural.stride(axis);
                    default -> natural.stride(axis);
                };
            }
            Layout layout = Layouts.of(random.nextInt(5), strides);
            Shape to = refactored(from, random);
            long[] expected = Layouts.places(from, layout);
            Optional<Layout> seen = layout.reshape(from, to);
            if (seen.isPresent()) {
                possible++;
                assertArrayEquals(expected, Layouts.places(to, seen.get()), () -> layout + " " + from + " -> " + to);
            } else {
                impossible++;
                assertFalse(expressible(expected, to), () -> layout + " " + from + " -> " + to);
            }
        }
        assertTrue(possible > 500 && impossible > 100, possible + " possible, " + impossible + " not");
    }

    /** Whether some strides give these places: they can only be the differences along each axis. */
    private static boolean expressible(long[] places, Shape shape) {
        long[] strides = new long[shape.rank()];
        int step = 1;
        for (int axis = strides.length - 1; axis >= 0; axis--) {
            strides[axis] = shape.dim(axis) == 1 ? 0 : places[step] - places[0];
            step *= (int) shape.dim(axis);
        }
        return java.util.Arrays.equals(places, Layouts.places(shape, Layouts.of(places[0], strides)));
    }

    private static Shape random(Random random, int maxRank) {
        long[] dims = new long[random.nextInt(maxRank + 1)];
        for (int i = 0; i < dims.length; i++) {
            dims[i] = new long[] {1, 2, 2, 3, 4, 6}[random.nextInt(6)];
        }
        return Shape.shape(dims);
    }

    /** Another shape of as many elements. */
    private static Shape refactored(Shape from, Random random) {
        List<Long> dims = new ArrayList<>();
        long left = from.size();
        while (left > 1) {
            long dim = 1L + random.nextInt((int) Math.min(left, 12));
            if (left % dim == 0) {
                dims.add(dim);
                left /= dim;
            }
        }
        return Shape.shape(dims.stream().mapToLong(Long::longValue).toArray());
    }
}
