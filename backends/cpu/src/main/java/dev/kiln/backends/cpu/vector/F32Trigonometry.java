package dev.kiln.backends.cpu.vector;

import static dev.kiln.backends.cpu.vector.F32Math.SHIFTER;
import static dev.kiln.backends.cpu.vector.Species.F32;
import static jdk.incubator.vector.FloatVector.broadcast;

import dev.kiln.backends.cpu.FarAngles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Trigonometric functions of float vectors and their inverses. The Vector API's own are Java's until the JIT compiler has
 * compiled a loop and a library's from then on, so the bits of a result would depend on when it is computed.
 *
 * <p>
 * Sines take quarter turns off an angle first, in three parts of pi/2 (W. J. Cody and W. Waite, "Software Manual for the
 * Elementary Functions", 1980): fused multiplications keep each step exact or one rounding off. Inverses work on what a half
 * angle or a difference of angles brings near 0. The polynomials are our own fits, as in {@link F32Math}.
 */
final class F32Trigonometry {

    private static final float TWO_OVER_PI = 0.63661975f;
    /** Half of pi in three parts. */
    private static final float HALF_PI = 1.5707964f;
    private static final float HALF_PI_REST = -4.371139e-8f;
    private static final float HALF_PI_REST_OF_REST = -1.7151245e-15f;
    private static final float QUARTER_PI = 0.7853982f;
    /** Beyond this the number of quarter turns, a product rounded to a float, might be off by one hundredth of a turn. */
    private static final float FAR = 0x1p17f;
    /** Below this the cube of an angle is nothing beside it. */
    private static final float TINY = 0x1p-13f;
    /** The tangents of an eighth of pi and of three. */
    private static final float TAN_EIGHTH = 0.41421357f;
    private static final float TAN_THREE_EIGHTHS = 2.4142137f;

    private F32Trigonometry() {}

    /** Error below 1.5 units in the last place. */
    static FloatVector sin(FloatVector x) {
        FloatVector y = sineAfter(x, 0);
        FloatVector a = x.abs();
        y = y.blend(x, a.compare(VectorOperators.LT, TINY));
        VectorMask<Float> far = a.compare(VectorOperators.GT, FAR);
        if (far.anyTrue()) {
            y = y.blend(FloatVector.fromArray(F32, FarAngles.sin(x.toArray()), 0), far);
        }
        return y;
    }

    /** Error below 1.5 units in the last place. */
    static FloatVector cos(FloatVector x) {
        FloatVector y = sineAfter(x, 1);
        VectorMask<Float> far = x.abs().compare(VectorOperators.GT, FAR);
        if (far.anyTrue()) {
            y = y.blend(FloatVector.fromArray(F32, FarAngles.cos(x.toArray()), 0), far);
        }
        return y;
    }

    /** The quotient of sine and cosine: error below 3 units in the last place. */
    static FloatVector tan(FloatVector x) {
        FloatVector shifted = x.fma(TWO_OVER_PI, SHIFTER);
        FloatVector r = withoutQuarters(x, shifted);
        FloatVector z = r.mul(r);
        FloatVector sin = sine(r, z);
        FloatVector cos = cosine(z);
        VectorMask<Float> odd = odd(shifted.reinterpretAsInts());
        FloatVector y = sin.blend(cos.neg(), odd).div(cos.blend(sin, odd));
        FloatVector a = x.abs();
        y = y.blend(x, a.compare(VectorOperators.LT, TINY));
        VectorMask<Float> far = a.compare(VectorOperators.GT, FAR);
        if (far.anyTrue()) {
            y = y.blend(FloatVector.fromArray(F32, FarAngles.tan(x.toArray()), 0), far);
        }
        return y;
    }

    /** The sine of the angle that is {@code quarters} quarter turns after {@code x}. */
    private static FloatVector sineAfter(FloatVector x, int quarters) {
        FloatVector shifted = x.fma(TWO_OVER_PI, SHIFTER);
        FloatVector r = withoutQuarters(x, shifted);
        FloatVector z = r.mul(r);
        IntVector turns = shifted.reinterpretAsInts().add(quarters);
        FloatVector y = sine(r, z).blend(cosine(z), odd(turns));
        return y.reinterpretAsInts().lanewise(VectorOperators.XOR, turns.and(2).lanewise(VectorOperators.LSHL, 30))
                .reinterpretAsFloats();
    }

    private static FloatVector withoutQuarters(FloatVector x, FloatVector shifted) {
        FloatVector k = shifted.sub(SHIFTER);
        return k.fma(broadcast(F32, -HALF_PI_REST_OF_REST),
                k.fma(broadcast(F32, -HALF_PI_REST), k.fma(broadcast(F32, -HALF_PI), x)));
    }

    private static VectorMask<Float> odd(IntVector turns) {
        return turns.and(1).compare(VectorOperators.NE, 0).cast(F32);
    }

    /** Of {@code |r| <= pi / 4} and its square. */
    private static FloatVector sine(FloatVector r, FloatVector z) {
        return z.fma(2.7836832e-6f, -1.9848478e-4f).fma(z, broadcast(F32, 0.008333369f))
                .fma(z, broadcast(F32, -0.16666667f)).mul(z).fma(r, r);
    }

    private static FloatVector cosine(FloatVector z) {
        return z.fma(2.439533e-5f, -0.0013886968f).fma(z, broadcast(F32, 0.041666638f))
                .fma(z, broadcast(F32, -0.5f)).fma(z, broadcast(F32, 1f));
    }

    /** Of what is above a half by that of the half angle's sine. Error below 2.5 units in the last place. */
    static FloatVector arcsin(FloatVector x) {
        FloatVector a = x.abs();
        FloatVector p = arcsineOrHalf(a);
        FloatVector y = p.blend(p.add(p).sub(HALF_PI_REST).neg().add(HALF_PI), a.compare(VectorOperators.GT, 0.5f));
        return F32Math.withSign(y, x);
    }

    /** Error below 2 units in the last place. */
    static FloatVector arccos(FloatVector x) {
        FloatVector a = x.abs();
        FloatVector p = arcsineOrHalf(a);
        FloatVector near = F32Math.withSign(p, x).sub(HALF_PI_REST).neg().add(HALF_PI);
        FloatVector twice = p.add(p);
        FloatVector far = twice.blend(twice.sub(2 * HALF_PI_REST).neg().add(2 * HALF_PI),
                x.compare(VectorOperators.LT, 0f));
        return near.blend(far, a.compare(VectorOperators.GT, 0.5f));
    }

    /** The arc sine of what is not above 1/2; from there on that of the root of {@code (1 - a) / 2}. */
    private static FloatVector arcsineOrHalf(FloatVector a) {
        VectorMask<Float> half = a.compare(VectorOperators.GT, 0.5f);
        FloatVector z = a.mul(a).blend(a.fma(-0.5f, 0.5f), half);
        FloatVector s = a.blend(z.sqrt(), half);
        return z.fma(0.042155467f, 0.024186336f).fma(z, broadcast(F32, 0.045468878f))
                .fma(z, broadcast(F32, 0.07495311f)).fma(z, broadcast(F32, 0.16666752f)).mul(z).fma(s, s);
    }

    /** Less than an eighth of pi from 0, pi/4 or pi/2, whose angle is added. Error below 2 units in the last place. */
    static FloatVector arctan(FloatVector x) {
        FloatVector a = x.abs();
        VectorMask<Float> middle = a.compare(VectorOperators.GT, TAN_EIGHTH);
        VectorMask<Float> steep = a.compare(VectorOperators.GT, TAN_THREE_EIGHTHS);
        FloatVector over = a.blend(a.sub(1f), middle).blend(-1f, steep);
        FloatVector under = broadcast(F32, 1f).blend(a.add(1f), middle).blend(a, steep);
        FloatVector base = FloatVector.zero(F32).blend(QUARTER_PI, middle).blend(HALF_PI, steep);
        FloatVector rest = FloatVector.zero(F32).blend(HALF_PI_REST / 2, middle).blend(HALF_PI_REST, steep);
        FloatVector t = over.div(under);
        FloatVector z = t.mul(t);
        FloatVector y = z.fma(-0.06089403f, 0.10599001f).fma(z, broadcast(F32, -0.1424438f))
                .fma(z, broadcast(F32, 0.19998528f)).fma(z, broadcast(F32, -0.33333316f)).mul(z).fma(t, rest);
        return F32Math.withSign(y.add(t).add(base), x);
    }
}
