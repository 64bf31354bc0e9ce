package dev.kiln.backends.cpu.vector;

import static dev.kiln.backends.cpu.vector.Species.F64;
import static jdk.incubator.vector.DoubleVector.broadcast;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Powers of e and logarithms of double vectors, and functions that are made of them, in the ways of {@link F32Exponentials};
 * but logarithms are series of {@code s = f / (2 + f)}, of which {@code log(1 + f)} is {@code log(1 + s) - log(1 - s)}.
 */
final class F64Exponentials {

    private static final double LOG2_E = 1.4426950408889634;
    /** ln 2, and ln 2 in two parts, of which the first has trailing zeros: its product with an exponent is exact. */
    private static final double LN2 = 0.6931471805599453;
    private static final double LN2_HIGH = 0x1.62e42fefa2p-1;
    private static final double LN2_LOW = 7.371002565167799e-13;
    /** The decimal logarithm of 2, likewise. */
    private static final double LOG10_2_HIGH = 0x1.34413509f6p-2;
    private static final double LOG10_2_LOW = 3.694239077158931e-13;
    /** The decimal logarithm of e in two parts. */
    private static final double LOG10_E = 0.4342944819032518;
    private static final double LOG10_E_REST = 1.098319650216765e-17;
    /** Adding it leaves a double rounded to an integer in the low bits. */
    private static final double SHIFTER = 0x1.8p52;
    private static final long SHIFTER_BITS = 0x4338_0000_0000_0000L;
    private static final int FRACTION_BITS = 52;
    private static final int BIAS = 1023;
    private static final long ROOT_HALF = 0x3FE6_A09E_667F_3BCDL;
    /** A little more than ln 2, so that subtracting it is exact and no power of e overflows early; and half of its power of e. */
    private static final double OVER_LN2 = 0.75;
    private static final double HALF_E_TO_OVER_LN2 = 1.0585000083063374;
    /** Below this the square of a number is nothing beside it. */
    private static final double TINY = 0x1p-54;

    private F64Exponentials() {}

    /** {@code 2^k * e^r} with {@code |r| <= ln 2 / 2}. Error below 1 unit in the last place. */
    static DoubleVector exp(DoubleVector x) {
        DoubleVector shifted = x.fma(LOG2_E, SHIFTER);
        DoubleVector k = shifted.sub(SHIFTER);
        DoubleVector r = k.fma(broadcast(F64, -LN2_LOW), k.fma(broadcast(F64, -LN2_HIGH), x));
        DoubleVector q = r.fma(2.5004589053628395e-8, 2.763063968955727e-7)
                .fma(r, broadcast(F64, 2.7557573108733967e-6)).fma(r, broadcast(F64, 2.480149202365963e-5))
                .fma(r, broadcast(F64, 1.9841269520386507e-4)).fma(r, broadcast(F64, 0.0013888888944652638))
                .fma(r, broadcast(F64, 0.008333333333488478)).fma(r, broadcast(F64, 0.04166666666652628))
                .fma(r, broadcast(F64, 0.16666666666666421)).fma(r, broadcast(F64, 0.5000000000000011));
        DoubleVector p = q.fma(r.mul(r), r).add(1);
        // In two factors, since 2^k itself may be too large or too small for a double where the result is not.
        LongVector n = shifted.reinterpretAsLongs().sub(SHIFTER_BITS);
        LongVector half = n.lanewise(VectorOperators.ASHR, 1);
        DoubleVector y = p.mul(powerOfTwo(half)).mul(powerOfTwo(n.sub(half)));
        return y.blend(Double.POSITIVE_INFINITY, x.compare(VectorOperators.GT, 709.79))
                .blend(0, x.compare(VectorOperators.LT, -745.14));
    }

    private static DoubleVector powerOfTwo(LongVector exponent) {
        return exponent.add(BIAS).lanewise(VectorOperators.LSHL, FRACTION_BITS).reinterpretAsDoubles();
    }

