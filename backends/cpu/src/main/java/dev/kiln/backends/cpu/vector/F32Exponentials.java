package dev.kiln.backends.cpu.vector;

import static dev.kiln.backends.cpu.vector.F32Math.LN2;
import static dev.kiln.backends.cpu.vector.F32Math.LN2_HIGH;
import static dev.kiln.backends.cpu.vector.F32Math.LN2_LOW;
import static dev.kiln.backends.cpu.vector.F32Math.LOG2_E;
import static dev.kiln.backends.cpu.vector.F32Math.SHIFTER;
import static dev.kiln.backends.cpu.vector.Species.F32;
import static jdk.incubator.vector.FloatVector.broadcast;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Functions of float vectors that are made of powers of e and of logarithms. As with {@link F32Trigonometry}, the Vector API's
 * own would change their bits once they are compiled.
 */
final class F32Exponentials {

    /** The decimal logarithm of 2 in two parts, like ln 2. */
    private static final float LOG10_2_HIGH = 0x1.344p-2f;
    private static final float LOG10_2_LOW = 4.605039e-6f;
    /** The decimal logarithm of e in two parts. */
    private static final float LOG10_E = 0.4342945f;
    private static final float LOG10_E_REST = -1.010305e-8f;
    /** A little more than ln 2, so that subtracting it is exact and no power of e overflows early; and half of its power of e. */
    private static final float OVER_LN2 = 0.75f;
    private static final float HALF_E_TO_OVER_LN2 = 1.0585f;
    /** Below this the square of a number is nothing beside it. */
    private static final float TINY = 0x1p-25f;

    private F32Exponentials() {}

    /** {@code 2^k * (e^r - 1) + (2^k - 1)} with {@code |r| <= ln 2 / 2}. Error below 2 units in the last place. */
    static FloatVector expm1(FloatVector x) {
        // Where the result is -1 or infinite; the exponent would overflow.
        FloatVector bounded = x.max(-30f).min(88.8f);
        FloatVector shifted = bounded.fma(LOG2_E, SHIFTER);
        FloatVector k = shifted.sub(SHIFTER);
        FloatVector r = k.fma(broadcast(F32, -LN2_LOW), k.fma(broadcast(F32, -LN2_HIGH), bounded));
        FloatVector q = r.fma(1.974359e-4f, 0.0013933729f).fma(r, broadcast(F32, 0.008333567f))
                .fma(r, broadcast(F32, 0.041666478f)).fma(r, broadcast(F32, 0.16666666f))
                .fma(r, broadcast(F32, 0.5f));
        FloatVector p = q.fma(r.mul(r), r);
        // Half of the power of two, since the whole one may be too large for a float where the result is not.
        FloatVector half = shifted.reinterpretAsInts().add(126 - F32Math.SHIFTER_BITS)
                .lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
        FloatVector y = half.fma(p, half.sub(0.5f));
        return y.add(y).blend(x, x.abs().compare(VectorOperators.LT, TINY));
    }

    /** {@code n * ln 2 + log(1 + f)} as in {@link F32Math#log}, of a sum that is never rounded. Error below 2 units in the last place. */
    static FloatVector log1p(FloatVector x) {
        IntVector exponent = F32Math.exponent(x.add(1f).reinterpretAsInts());
        FloatVector n = (FloatVector) exponent.convert(VectorOperators.I2F, 0);
        // 2^(2 - n), since 2^-n may be too small for a float.
        FloatVector scale = exponent.neg().add(129).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
        FloatVector f = x.mul(0.25f).fma(scale, scale.fma(0.25f, -1f));
        FloatVector log = F32Math.logOfSum(f);
        FloatVector y = n.fma(broadcast(F32, LN2_HIGH), n.fma(broadcast(F32, LN2_LOW), log));
        return y.blend(x, x.compare(VectorOperators.LT, Float.POSITIVE_INFINITY).not()
                .or(x.abs().compare(VectorOperators.LT, TINY)))
                .blend(Float.NaN, x.compare(VectorOperators.LT, -1f))
                .blend(Float.NEGATIVE_INFINITY, x.compare(VectorOperators.EQ, -1f));
    }

    /** Powers of ten give integers. Error below 2 units in the last place. */
    static FloatVector log10(FloatVector x) {
        VectorMask<Float> subnormal = x.compare(VectorOperators.LT, Float.MIN_NORMAL);
        IntVector bits = x.blend(x.mul(0x1p24f), subnormal).reinterpretAsInts();
        IntVector exponent = F32Math.exponent(bits);
        FloatVector f = bits.sub(exponent.lanewise(VectorOperators.LSHL, 23)).reinterpretAsFloats().sub(1f);
        FloatVector log = F32Math.logOfSum(f);
        FloatVector n = (FloatVector) exponent.convert(VectorOperators.I2F, 0);
        n = n.blend(n.sub(24f), subnormal);
        FloatVector small = log.fma(broadcast(F32, LOG10_E), log.mul(LOG10_E_REST));
        FloatVector y = n.fma(broadcast(F32, LOG10_2_HIGH), n.fma(broadcast(F32, LOG10_2_LOW), small));
        return F32Math.specialLog(y, x);
    }

    /** From 1 on {@code e^|x| / 2 - e^-|x| / 2}; below, an odd polynomial. Error below 3 units in the last place. */
    static FloatVector sinh(FloatVector x) {
        FloatVector a = x.abs();
        FloatVector half = F32Math.exp(a.sub(OVER_LN2)).mul(HALF_E_TO_OVER_LN2);
        FloatVector far = half.sub(broadcast(F32, 0.25f).div(half));
        FloatVector z = x.mul(x);
        FloatVector near = z.fma(2.7899996e-6f, 1.9841664e-4f).fma(z, broadcast(F32, 0.008333315f))
                .fma(z, broadcast(F32, 0.16666667f)).mul(z).fma(a, a);
        return F32Math.withSign(far.blend(near, a.compare(VectorOperators.LT, 1f)), x);
    }

    /** {@code e^|x| / 2 + e^-|x| / 2}. Error below 3 units in the last place. */
    static FloatVector cosh(FloatVector x) {
        FloatVector half = F32Math.exp(x.abs().sub(OVER_LN2)).mul(HALF_E_TO_OVER_LN2);
        return half.add(broadcast(F32, 0.25f).div(half));
    }

    /** {@code log(exp(a) + exp(b))} without overflow. The more exact exponential, since the sum may all but cancel. */
    static FloatVector logaddexp(FloatVector a, FloatVector b) {
        FloatVector max = a.max(b);
        FloatVector min = a.min(b);
        FloatVector e = F32Math.exp(min.sub(max));
        // 1 + e = 2^n * (1 + f), where n is 0 or 1.
        VectorMask<Float> twice = e.compare(VectorOperators.GT, 0.41421357f);
        FloatVector log = F32Math.logOfSum(e.blend(e.fma(0.5f, -0.5f), twice));
        FloatVector y = max.add(log.blend(log.add(LN2), twice));
        VectorMask<Float> one = max.compare(VectorOperators.EQ, Float.POSITIVE_INFINITY)
                .or(min.compare(VectorOperators.EQ, Float.NEGATIVE_INFINITY));
        return y.blend(max, one);
    }
}
