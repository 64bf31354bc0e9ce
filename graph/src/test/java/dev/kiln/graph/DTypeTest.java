package dev.kiln.graph;

import static dev.kiln.graph.DType.BFLOAT16;
import static dev.kiln.graph.DType.BOOL;
import static dev.kiln.graph.DType.COMPLEX64;
import static dev.kiln.graph.DType.FLOAT16;
import static dev.kiln.graph.DType.FLOAT32;
import static dev.kiln.graph.DType.FLOAT64;
import static dev.kiln.graph.DType.INT16;
import static dev.kiln.graph.DType.INT32;
import static dev.kiln.graph.DType.INT64;
import static dev.kiln.graph.DType.INT8;
import static dev.kiln.graph.DType.UINT16;
import static dev.kiln.graph.DType.UINT32;
import static dev.kiln.graph.DType.UINT64;
import static dev.kiln.graph.DType.UINT8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class DTypeTest {

    private static void promotes(DType a, DType b, DType to) {
        assertEquals(to, DType.promote(a, b));
        assertEquals(to, DType.promote(b, a));
    }

    @Test
    void a_type_promotes_to_itself_and_bool_to_anything() {
        for (DType type : DType.values()) {
            promotes(type, type, type);
            promotes(BOOL, type, type);
        }
    }

    @Test
    void integers_promote_to_one_that_holds_both() {
        promotes(UINT8, UINT32, UINT32);
        promotes(INT8, INT64, INT64);
        promotes(UINT8, INT8, INT16);
        promotes(UINT16, INT8, INT32);
        promotes(UINT32, INT32, INT64);
        promotes(UINT8, INT32, INT32);
        promotes(UINT32, INT64, INT64);
        promotes(UINT64, INT8, FLOAT32);
        promotes(UINT64, INT64, FLOAT32);
    }

    @Test
    void floats_win_over_integers_and_wide_over_narrow() {
        promotes(INT64, FLOAT16, FLOAT16);
        promotes(UINT64, BFLOAT16, BFLOAT16);
        promotes(FLOAT16, BFLOAT16, FLOAT32);
        promotes(FLOAT16, FLOAT32, FLOAT32);
        promotes(BFLOAT16, FLOAT64, FLOAT64);
        promotes(COMPLEX64, INT8, COMPLEX64);
        promotes(COMPLEX64, FLOAT32, COMPLEX64);
    }

    @Test
    void functions_of_integers_are_float32() {
        assertEquals(FLOAT32, INT64.toInexact());
        assertEquals(FLOAT32, BOOL.toInexact());
        assertEquals(BFLOAT16, BFLOAT16.toInexact());
        assertEquals(COMPLEX64, COMPLEX64.toInexact());
    }

    @Test
    void names_are_mlxs() {
        assertEquals("bfloat16", BFLOAT16.toString());
        assertEquals("bool", BOOL.toString());
    }

    @Test
    void a_scalar_holds_what_its_type_can() {
        assertEquals(0.1f, Storage.Scalar.of(FLOAT32, 0.1).value(FLOAT32));
        assertEquals(0.1, Storage.Scalar.of(FLOAT64, 0.1).value(FLOAT64));
        assertEquals(1.0009765625, Storage.Scalar.of(FLOAT16, 1.001).value(FLOAT16));
        assertEquals(1.0078125, Storage.Scalar.of(BFLOAT16, 1.005).value(BFLOAT16));
        assertEquals(-2.5, Storage.Scalar.of(BFLOAT16, -2.5).value(BFLOAT16));
        assertEquals(Double.NaN, Storage.Scalar.of(BFLOAT16, Double.NaN).value(BFLOAT16));
        assertEquals(Double.NEGATIVE_INFINITY, Storage.Scalar.of(BFLOAT16, -3.4e38).value(BFLOAT16));
        assertEquals(1, Storage.Scalar.of(BOOL, 7.0).value(BOOL));
        assertEquals(1, Storage.Scalar.of(BOOL, 256L).value(BOOL));
        assertEquals(200, Storage.Scalar.of(UINT8, 200L).value(UINT8));
        assertEquals(-1, Storage.Scalar.of(INT8, -1L).value(INT8));
        assertEquals(65535, Storage.Scalar.of(UINT16, -1L).value(UINT16));
        assertEquals(4294967295.0, Storage.Scalar.of(UINT32, -1L).value(UINT32));
        assertEquals(-7, Storage.Scalar.of(INT16, -7.9).value(INT16));
        assertEquals(0x1p64, Storage.Scalar.of(UINT64, -1L).value(UINT64));
        assertEquals(1L << 53 | 1, Storage.Scalar.of(INT64, 1L << 53 | 1).bits());
    }
}
