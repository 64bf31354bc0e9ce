package dev.kiln.backends.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import dev.kiln.ops.Array;
import dev.kiln.ops.Ops;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShapeOpsTest {

    private static final Shape CUBE = Shape.shape(2, 3, 5);

    private static Dense cube(long seed) {
        return Dense.random(seed, DType.INT32, CUBE.toArray());
    }

    private static void refuses(String message, Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2})
    void a_reshape_keeps_the_row_major_order_whatever_the_layout(long seed) {
        Dense x = cube(seed);
        for (long[] dims : List.of(new long[] {30}, new long[] {3, 10}, new long[] {5, 1, 6}, new long[] {2, 15})) {
            Dense expected = new Dense(Shape.shape(dims), x.values());
            x.layouts(DType.INT32).forEach((layout, a) -> expected.check(a.reshape(dims), layout));
        }
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void every_dtype_is_copied_when_a_reshape_needs_it(DType dtype) {
        Dense x = Dense.random(3, dtype, 3, 4);
        new Dense(Shape.shape(12), x.transposed(1, 0).values()).check(x.array(dtype).transpose().reshape(12));
    }

    @Test
    void one_length_of_a_reshape_is_inferred() {
        assertEquals(Shape.shape(5, 6), cube(1).array(DType.INT32).reshape(5, -1).shape());
        assertEquals(Shape.shape(0, 4), Ops.reshape(Array.of(new float[0]), 0, 4).shape());
    }

    @Test
    void a_reshape_to_the_same_shape_is_the_array_itself() {
        Array x = cube(1).array(DType.INT32);
        assertSame(x, x.reshape(2, 3, 5));
    }

    @Test
    void an_impossible_reshape_says_size_and_shape() {
        Array six = Array.of(1, 2, 3, 4, 5, 6);
        refuses("[reshape] Cannot reshape array of size 6 into shape (4,2).", () -> six.reshape(4, 2));
        refuses("[reshape] Cannot reshape array of size 6 into shape (4,-1).", () -> six.reshape(4, -1));
        refuses("[reshape] Cannot reshape array of size 6 into shape (-2,-3).", () -> six.reshape(-2, -3));
        refuses("[reshape] Reshape can only infer one dimension.", () -> six.reshape(-1, -1));
        refuses("[reshape] Cannot infer the shape of an empty array", () -> Array.of(new int[0]).reshape(0, -1));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = 4)
    void axes_are_permuted_swapped_and_moved(long seed) {
        Dense x = cube(seed);
        x.layouts(DType.INT32).forEach((layout, a) -> {
            x.transposed(1, 2, 0).check(a.transpose(1, 2, 0), layout);
            x.transposed(2, 1, 0).check(a.transpose(), layout);
            x.transposed(2, 1, 0).check(a.swapaxes(0, -1), layout);
            x.transposed(1, 2, 0).check(a.moveaxis(0, 2), layout);
            x.transposed(2, 0, 1).check(a.moveaxis(-1, 0), layout);
        });
    }

    @Test
    void wrong_axes_are_refused_by_name() {
        Array x = cube(1).array(DType.INT32);
        refuses("[transpose] Received 2 axes for array with 3 dimensions.", () -> x.transpose(0, 1));
        refuses("[transpose] Invalid axis (3) for array with 3 dimensions.", () -> x.transpose(0, 1, 3));
        refuses("[transpose] Repeat axes not allowed.", () -> x.transpose(0, 1, -2));
        refuses("[swapaxes] Axis 3 is out of bounds for array with 3 dimensions.", () -> x.swapaxes(0, 3));
        refuses("[moveaxis] Axis -4 is out of bounds for array with 3 dimensions.", () -> x.moveaxis(-4, 0));
        refuses("[squeeze] Cannot squeeze axis 1 with size 3 which is not equal to 1.", () -> x.squeeze(1));
        refuses("[expand_dims] Axis 4 is out of bounds for array with 4 dimensions.", () -> x.expandDims(4));
        refuses("[expand_dims] Received duplicate axes.", () -> x.expandDims(new int[] {0, -5}));
        refuses("[flatten] start_axis must be less than or equal to end_axis", () -> x.flatten(2, 1));
        refuses("[unflatten] Cannot unflatten axis 1 with size 3 into shape (2,2).",
                () -> x.unflatten(1, new long[] {2, 2}));
    }

    @Test
    void axes_of_length_one_come_and_go() {
        Dense x = cube(5);
        Array a = x.array(DType.INT32);
        Array expanded = a.expandDims(new int[] {0, -1});
        new Dense(Shape.shape(1, 2, 3, 5, 1), x.values()).check(expanded);
        x.check(expanded.squeeze());
        x.check(expanded.squeeze(new int[] {-1, 0}));
        assertEquals(Shape.shape(2, 3, 5, 1), expanded.squeeze(0).shape());
        assertEquals(Shape.shape(1), Ops.atleast1d(Array.scalar(1)).shape());
        assertEquals(Shape.shape(1, 4), Ops.atleast2d(Array.of(1, 2, 3, 4)).shape());
        assertEquals(Shape.shape(1, 4, 1), Ops.atleast3d(Array.of(1, 2, 3, 4)).shape());
        assertEquals(Shape.shape(3, 4, 1), Ops.atleast3d(Dense.random(1, DType.INT8, 3, 4).array(DType.INT8)).shape());
    }

    @Test
    void axes_are_joined_and_parted() {
        Dense x = cube(6);
        Array a = x.array(DType.INT32);
        new Dense(Shape.shape(2, 15), x.values()).check(a.flatten(1, -1));
        new Dense(Shape.shape(30), x.values()).check(a.flatten());
        x.check(a.flatten().unflatten(0, new long[] {2, -1, 5}));
        assertEquals(Shape.shape(1), Array.scalar(3).flatten().shape());
    }

    @Test
    void a_broadcast_repeats_new_axes_and_axes_of_length_one() {
        Dense x = Dense.random(7, DType.INT32, 3, 1);
        Dense.of(Shape.shape(2, 3, 4), i -> x.at(i[1], 0))
                .check(x.array(DType.INT32).broadcastTo(Shape.shape(2, 3, 4)));
        List<Array> both = Ops.broadcastArrays(List.of(x.array(DType.INT32), Array.of(1f, 2f)));
        Dense.of(Shape.shape(3, 2), i -> x.at(i[0], 0)).check(both.getFirst());
        Dense.of(Shape.shape(3, 2), i -> i[1] + 1).check(both.get(1));
        refuses("[broadcast_to] Cannot broadcast array of shape (3,1) into shape (1,4).",
                () -> x.array(DType.INT32).broadcastTo(Shape.shape(1, 4)));
    }

    @Test
    void contiguous_is_free_if_nothing_has_to_move_and_a_copy_otherwise() {
        Dense x = cube(8);
        x.layouts(DType.INT32).forEach((layout, a) -> x.check(a.contiguous(), layout));
        Array a = x.array(DType.INT32);
        assertEquals(a.asMemorySegment().address(), a.contiguous().asMemorySegment().address());
    }

    @Test
    void axes_without_elements_stay_without() {
        Array none = Ops.reshape(Array.of(new float[0]), 2, 0, 3);
        assertEquals(Shape.shape(3, 0, 2), none.transpose().shape());
        assertEquals(0, none.transpose().contiguous().toFloatArray().length);
        assertEquals(0, none.transpose().reshape(3, 0).toFloatArray().length);
    }
}
