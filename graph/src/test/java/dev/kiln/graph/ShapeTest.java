package dev.kiln.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class ShapeTest {

    private static Shape shape(long... dims) {
        return Shape.shape(dims);
    }

    @Test
    void shapes_are_values() {
        long[] dims = {2, 3};
        Shape shape = Shape.shape(dims);
        dims[0] = 9;
        shape.toArray()[1] = 9;
        assertEquals(shape(2, 3), shape);
        assertEquals(shape(2, 3).hashCode(), shape.hashCode());
        assertNotEquals(shape(3, 2), shape);
        assertEquals("(2,3)", shape.toString());
        assertEquals("()", Shape.SCALAR.toString());
    }

    @Test
    void the_size_is_the_product() {
        assertEquals(24, shape(2, 3, 4).size());
        assertEquals(1, Shape.SCALAR.size());
        assertEquals(0, shape(3, 0, 5).size());
        assertEquals(Long.MAX_VALUE, shape(Long.MAX_VALUE).size());
    }

    @Test
    void sizes_beyond_a_long_are_refused_unless_empty() {
        assertEquals("Shape (4294967296,4294967296) has more than 2^63 elements.",
                assertThrows(IllegalArgumentException.class, () -> shape(1L << 32, 1L << 32)).getMessage());
        assertThrows(IllegalArgumentException.class, () -> shape(Long.MAX_VALUE, 2));
        assertEquals(0, shape(Long.MAX_VALUE, 2, 0).size());
    }

    @Test
    void negative_lengths_are_refused() {
        assertEquals("Negative dimensions not allowed: (2,-1).",
                assertThrows(IllegalArgumentException.class, () -> shape(2, -1)).getMessage());
    }

    @Test
    void axes_count_from_either_end() {
        Shape shape = shape(2, 3, 4);
        assertEquals(4, shape.dim(-1));
        assertEquals(2, shape.dim(0));
        assertEquals(1, shape.axis("sum", -2));
        assertEquals(2, shape.axis("sum", 2));
        assertEquals(shape(2, 3, 7), shape.with(-1, 7));
        assertEquals("[sum] Axis 3 is out of bounds for array with 3 dimensions and shape (2,3,4).",
                assertThrows(IllegalArgumentException.class, () -> shape.axis("sum", 3)).getMessage());
        assertThrows(IllegalArgumentException.class, () -> shape.axis("sum", -4));
        assertThrows(IllegalArgumentException.class, () -> Shape.SCALAR.axis("sum", 0));
    }

    @Test
    void shapes_broadcast_by_numpys_rule() {
        assertEquals(shape(2, 3), Shape.broadcast(shape(2, 3), shape(3)));
        assertEquals(shape(2, 3), Shape.broadcast(shape(3), shape(2, 1)));
        assertEquals(shape(5, 2, 3), Shape.broadcast(shape(5, 1, 1), shape(2, 3)));
        assertEquals(shape(4), Shape.broadcast(Shape.SCALAR, shape(4)));
        assertEquals(shape(0), Shape.broadcast(shape(1), shape(0)));
        assertEquals(shape(0, 3), Shape.broadcast(shape(0, 1), shape(3)));
    }

    @Test
    void more_bytes_than_can_be_told_are_an_error_that_names_the_array() {
        assertEquals("An array float64(2305843009213693952) has more than 2^63 - 1 bytes.",
                assertThrows(ArithmeticException.class, () -> new Spec(shape(1L << 61), DType.FLOAT64).bytes())
                        .getMessage());
    }

    @Test
    void shapes_that_do_not_broadcast_are_refused() {
        assertEquals("[broadcast_shapes] Shapes (2,3) and (4) cannot be broadcast.",
                assertThrows(IllegalArgumentException.class, () -> Shape.broadcast(shape(2, 3), shape(4)))
                        .getMessage());
        assertThrows(IllegalArgumentException.class, () -> Shape.broadcast(shape(0), shape(2)));
    }
}
