package dev.kiln.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("everyLoops")
class LogarithmsOfPowersTest {

    @Test
    void log2_of_a_power_of_two_is_its_exponent() {
        double[] exponents = IntStream.rangeClosed(-1074, 1023).asDoubleStream().toArray();
        double[] powers = IntStream.rangeClosed(-1074, 1023).mapToDouble(i -> Math.scalb(1.0, i)).toArray();
        assertArrayEquals(exponents, Array.of(powers).log2().toDoubleArray());
    }

    @Test
    void log10_of_a_power_of_ten_is_its_exponent() {
        double[] exponents = IntStream.rangeClosed(-307, 308).asDoubleStream().toArray();
        double[] powers = IntStream.rangeClosed(-307, 308).mapToDouble(i -> Double.parseDouble("1e" + i)).toArray();
        assertArrayEquals(exponents, Array.of(powers).log10().toDoubleArray());
    }

    @Test
    void log2_has_the_ends_of_log_and_no_gap_between_powers() {
        double[] ends = {0, -0.0, -1, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, Double.NaN};
        double[] of = {Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NaN, Double.NaN,
            Double.POSITIVE_INFINITY, Double.NaN};
        assertArrayEquals(of, Array.of(ends).log2().toDoubleArray());
        double[] x = IntStream.range(1, 1000).mapToDouble(i -> i / 100.0).toArray();
        double[] y = Array.of(x).log2().toDoubleArray();
        for (int i = 0; i < x.length; i++) {
            assertEquals(Math.log(x[i]) / Math.log(2), y[i], 4e-15, String.valueOf(x[i]));
        }
        assertEquals(-1074 + Math.log(3) / Math.log(2), Array.of(3 * Double.MIN_VALUE).log2().toDoubleArray()[0],
                1e-12);
    }
}