    /** {@code 2^k * (e^r - 1) + (2^k - 1)} with {@code |r| <= ln 2 / 2}. Error below 2 units in the last place. */
    static DoubleVector expm1(DoubleVector x) {
        // Where the result is -1 or infinite; the exponent would overflow.
        DoubleVector bounded = x.max(-60).min(709.9);
        DoubleVector shifted = bounded.fma(LOG2_E, SHIFTER);
        DoubleVector k = shifted.sub(SHIFTER);
        DoubleVector r = k.fma(broadcast(F64, -LN2_LOW), k.fma(broadcast(F64, -LN2_HIGH), bounded));
        DoubleVector q = r.fma(2.0889566394058677e-9, 2.5109260213278757e-8)
                .fma(r, broadcast(F64, 2.755735283059627e-7)).fma(r, broadcast(F64, 2.7557243601171997e-6))
                .fma(r, broadcast(F64, 2.4801587237480118e-5)).fma(r, broadcast(F64, 1.9841269886700097e-4))
                .fma(r, broadcast(F64, 0.0013888888888923848)).fma(r, broadcast(F64, 0.008333333333321414))
                .fma(r, broadcast(F64, 0.04166666666666661)).fma(r, broadcast(F64, 0.16666666666666677))
                .fma(r, broadcast(F64, 0.5));
        DoubleVector p = q.fma(r.mul(r), r);
        // Half of the power of two, since the whole one may be too large for a double where the result is not.
        DoubleVector half = powerOfTwo(shifted.reinterpretAsLongs().sub(SHIFTER_BITS + 1));
        DoubleVector y = half.fma(p, half.sub(0.5));
        return y.add(y).blend(x, x.abs().compare(VectorOperators.LT, TINY));
    }

    /** Error below 1 unit in the last place. */
    static DoubleVector log(DoubleVector x) {
        VectorMask<Double> subnormal = x.compare(VectorOperators.LT, Double.MIN_NORMAL);
        LongVector bits = x.blend(x.mul(0x1p54), subnormal).reinterpretAsLongs();
        LongVector exponent = exponent(bits);
        DoubleVector f = fraction(bits, exponent);
        DoubleVector n = toDouble(exponent);
        n = n.blend(n.sub(54), subnormal);
        DoubleVector corrected = logOfSum(f, n.mul(LN2_LOW));
        return special(n.fma(broadcast(F64, LN2_HIGH), corrected), x);
    }

    /** {@code n * ln 2 + log(1 + f)} of a sum that is never rounded. Error below 2 units in the last place. */
    static DoubleVector log1p(DoubleVector x) {
        LongVector exponent = exponent(x.add(1).reinterpretAsLongs());
        // 2^(2 - n), since 2^-n may be too small for a double.
        DoubleVector scale = powerOfTwo(exponent.neg().add(2));
        DoubleVector f = x.mul(0.25).fma(scale, scale.fma(0.25, -1));
        DoubleVector n = toDouble(exponent);
        DoubleVector corrected = logOfSum(f, n.mul(LN2_LOW));
        DoubleVector y = n.fma(broadcast(F64, LN2_HIGH), corrected);
        return y.blend(x, x.compare(VectorOperators.LT, Double.POSITIVE_INFINITY).not()
                .or(x.abs().compare(VectorOperators.LT, TINY)))
                .blend(Double.NaN, x.compare(VectorOperators.LT, -1))
                .blend(Double.NEGATIVE_INFINITY, x.compare(VectorOperators.EQ, -1));
    }

    /** Powers of ten give integers. Error below 2 units in the last place. */
    static DoubleVector log10(DoubleVector x) {
        VectorMask<Double> subnormal = x.compare(VectorOperators.LT, Double.MIN_NORMAL);
        LongVector bits = x.blend(x.mul(0x1p54), subnormal).reinterpretAsLongs();
        LongVector exponent = exponent(bits);
        DoubleVector f = fraction(bits, exponent);
        DoubleVector n = toDouble(exponent);
        n = n.blend(n.sub(54), subnormal);
        DoubleVector log = logOfSum(f, DoubleVector.zero(F64));
        DoubleVector small = log.fma(broadcast(F64, LOG10_E), log.mul(LOG10_E_REST));
        DoubleVector y = n.fma(broadcast(F64, LOG10_2_HIGH), n.fma(broadcast(F64, LOG10_2_LOW), small));
        return special(y, x);
    }

