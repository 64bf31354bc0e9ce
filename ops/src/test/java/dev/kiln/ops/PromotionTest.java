package dev.kiln.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kiln.graph.DType;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PromotionTest {

    @ParameterizedTest(name = "with {0}")
    @EnumSource
    void two_dtypes_become_what_mlx_makes_of_them(DType a) {
        Json.Obj table = (Json.Obj) Conformance.json("promotion.json");
        Json.Obj row = (Json.Obj) table.members().get(name(a));
        assertEquals(DType.values().length, row.members().size());
        for (DType b : DType.values()) {
            DType expected = dtype(((Json.Str) row.members().get(name(b))).value());
            assertEquals(expected, DType.promote(a, b), () -> a + " with " + b);
            assertEquals(expected, Ops.add(Array.scalar(1, a), Array.scalar(1, b)).dtype(), () -> a + " + " + b);
        }
    }

    @ParameterizedTest(name = "beside {0}")
    @EnumSource
    void a_bare_whole_number_takes_the_dtype_beside_it(DType dtype) {
        DType expected = dtype == DType.BOOL ? DType.INT32 : dtype;
        Stream.of((Number) 3, 3L, (short) 3, (byte) 3)
                .forEach(number -> assertEquals(expected, Array.scalar(1, dtype).add(number).dtype()));
    }

    @ParameterizedTest(name = "beside {0}")
    @EnumSource
    void a_bare_fraction_takes_the_dtype_beside_it_unless_that_holds_no_fractions(DType dtype) {
        DType expected = dtype.isIntegral() ? DType.FLOAT32 : dtype;
        Stream.of((Number) 0.5, 0.5f)
                .forEach(number -> assertEquals(expected, Array.scalar(1, dtype).add(number).dtype()));
    }

    @Test
    void true_division_of_integers_is_float32() {
        Arrays.stream(DType.values()).filter(DType::isIntegral)
                .forEach(dtype -> assertEquals(DType.FLOAT32, Array.scalar(1, dtype).divide(2).dtype()));
    }

    private static String name(DType dtype) {
        return dtype == DType.BOOL ? "bool_" : dtype.toString();
    }

    private static DType dtype(String name) {
        return DType.valueOf(name.toUpperCase(Locale.ROOT));
    }
}
