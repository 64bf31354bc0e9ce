package dev.kiln.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.graph.DType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Functions of complex numbers, compared with Python's cmath. */
class ComplexTest {

    private static final float INF = Float.POSITIVE_INFINITY;
    private static final float NAN = Float.NaN;
    private static final float[] RE = {0.75f, -1.25f, -0.0625f, 1.0f, -30.0f, 25.0f};
    private static final float[] IM = {-0.5f, 2.0f, -0.125f, 9.5367431640625e-07f, 1.5f, -2.0f};
    private static final Map<String, UnaryOperator<Array>> FUNCTIONS = Map.ofEntries(Map.entry("sign", Ops::sign),
            Map.entry("expm1", Ops::expm1), Map.entry("log", Ops::log), Map.entry("log2", Ops::log2),
            Map.entry("log10", Ops::log10), Map.entry("log1p", Ops::log1p), Map.entry("sin", Ops::sin),
            Map.entry("cos", Ops::cos), Map.entry("tan", Ops::tan), Map.entry("sinh", Ops::sinh),
            Map.entry("cosh", Ops::cosh), Map.entry("tanh", Ops::tanh), Map.entry("rsqrt", Ops::rsqrt),
            Map.entry("sigmoid", Ops::sigmoid));

    private static Array complex(float[] re, float[] im) {
        return Ops.add(Array.of(re), Array.of(im).multiply(Scalars.i()));
    }

    private static Array complex(float re, float im) {
        return Ops.add(re, Scalars.i().multiply(im));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = ';', value = {
        "sign; 0.832050294,-0.554700196 -0.52999894,0.847998304 -0.447213595,-0.894427191 1,9.53674316e-07 -0.998752339,0.0499376169 0.996815279,-0.0797452223",
        "expm1; 0.857842298,-1.01494387 -1.11922806,0.260518075 -0.0679165505,-0.117121073 1.71828183,2.59235556e-06 -1,9.334182e-14 -2.99646111e+10,-6.54738697e+10",
        "log; -0.103819682,-0.588002604 0.858023824,2.12939564 -1.96786977,-2.03444394 4.54747351e-13,9.53674316e-07 3.40244582,3.09163426 3.22206563,-0.0798299857",
        "log2; -0.149780141,-0.84830844 1.23786672,3.07206853 -2.83903595,-2.93508218 6.56061748e-13,1.37586121e-06 4.90869171,4.46028541 4.6484581,-0.115170325",
        "log10; -0.0450883152,-0.255366286 0.372635012,0.924784777 -0.85463498,-0.883547775 1.97494265e-13,4.14175493e-07 1.47766345,1.3426797 1.39932532,-0.0346697223",
        "log1p; 0.598851596,-0.278299659 0.700899274,1.69515132 -0.0557277205,-0.132551532 0.693147181,4.76837158e-07 3.36863174,3.08991457 3.2610464,-0.0767718913",
        "sin; 0.768633565,-0.381279635 -3.57026585,1.14363019 -0.062947917,-0.125081078 0.841470985,5.15272432e-07 2.32425509,0.328444443 -0.497933184,-3.59495423",
        "cos; 0.825071367,0.355198758 1.18630443,3.44183474 1.00585491,-0.00782776243 0.540302306,-8.02489266e-07 0.362862594,-2.10379544 3.72909895,-0.480021322",
        "tan; 0.618096395,-0.728211801 -0.0225778145,1.02953278 -0.0616100366,-0.124832463 1.55740772,3.26682932e-06 0.0334396373,1.09902373 -0.00927998473,-0.965222129",
        "sinh; 0.721650824,-0.620704231 0.666633558,1.71713897 -0.0620527347,-0.124918318 1.17520119,1.47159637e-06 -3.77965654e+11,5.32985241e+12 -1.49823055e+10,-3.27369348e+10",
        "cosh; 1.13619147,-0.394239642 -0.785861623,-1.4566209 0.994136184,0.00779724486 1.54308063,1.12075919e-06 3.77965654e+11,-5.32985241e+12 -1.49823055e+10,-3.27369348e+10",
        "tanh; 0.736084171,-0.290893462 -1.1043248,-0.13813678 -0.0634003895,-0.125157872 0.761594156,4.00518743e-07 -1,2.47143774e-27 1,2.9193654e-22",
        "rsqrt; 1.00808663,0.305224073 0.315658083,-0.569525352 1.40631034,2.27545792 1,-4.76837158e-07 0.00455723685,-0.182403334 0.199522228,0.00796816041",
        "sigmoid; 0.689276265,-0.110351488 -0.0440277326,0.308806496 0.48431897,-0.0312600968 0.731058579,1.87503751e-07 6.61932063e-15,9.334182e-14 1,-1.26282716e-11"})
    void a_function_has_the_values_of_cmath(String name, String expected) {
        Array y = FUNCTIONS.get(name).apply(complex(RE, IM));
        float[] re = y.real().toFloatArray();
        float[] im = y.imag().toFloatArray();
        String[] numbers = expected.split("[ ,]", -1);
        for (int i = 0; i < RE.length; i++) {
            float x = Float.parseFloat(numbers[2 * i]);
            float z = Float.parseFloat(numbers[2 * i + 1]);
            assertEquals(x, re[i], 1e-6f * Math.abs(x), name + " of number " + i);
            assertEquals(z, im[i], 1e-6f * Math.abs(z), name + " of number " + i);
        }
    }

