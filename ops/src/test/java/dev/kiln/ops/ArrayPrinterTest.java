package dev.kiln.ops;

import static dev.kiln.graph.Shape.shape;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArrayPrinterTest {
    @Test
    void a_scalar_has_no_brackets() {
        assertEquals("array(3, dtype=float32)", ArrayPrinter.print(DType.FLOAT32, shape(), _ -> "3"));
    }

    @Test
    void a_vector_is_one_line() {
        assertEquals("array([0, 1, 2], dtype=int32)", counted(shape(3)));
    }

    @Test
    void rows_stand_below_each_other() {
        assertEquals("""
                array([[0, 1, 2],
                       [3, 4, 5]], dtype=int32)""", counted(shape(2, 3)));
    }

    @Test
    void a_blank_line_parts_matrices_and_two_part_their_stacks() {
        assertEquals("""
                array([[[[0, 1],
                         [2, 3]],

                        [[4, 5],
                         [6, 7]]],


                       [[[8, 9],
                         [10, 11]],

                        [[12, 13],
                         [14, 15]]]], dtype=int32)""", counted(shape(2, 2, 2, 2)));
    }

    @Test
    void axes_of_length_one_keep_their_brackets() {
        assertEquals("array([[[0]]], dtype=int32)", counted(shape(1, 1, 1)));
    }

    @Test
    void a_thousand_elements_are_all_shown() {
        assertEquals(999, counted(shape(1000)).chars().filter(c -> c == ',').count() - 1);
    }

    @Test
    void more_than_a_thousand_elements_are_summarised() {
        assertEquals("array([0, 1, 2, ..., 998, 999, 1000], dtype=int32)", counted(shape(1001)));
    }

    @Test
    void every_long_axis_of_a_summarised_array_is_shortened() {
        assertEquals("""
                array([[0, 1, 2, ..., 997, 998, 999],
                       [1000, 1001, 1002, ..., 1997, 1998, 1999],
                       [2000, 2001, 2002, ..., 2997, 2998, 2999],
                       ...,
                       [7000, 7001, 7002, ..., 7997, 7998, 7999],
                       [8000, 8001, 8002, ..., 8997, 8998, 8999],
                       [9000, 9001, 9002, ..., 9997, 9998, 9999]], dtype=int32)""", counted(shape(10, 1000)));
    }

    @Test
    void a_short_axis_of_a_summarised_array_is_shown_whole() {
        String sixRows = counted(shape(6, 1000));
        assertEquals(6, sixRows.lines().count());
        assertTrue(sixRows.contains("[3000, 3001, 3002, ..., 3997, 3998, 3999],\n"), sixRows);
    }

    @Test
    void matrices_left_out_are_marked_between_blank_lines() {
        String text = counted(shape(600, 1, 2));
        assertTrue(text.startsWith("""
                array([[[0, 1]],

                       [[2, 3]],

                       [[4, 5]],

                       ...,

                       [[1194, 1195]],
                """), text);
    }

    @Test
    void only_what_is_shown_is_asked_for() {
        List<String> asked = new ArrayList<>();
        ArrayPrinter.print(DType.INT8, shape(1L << 31, 1L << 31), index -> {
            asked.add(index[0] + "," + index[1]);
            return "0";
        });
        assertEquals(36, asked.size());
        assertEquals("0,0", asked.getFirst());
        assertEquals("0,2147483645", asked.get(3));
        assertEquals("2147483647,2147483647", asked.getLast());
    }

    @Test
    void an_empty_vector_is_bare_brackets() {
        assertEquals("array([], dtype=float32)", untouched(shape(0)));
    }

    @Test
    void an_empty_array_of_more_axes_tells_its_shape() {
        assertEquals("array([], shape=(2,0), dtype=float32)", untouched(shape(2, 0)));
        assertEquals("array([], shape=(0,1000000,5), dtype=float32)", untouched(shape(0, 1_000_000, 5)));
    }

    /** An array that holds 0, 1, 2 and so on. */
    private static String counted(Shape shape) {
        return ArrayPrinter.print(DType.INT32, shape, index -> {
            long position = 0;
            for (int axis = 0; axis < index.length; axis++) {
                position = position * shape.dim(axis) + index[axis];
            }
            return Long.toString(position);
        });
    }

    private static String untouched(Shape shape) {
        return ArrayPrinter.print(DType.FLOAT32, shape, index -> {
            throw new AssertionError("an empty array has no element at " + List.of(index));
        });
    }
}
