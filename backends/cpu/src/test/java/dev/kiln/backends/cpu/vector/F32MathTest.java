package dev.kiln.backends.cpu.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;

import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("everyWidth")
class F32MathTest {

    /** In the order of their bits, so from the first to the last away from zero; every 97th. */
    @ParameterizedTest(name = "the powers of e from {0} to {1} are off by less than {2} of themselves")
    @CsvSource({"-0.0, -16, 2e-7", "-16, -87, 4e-7"})
    void powersOfEAreAsExactAsPromised(float first, float last, double error) {
        int end = Float.floatToRawIntBits(last);
        for (int bits = Float.floatToRawIntBits(first); bits < end; bits += 97) {
            float x = Float.intBitsToFloat(bits);
            double exact = Math.exp(x);
            assertEquals(exact, expOfNegative(x), error * exact, () -> "e to the power of " + x);
        }
    }

    @ParameterizedTest(name = "e to the power of {0} is {1}")
    @CsvSource({"0, 1", "-0.0, 1", "-104, 0", "-1e9, 0", "-Infinity, 0", "NaN, NaN"})
    void specialPowersOfEAreExact(float x, float power) {
        assertEquals(power, expOfNegative(x));
    }

    private static float expOfNegative(float x) {
        return F32Math.expOfNegative(FloatVector.broadcast(Species.F32, x)).lane(0);
    }
}
