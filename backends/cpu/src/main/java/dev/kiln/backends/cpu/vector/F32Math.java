package dev.kiln.backends.cpu.vector;

import static dev.kiln.backends.cpu.vector.Species.F32;
import static jdk.incubator.vector.FloatVector.broadcast;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Functions of float vectors that the Vector API lacks, or has only as a call into a library that not every platform
 * has. The polynomials are our own minimax fits (weighted least squares in 40-digit arithmetic).
 *
 * <p>The JIT compiler stops inlining our methods into a loop, and boxes vectors, when some 8000 bytes of bytecode are
 * inlined already (the JVM's {@code DesiredMethodLimit}), and every vector operation counts a few hundred. Hence a
 * function calls another one first and does the rest of its work itself, and multiplies and adds in one operation.
 */
final class F32Math {
    static final float LOG2_E = 1.442695f;
    /** ln 2 in two parts, of which the first has trailing zeros: its product with an exponent is exact. */
    static final float LN2_HIGH = 0x1.62e4p-1f;
    static final float LN2_LOW = 1.4286068e-6f;
    static final float LN2 = 0.6931472f;
    /** Adding it leaves a float rounded to an integer in the low bits. */
    static final float SHIFTER = 0x1.8p23f;
    static final int SHIFTER_BITS = Float.floatToRawIntBits(SHIFTER);
    /** With 24 and the bias of exponents added, so that the low bits are an exponent as a float has it. */
    private static final float BIASED_SHIFTER = SHIFTER + 127 + 24;
    /** From here on all floats are integers. */
    private static final float INTEGERS = 0x1p23f;
    private static final int SIGN = 0x8000_0000;
    /** The root of 1/2 as bits. */
    private static final int ROOT_HALF = 0x3F35_04F3;

    private F32Math() {}

    /** {@code 2^k * e^r} with {@code |r| <= ln 2 / 2}; relative error below 1.2e-7. */
    static FloatVector exp(FloatVector x) {
        FloatVector shifted = x.fma(LOG2_E, SHIFTER);
        FloatVector k = shifted.sub(SHIFTER);
        FloatVector r = k.fma(broadcast(F32, -LN2_LOW), k.fma(broadcast(F32, -LN2_HIGH), x));
        FloatVector q = r.fma(0.0013814598f, 0.008368717f).fma(r, broadcast(F32, 0.04166839f))
                .fma(r, broadcast(F32, 0.16666521f))
                .fma(r, broadcast(F32, 0.49999994f));
        FloatVector p = q.fma(r.mul(r), r).add(1f);
        // In two factors, since 2^k itself may be too large or too small for a float where the result is not.
        IntVector n = shifted.reinterpretAsInts().sub(SHIFTER_BITS);
        IntVector half = n.lanewise(VectorOperators.ASHR, 1);
        FloatVector y = p.mul(powerOfTwo(half)).mul(powerOfTwo(n.sub(half)));
        return y.blend(Float.POSITIVE_INFINITY, x.compare(VectorOperators.GT, 88.7229f))
                .blend(0f, x.compare(VectorOperators.LT, -103.98f));
    }

    private static FloatVector powerOfTwo(IntVector exponent) {
        return exponent.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
    }

    /** The exponential of what is not positive, in fewer steps and not quite as exact as {@link #exp}. */
    static FloatVector expOfNegative(FloatVector x) {
        return scaledExpOfNegative(x).mul(0x1p-24f);
    }

    /**
     * {@code 2^24 * e^x} of what is not positive: {@code 2^(k + 24)} is never too small for a float. Relative error below 2e-7 down to
     * -16, and below 4e-7 down to -87: the product of an exponent and ln 2 as one float is off by 2e-9 times the exponent.
     */
    static FloatVector scaledExpOfNegative(FloatVector x) {
        FloatVector shifted = x.fma(LOG2_E, BIASED_SHIFTER);
        FloatVector r = shifted.sub(BIASED_SHIFTER).fma(broadcast(F32, -LN2), x);
        FloatVector p = r.fma(0.00829027f, 0.04189816f).fma(r, broadcast(F32, 0.16667639f))
                .fma(r, broadcast(F32, 0.49999148f))
                .fma(r, broadcast(F32, 0.9999997f))
                .fma(r, broadcast(F32, 1f));
        return p.mul(shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats()).blend(0f,
                x.compare(VectorOperators.LT, -103.98f));
    }

    /** Written so that the exponential cannot overflow. */
    static FloatVector sigmoid(FloatVector x) {
        FloatVector e = expOfNegative(x.abs().neg());
        return broadcast(F32, 1f).blend(e, x.compare(VectorOperators.LT, 0f)).div(e.add(1f));
    }

    /**
     * An odd rational function, and from 8 on, where it might round to more, 1. Relative error below 3.2e-7. A division and half
     * as many other operations as by way of the exponential.
     */
    static FloatVector tanh(FloatVector x) {
        FloatVector s = x.mul(x);
        FloatVector p = s.fma(1.3776618e-8f, 2.0914971e-5f).fma(s, broadcast(F32, 0.0035142836f))
                .fma(s, broadcast(F32, 0.13396816f)).fma(s, broadcast(F32, 1f));
        FloatVector q = s.fma(7.9495743e-7f, 3.3161254e-4f).fma(s, broadcast(F32, 0.02594825f))
                .fma(s, broadcast(F32, 0.4673014f)).fma(s, broadcast(F32, 1f));
        return p.mul(x).div(q).blend(withSign(broadcast(F32, 1f), x), x.abs().compare(VectorOperators.GE, 8f));
    }

    /**
     * The error function: below 1 an odd polynomial; from there on {@code 1 - e^(-x^2) * P(x)}, up to 4, beyond which
     * it is 1 to float precision. Relative error below 2e-7.
     */
    static FloatVector erf(FloatVector x) {
        FloatVector a = x.abs();
        FloatVector t = a.min(4f);
        FloatVector e = expOfNegative(t.mul(t).neg());
        FloatVector p = t.fma(-3.9378906e-4f, 0.0060657873f).fma(t, broadcast(F32, -0.04131233f))
                .fma(t, broadcast(F32, 0.1650171f)).fma(t, broadcast(F32, -0.43313715f))
                .fma(t, broadcast(F32, 0.79400635f))
                .fma(t, broadcast(F32, -1.0489542f)).fma(t, broadcast(F32, 0.98629177f));
        FloatVector s = x.mul(x);
        FloatVector near = s.fma(7.853859e-5f, -8.010193e-4f).fma(s, broadcast(F32, 0.0051883277f))
                .fma(s, broadcast(F32, -0.02685381f)).fma(s, broadcast(F32, 0.11283585f))
                .fma(s, broadcast(F32, -0.37612626f))
                .fma(s, broadcast(F32, 1.1283791f)).mul(x);
        FloatVector far = broadcast(F32, 1f).sub(e.mul(p));
        FloatVector signed = far.reinterpretAsInts().or(x.reinterpretAsInts().and(SIGN)).reinterpretAsFloats();
        return signed.blend(near, a.compare(VectorOperators.LT, 1f));
    }

    /**
     * {@code n * ln 2 + log(1 + f)} with {@code x = 2^n * (1 + f)} and {@code 1 + f} between the roots of 1/2 and 2; relative error
     * below 1.3e-7.
     */
    static FloatVector log(FloatVector x) {
        VectorMask<Float> subnormal = x.compare(VectorOperators.LT, Float.MIN_NORMAL);
        IntVector bits = x.blend(x.mul(0x1p24f), subnormal).reinterpretAsInts();
        IntVector exponent = exponent(bits);
        FloatVector f = bits.sub(exponent.lanewise(VectorOperators.LSHL, 23)).reinterpretAsFloats().sub(1f);
        FloatVector n = (FloatVector) exponent.convert(VectorOperators.I2F, 0);
        n = n.blend(n.sub(24f), subnormal);
        FloatVector y = n.fma(broadcast(F32, LN2_HIGH), n.fma(broadcast(F32, LN2_LOW), logOfSum(f)));
        return specialLog(y, x);
    }

    /** The n of a float's bits, where the float is {@code 2^n * (1 + f)} and {@code 1 + f} between the roots of 1/2 and 2. */
    static IntVector exponent(IntVector bits) {
        return bits.sub(ROOT_HALF).lanewise(VectorOperators.ASHR, 23);
    }

    /** {@code log(1 + f)} of that f. */
    static FloatVector logOfSum(FloatVector f) {
        FloatVector q = f.fma(-0.076341f, 0.12761419f).fma(f, broadcast(F32, -0.13160259f))
                .fma(f, broadcast(F32, 0.14201786f)).fma(f, broadcast(F32, -0.16623352f))
                .fma(f, broadcast(F32, 0.20001227f)).fma(f, broadcast(F32, -0.2500082f))
                .fma(f, broadcast(F32, 0.3333333f)).fma(f, broadcast(F32, -0.5f));
        return q.fma(f.mul(f), f);
    }

    /** {@code y} where {@code x} is positive and finite, and what a logarithm is elsewhere. */
    static FloatVector specialLog(FloatVector y, FloatVector x) {
        return y.blend(x, x.compare(VectorOperators.LT, Float.POSITIVE_INFINITY).not())
                .blend(Float.NaN, x.compare(VectorOperators.LT, 0f))
                .blend(Float.NEGATIVE_INFINITY, x.compare(VectorOperators.EQ, 0f));
    }

    /**
     * The inverse of the error function: {@code x} times a polynomial of {@code w = -log(1 - x^2)}, or, beyond 5, of its root.
     * Relative error below 4e-7.
     */
    static FloatVector erfinv(FloatVector x) {
        FloatVector w = log(x.neg().fma(x, broadcast(F32, 1f))).neg();
        FloatVector s = w.sub(2.5f);
        FloatVector near = s.fma(2.8533483e-8f, 3.4372533e-7f).fma(s, broadcast(F32, -3.528844e-6f))
                .fma(s, broadcast(F32, -4.3967625e-6f)).fma(s, broadcast(F32, 2.1860214e-4f))
                .fma(s, broadcast(F32, -0.0012537076f)).fma(s, broadcast(F32, -0.0041777077f))
                .fma(s, broadcast(F32, 0.24664073f)).fma(s, broadcast(F32, 1.5014094f));
        FloatVector t = w.sqrt().sub(3f);
        FloatVector far = t.fma(-1.5033247e-4f, 7.592296e-5f).fma(t, broadcast(F32, 0.0012789598f))
                .fma(t, broadcast(F32, -0.0036497845f)).fma(t, broadcast(F32, 0.005771819f))
                .fma(t, broadcast(F32, -0.0076280707f)).fma(t, broadcast(F32, 0.009434039f))
                .fma(t, broadcast(F32, 1.0016743f)).fma(t, broadcast(F32, 2.832977f));
        FloatVector y = near.blend(far, w.compare(VectorOperators.GT, 5f));
        return y.blend(Float.POSITIVE_INFINITY, w.compare(VectorOperators.EQ, Float.POSITIVE_INFINITY)).mul(x);
    }

    static FloatVector sign(FloatVector x) {
        return FloatVector.zero(F32).blend(1f, x.compare(VectorOperators.GT, 0f))
                .blend(-1f, x.compare(VectorOperators.LT, 0f));
    }

    /** Halves to even: adding 2^23 leaves no place for a fraction. */
    static FloatVector round(FloatVector x) {
        FloatVector a = x.abs();
        FloatVector rounded = a.add(INTEGERS).sub(INTEGERS);
        return withSign(a.blend(rounded, a.compare(VectorOperators.LT, INTEGERS)), x);
    }

    static FloatVector floor(FloatVector x) {
        FloatVector rounded = round(x);
        return withSign(rounded.blend(rounded.sub(1f), rounded.compare(VectorOperators.GT, x)), x);
    }

    static FloatVector ceil(FloatVector x) {
        return floor(x.neg()).neg();
    }

    /** The magnitude of one with the sign of the other. */
    static FloatVector withSign(FloatVector magnitude, FloatVector sign) {
        return magnitude.reinterpretAsInts().and(~SIGN).or(sign.reinterpretAsInts().and(SIGN)).reinterpretAsFloats();
    }
}
