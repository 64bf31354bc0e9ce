package dev.kiln.backends.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import dev.kiln.ops.Array;
import dev.kiln.ops.Ops;
import dev.kiln.ops.PadMode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class JoinOpsTest {

    private static void refuses(String message, Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }

    private static Dense joined(Dense a, Dense b, int axis) {
        long cut = a.shape().dim(axis);
        return Dense.of(a.shape().with(axis, cut + b.shape().dim(axis)), index -> {
            long[] at = index.clone();
            at[axis] -= index[axis] < cut ? 0 : cut;
            return (index[axis] < cut ? a : b).at(at);
        });
    }

    @ParameterizedTest(name = "seed {0}, axis {1}")
    @CsvSource({"1, 0", "2, 1", "3, 2"})
    void arrays_of_any_layout_are_concatenated(long seed, int axis) {
        long[] dims = {3, 4, 7};
        Dense a = Dense.random(seed, DType.FLOAT32, dims);
        dims[axis] = 2;
        Dense b = Dense.random(seed + 10, DType.FLOAT32, dims);
        a.layouts(DType.FLOAT32)
                .forEach((first, x) -> b.layouts(DType.FLOAT32).forEach((second, y) -> joined(a, b, axis)
                        .check(Ops.concatenate(List.of(x, y), axis - 3), first + " and " + second)));
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void every_dtype_is_concatenated_padded_and_repeated(DType dtype) {
        Dense a = Dense.random(4, dtype, 2, 3);
        joined(a, a, 1).check(Ops.concatenate(List.of(a.array(dtype), a.array(dtype)), 1));
        Array padded = Ops.pad(a.array(dtype), 1);
        assertEquals(dtype, padded.dtype());
        Dense.of(Shape.shape(4, 5), i -> i[0] % 3 == 0 || i[1] % 4 == 0 ? 0 : a.at(i[0] - 1, i[1] - 1)).check(padded);
        Dense.of(Shape.shape(2, 6), i -> a.at(i[0], i[1] / 2)).check(Ops.repeat(a.array(dtype), 2, 1));
    }

    @Test
    void large_arrays_are_concatenated_by_several_threads() {
        Dense a = Dense.random(5, DType.FLOAT32, 3, 200_003);
        Dense b = Dense.random(6, DType.FLOAT32, 3, 7);
        joined(a, b, 1).check(Ops.concatenate(List.of(a.array(DType.FLOAT32), b.array(DType.FLOAT32)), 1));
        joined(b.transposed(1, 0), a.transposed(1, 0), 0).check(Ops.concatenate(
                List.of(b.array(DType.FLOAT32).transpose(), a.array(DType.FLOAT32).transpose())));
    }

    @Test
    void concatenated_arrays_are_promoted_and_empty_ones_count_for_nothing() {
        Array joined = Ops.concatenate(List.of(Array.of(1, 2), Array.of(new float[0]), Array.of(true)));
        assertEquals(DType.FLOAT32, joined.dtype());
        new Dense(Shape.shape(3), new double[] {1, 2, 1}).check(joined);
    }

    @Test
    void arrays_that_do_not_fit_are_not_concatenated() {
        Array a = Dense.random(1, DType.INT32, 2, 3).array(DType.INT32);
        refuses("[concatenate] No arrays provided for concatenation", () -> Ops.concatenate(List.of()));
        refuses("[concatenate] Axis 2 is out of bounds for array with 2 dimensions.",
                () -> Ops.concatenate(List.of(a, a), 2));
        refuses("[concatenate] All the input arrays must have the same number of dimensions. However, got arrays with "
                + "dimensions 2 and 1.", () -> Ops.concatenate(List.of(a, a.flatten()), 0));
        refuses("[concatenate] All the input array dimensions must match exactly except for the concatenation axis. "
                + "However, the provided shapes are (2,3), (3,2), and the concatenation axis is 0.",
                () -> Ops.concatenate(List.of(a, a.transpose()), 0));
        refuses("[stack] All arrays must have the same shape", () -> Ops.stack(List.of(a, a.transpose())));
        refuses("[stack] No arrays provided for stacking", () -> Ops.stack(List.of()));
    }

    @Test
    void a_stack_has_a_new_axis() {
        Dense a = Dense.random(7, DType.INT32, 2, 3);
        Dense b = Dense.random(8, DType.INT32, 2, 3);
        List<Array> both = List.of(a.array(DType.INT32), b.array(DType.INT32));
        Dense.of(Shape.shape(2, 2, 3), i -> (i[0] == 0 ? a : b).at(i[1], i[2])).check(Ops.stack(both));
        Dense.of(Shape.shape(2, 3, 2), i -> (i[2] == 0 ? a : b).at(i[0], i[1])).check(Ops.stack(both, -1));
    }

    @Test
    void a_split_gives_equal_parts_or_those_between_the_indices() {
        Dense x = Dense.random(9, DType.INT32, 2, 6);
        List<Array> thirds = x.array(DType.INT32).split(3, 1);
        assertEquals(3, thirds.size());
        Dense.of(Shape.shape(2, 2), i -> x.at(i[0], i[1] + 4)).check(thirds.get(2));
        List<Array> parts = x.array(DType.INT32).split(new long[] {1, 4}, -1);
        Dense.of(Shape.shape(2, 3), i -> x.at(i[0], i[1] + 1)).check(parts.get(1));
        Dense.of(Shape.shape(2, 2), i -> x.at(i[0], i[1] + 4)).check(parts.get(2));
        refuses("[split] Array split does not result in sub arrays with equal size: attempting 4 splits along axis 1 for "
                + "shape (2,6).", () -> x.array(DType.INT32).split(4, 1));
        refuses("[split] num_splits must be positive and non-zero but got 0.", () -> x.array(DType.INT32).split(0, 1));
    }

    @Test
    void elements_are_repeated_and_arrays_tiled() {
        Dense x = Dense.random(10, DType.INT32, 2, 3);
        x.layouts(DType.INT32).forEach((layout, a) -> {
            Dense.of(Shape.shape(6, 3), i -> x.at(i[0] / 3, i[1])).check(Ops.repeat(a, 3, 0), layout);
            Dense.of(Shape.shape(12), i -> x.values()[(int) i[0] / 2]).check(Ops.repeat(a, 2), layout);
            Dense.of(Shape.shape(4, 9), i -> x.at(i[0] % 2, i[1] % 3)).check(Ops.tile(a, new int[] {2, 3}), layout);
            Dense.of(Shape.shape(2, 2, 3), i -> x.at(i[1], i[2])).check(Ops.tile(a, new int[] {2, 1, 1}), layout);
            Dense.of(Shape.shape(2, 6), i -> x.at(i[0], i[1] % 3)).check(Ops.tile(a, new int[] {2}), layout);
        });
        assertEquals(Shape.shape(0, 3), Ops.repeat(x.array(DType.INT32), 0, 0).eval().shape());
        refuses("[repeat] Number of repeats cannot be negative", () -> Ops.repeat(x.array(DType.INT32), -1));
    }

    @ParameterizedTest(name = "shift {0}")
    @ValueSource(longs = {0, 1, 4, 5, 12, -1, -13})
    void a_roll_lets_the_end_in_at_the_start(long shift) {
        Dense x = Dense.random(11, DType.INT32, 3, 5);
        Dense.of(x.shape(), i -> x.at(i[0], Math.floorMod(i[1] - shift, 5L)))
                .check(Ops.roll(x.array(DType.INT32), shift, 1));
        Dense.of(x.shape(), i -> x.values()[(int) Math.floorMod(5 * i[0] + i[1] - shift, 15L)])
                .check(Ops.roll(x.array(DType.INT32), shift));
    }

    @Test
    void a_border_of_one_value_is_cast_to_the_array() {
        Dense x = Dense.random(12, DType.INT32, 2, 3);
        long[][] width = {{1, 0}, {2, 3}};
        Dense expected = Dense.of(Shape.shape(3, 8),
                i -> i[0] < 1 || i[1] < 2 || i[1] >= 5 ? 9 : x.at(i[0] - 1, i[1] - 2));
        x.layouts(DType.INT32).forEach((layout, a) -> expected.check(Ops.pad(a, width, 9), layout));
        Array cast = Ops.pad(x.array(DType.INT32), width, Array.scalar(9.75));
        assertEquals(DType.INT32, cast.dtype());
        expected.check(cast);
    }

    @ParameterizedTest
    @CsvSource({"EDGE, '0 0 0 1 2 2'", "REFLECT, '2 1 0 1 2 1'", "SYMMETRIC, '1 0 0 1 2 2'"})
    void a_border_comes_from_the_array(PadMode mode, String sources) {
        Dense x = Dense.random(13, DType.INT32, 3, 2);
        String[] source = sources.split(" ");
        Array padded = Ops.pad(x.array(DType.INT32), new long[][] {{2, 1}, {0, 0}}, mode);
        Dense.of(Shape.shape(6, 2), i -> x.at(Long.parseLong(source[(int) i[0]]), i[1])).check(padded);
    }

    @Test
    void impossible_borders_are_refused() {
        Array x = Dense.random(14, DType.INT32, 0, 2).array(DType.INT32);
        refuses("[pad] Invalid low padding size (-1) passed to pad for axis 1. Padding sizes must be non-negative",
                () -> Ops.pad(x, new long[][] {{0, 0}, {-1, 0}}));
        refuses("[pad] Invalid number of padding sizes: 2 pairs are needed for array with shape (0,2), but got [[0, 0]].",
                () -> Ops.pad(x, new long[][] {{0, 0}}));
        refuses("[pad] Axis 0 of array with shape (0,2) is empty and has nothing to be padded with in mode EDGE.",
                () -> Ops.pad(x, new long[][] {{1, 0}, {0, 0}}, PadMode.EDGE));
    }
}