    /** From 1 on {@code e^|x| / 2 - e^-|x| / 2}; below, an odd polynomial. Error below 3 units in the last place. */
    static DoubleVector sinh(DoubleVector x) {
        DoubleVector a = x.abs();
        DoubleVector half = exp(a.sub(OVER_LN2)).mul(HALF_E_TO_OVER_LN2);
        DoubleVector far = half.sub(broadcast(F64, 0.25).div(half));
        DoubleVector z = x.mul(x);
        DoubleVector near = z.fma(7.766116402930453e-13, 1.6056993221402516e-10)
                .fma(z, broadcast(F64, 2.505212694965594e-8)).fma(z, broadcast(F64, 2.7557319129808462e-6))
                .fma(z, broadcast(F64, 1.984126984153284e-4)).fma(z, broadcast(F64, 0.008333333333332969))
                .fma(z, broadcast(F64, 0.16666666666666669)).mul(z).fma(a, a);
        return F64Math.withSign(far.blend(near, a.compare(VectorOperators.LT, 1)), x);
    }

    /** {@code e^|x| / 2 + e^-|x| / 2}. Error below 3 units in the last place. */
    static DoubleVector cosh(DoubleVector x) {
        DoubleVector half = exp(x.abs().sub(OVER_LN2)).mul(HALF_E_TO_OVER_LN2);
        return half.add(broadcast(F64, 0.25).div(half));
    }

    /** {@code log(exp(a) + exp(b))} without overflow. */
    static DoubleVector logaddexp(DoubleVector a, DoubleVector b) {
        DoubleVector max = a.max(b);
        DoubleVector min = a.min(b);
        DoubleVector e = exp(min.sub(max));
        // 1 + e = 2^n * (1 + f), where n is 0 or 1.
        VectorMask<Double> twice = e.compare(VectorOperators.GT, 0.41421356237309503);
        DoubleVector f = e.blend(e.fma(0.5, -0.5), twice);
        DoubleVector log = logOfSum(f, DoubleVector.zero(F64));
        DoubleVector y = max.add(log.blend(log.add(LN2), twice));
        VectorMask<Double> one = max.compare(VectorOperators.EQ, Double.POSITIVE_INFINITY)
                .or(min.compare(VectorOperators.EQ, Double.NEGATIVE_INFINITY));
        return y.blend(max, one);
    }

    /** The n of a double's bits, where the double is {@code 2^n * (1 + f)} and {@code 1 + f} between the roots of 1/2 and 2. */
    private static LongVector exponent(LongVector bits) {
        return bits.sub(ROOT_HALF).lanewise(VectorOperators.ASHR, FRACTION_BITS);
    }

    /** The f. */
    private static DoubleVector fraction(LongVector bits, LongVector exponent) {
        return bits.sub(exponent.lanewise(VectorOperators.LSHL, FRACTION_BITS)).reinterpretAsDoubles().sub(1);
    }

    /** Not every processor converts longs. */
    private static DoubleVector toDouble(LongVector exponent) {
        return exponent.add(SHIFTER_BITS).reinterpretAsDoubles().sub(SHIFTER);
    }

    /**
     * {@code log(1 + f)}, and something small added before it is rounded: {@code f - (f^2 / 2 - s * (f^2 / 2 + r))}, where
     * {@code r} is what the series of {@code log((1 + s) / (1 - s)) / s} has beyond 2.
     */
    private static DoubleVector logOfSum(DoubleVector f, DoubleVector small) {
        DoubleVector s = f.div(f.add(2));
        DoubleVector half = f.mul(f).mul(0.5);
        DoubleVector z = s.mul(s);
        DoubleVector r = z.fma(0.1479708892341126, 0.1531393684462625).fma(z, broadcast(F64, 0.18183568794830537))
                .fma(z, broadcast(F64, 0.22222198485812406)).fma(z, broadcast(F64, 0.28571428743267785))
                .fma(z, broadcast(F64, 0.3999999999941046)).fma(z, broadcast(F64, 0.6666666666666735)).mul(z);
        return r.add(half).fma(s, small).sub(half).add(f);
    }

    /** {@code y} where {@code x} is positive and finite, and what a logarithm is elsewhere. */
    private static DoubleVector special(DoubleVector y, DoubleVector x) {
        return y.blend(x, x.compare(VectorOperators.LT, Double.POSITIVE_INFINITY).not())
                .blend(Double.NaN, x.compare(VectorOperators.LT, 0))
                .blend(Double.NEGATIVE_INFINITY, x.compare(VectorOperators.EQ, 0));
    }
}