    @Test
    void powers_are_complex_and_whole_ones_exact() {
        Array base = complex(new float[] {0.75f, -1.25f, 2, -1.25f, 1, 0, 0, 1},
                new float[] {-0.5f, 2, 0, 2, 1, 0, 0, 2});
        Array exponent = complex(new float[] {1.5f, 3, 0.5f, -2.5f, 2, 0, 2.5f, -2},
                new float[] {0.25f, 0, 0, 0, 0, 0, 1, 0});
        Array y = base.power(exponent);
        assertArrayEquals(new float[] {0.610007995f, 13.046875f, 1.41421356f, 0.06716599f, 0, 1, 0, -0.12f},
                y.real().toFloatArray(), 2e-6f);
        assertArrayEquals(new float[] {-0.781398748f, 1.375f, 0, 0.0958750367f, 2, 0, 0, -0.16f},
                y.imag().toFloatArray(), 2e-6f);
        assertEquals(0, y.real().toFloatArray()[4]);
    }

    @Test
    void infinite_divisors_give_zero_and_nothing_overflows() {
        Array one = complex(1, 1);
        assertEquals("array(0+0j, dtype=complex64)", one.divide(complex(INF, 0)).toString());
        assertEquals("array(0+0j, dtype=complex64)", one.divide(complex(0, -INF)).toString());
        assertEquals("array(1+0j, dtype=complex64)", complex(1e3f, 1).tanh().toString());
        assertEquals("array(0+1j, dtype=complex64)", complex(0, 1e3f).tan().real().add(Scalars.i()).toString());
        assertEquals(INF, complex(0, 1e3f).sin().imag().itemFloat());
        assertEquals(0, complex(0, 1e3f).sin().real().itemFloat());
        assertEquals(0, complex(-1e3f, 1).sigmoid().real().itemFloat());
        assertEquals(1, complex(1e3f, 1).sigmoid().real().itemFloat());
        assertEquals("array(0+0j, dtype=complex64)", complex(0, 0).sign().toString());
    }

    @Test
    void a_complex_number_is_nan_or_infinite_if_a_part_is() {
        Array z = complex(new float[] {1, NAN, 1, -INF, INF, NAN}, new float[] {2, 0, NAN, 0, 1, 0});
        assertArrayEquals(new boolean[] {false, true, true, false, false, true}, z.isnan().toBooleanArray());
        assertArrayEquals(new boolean[] {false, false, false, true, true, false}, z.isinf().toBooleanArray());
        assertArrayEquals(new boolean[] {true, false, false, false, false, false}, z.isfinite().toBooleanArray());
        Array ends = complex(new float[] {INF, -INF, INF}, new float[] {0, 0, 1});
        assertEquals("[true, false, false]", Arrays.toString(ends.isposinf().toBooleanArray()));
        assertEquals("[false, true, false]", Arrays.toString(ends.isneginf().toBooleanArray()));
    }

    @Test
    void complex_arrays_are_compared() {
        Array a = complex(new float[] {1, 2}, new float[] {3, 4});
        Array near = complex(new float[] {1, 2}, new float[] {3, 4.00001f});
        assertTrue(Ops.allclose(a, near).itemBoolean());
        assertFalse(Ops.allclose(a, a.multiply(Scalars.i())).itemBoolean());
        Array nan = complex(new float[] {1, NAN}, new float[] {3, 4});
        assertFalse(Ops.arrayEqual(nan, nan).itemBoolean());
        assertTrue(Ops.arrayEqual(nan, nan, true).itemBoolean());
        assertTrue(Ops.isclose(nan, nan, 1e-5, 1e-8, true).all().itemBoolean());
    }

    @Test
    void the_gradient_of_an_absolute_value_is_the_sign() {
        Array z = complex(3, 4);
        Array g = Transforms.grad((Array x) -> x.abs()).apply(z);
        assertEquals(0.6f, g.real().itemFloat(), 1e-6f);
        assertEquals(0.8f, g.imag().itemFloat(), 1e-6f);
    }

    @Test
    void the_imaginary_part_of_what_is_real_is_zeros_of_its_dtype() {
        assertArrayEquals(new float[3], Array.of(NAN, INF, -1).imag().toFloatArray());
        for (DType dtype : List.of(DType.BOOL, DType.UINT8, DType.FLOAT16, DType.FLOAT64)) {
            assertEquals(dtype, Ops.ones(dev.kiln.graph.Shape.shape(2), dtype).imag().dtype());
        }
        assertEquals(INF, 1 / Array.of(-1f).imag().toFloatArray()[0]);
    }
}
