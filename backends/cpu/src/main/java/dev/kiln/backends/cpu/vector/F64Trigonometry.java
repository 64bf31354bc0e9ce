package dev.kiln.backends.cpu.vector;

import static dev.kiln.backends.cpu.vector.Species.F64;
import static jdk.incubator.vector.DoubleVector.broadcast;

import dev.kiln.backends.cpu.FarAngles;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** Trigonometric functions of double vectors and their inverses, in the ways of {@link F32Trigonometry}. */
final class F64Trigonometry {

    private static final double TWO_OVER_PI = 2 / Math.PI;
    /** Half of pi in three parts. */
    private static final double HALF_PI = Math.PI / 2;
    private static final double HALF_PI_REST = 6.123233995736766e-17;
    private static final double HALF_PI_REST_OF_REST = -1.4973849048591815e-33;
    /** Adding it leaves a double rounded to an integer in the low bits. */
    private static final double SHIFTER = 0x1.8p52;
    /** Up to here three parts of pi are enough for an angle next to a multiple of a quarter turn. */
    private static final double FAR = 0x1p27;
    /** Below this the cube of an angle is nothing beside it. */
    private static final double TINY = 0x1p-27;
    /** The tangents of an eighth of pi and of three. */
    private static final double TAN_EIGHTH = 0.41421356237309503;
    private static final double TAN_THREE_EIGHTHS = 2.414213562373095;

    private F64Trigonometry() {}

    /** Error below 1.5 units in the last place. */
    static DoubleVector sin(DoubleVector x) {
        DoubleVector y = sineAfter(x, 0);
        DoubleVector a = x.abs();
        y = y.blend(x, a.compare(VectorOperators.LT, TINY));
        VectorMask<Double> far = a.compare(VectorOperators.GT, FAR);
        if (far.anyTrue()) {
            y = y.blend(DoubleVector.fromArray(F64, FarAngles.sin(x.toArray()), 0), far);
        }
        return y;
    }

    /** Error below 1.5 units in the last place. */
    static DoubleVector cos(DoubleVector x) {
        DoubleVector y = sineAfter(x, 1);
        VectorMask<Double> far = x.abs().compare(VectorOperators.GT, FAR);
        if (far.anyTrue()) {
            y = y.blend(DoubleVector.fromArray(F64, FarAngles.cos(x.toArray()), 0), far);
        }
        return y;
    }

    /** The quotient of sine and cosine: error below 3 units in the last place. */
    static DoubleVector tan(DoubleVector x) {
        DoubleVector shifted = x.fma(TWO_OVER_PI, SHIFTER);
        DoubleVector r = withoutQuarters(x, shifted);
        DoubleVector z = r.mul(r);
        DoubleVector sin = sine(r, z);
        DoubleVector cos = cosine(z);
        VectorMask<Double> odd = odd(shifted.reinterpretAsLongs());
        DoubleVector y = sin.blend(cos.neg(), odd).div(cos.blend(sin, odd));
        DoubleVector a = x.abs();
        y = y.blend(x, a.compare(VectorOperators.LT, TINY));
        VectorMask<Double> far = a.compare(VectorOperators.GT, FAR);
        if (far.anyTrue()) {
            y = y.blend(DoubleVector.fromArray(F64, FarAngles.tan(x.toArray()), 0), far);
        }
        return y;
    }

    /** The sine of the angle that is {@code quarters} quarter turns after {@code x}. */
    private static DoubleVector sineAfter(DoubleVector x, int quarters) {
        DoubleVector shifted = x.fma(TWO_OVER_PI, SHIFTER);
        DoubleVector r = withoutQuarters(x, shifted);
        DoubleVector z = r.mul(r);
        LongVector turns = shifted.reinterpretAsLongs().add(quarters);
        DoubleVector y = sine(r, z).blend(cosine(z), odd(turns));
        return y.reinterpretAsLongs().lanewise(VectorOperators.XOR, turns.and(2).lanewise(VectorOperators.LSHL, 62))
                .reinterpretAsDoubles();
    }

    private static DoubleVector withoutQuarters(DoubleVector x, DoubleVector shifted) {
        DoubleVector k = shifted.sub(SHIFTER);
        return k.fma(broadcast(F64, -HALF_PI_REST_OF_REST),
                k.fma(broadcast(F64, -HALF_PI_REST), k.fma(broadcast(F64, -HALF_PI), x)));
    }

    private static VectorMask<Double> odd(LongVector turns) {
        return turns.and(1).compare(VectorOperators.NE, 0).cast(F64);
    }

    /** Of {@code |r| <= pi / 4} and its square. */
    private static DoubleVector sine(DoubleVector r, DoubleVector z) {
        return z.fma(1.5896474769304223e-10, -2.505075355887921e-8).fma(z, broadcast(F64, 2.755731367061041e-6))
                .fma(z, broadcast(F64, -1.9841269829775994e-4)).fma(z, broadcast(F64, 0.008333333333322427))
                .fma(z, broadcast(F64, -0.16666666666666632)).mul(z).fma(r, r);
    }

    private static DoubleVector cosine(DoubleVector z) {
        return z.fma(-1.135772500500854e-11, 2.0875684699276234e-9).fma(z, broadcast(F64, -2.7557314055897804e-7))
                .fma(z, broadcast(F64, 2.4801587288402373e-5)).fma(z, broadcast(F64, -0.0013888888888872286))
                .fma(z, broadcast(F64, 0.04166666666666659)).fma(z, broadcast(F64, -0.5))
                .fma(z, broadcast(F64, 1));
    }

    /** Of what is above a half by that of the half angle's sine. Error below 2.5 units in the last place. */
    static DoubleVector arcsin(DoubleVector x) {
        DoubleVector a = x.abs();
        DoubleVector p = arcsineOrHalf(a);
        DoubleVector y = p.blend(p.add(p).sub(HALF_PI_REST).neg().add(HALF_PI), a.compare(VectorOperators.GT, 0.5));
        return F64Math.withSign(y, x);
    }

    /** Error below 2 units in the last place. */
    static DoubleVector arccos(DoubleVector x) {
        DoubleVector a = x.abs();
        DoubleVector p = arcsineOrHalf(a);
        DoubleVector near = F64Math.withSign(p, x).sub(HALF_PI_REST).neg().add(HALF_PI);
        DoubleVector twice = p.add(p);
        DoubleVector far = twice.blend(twice.sub(2 * HALF_PI_REST).neg().add(2 * HALF_PI),
                x.compare(VectorOperators.LT, 0));
        return near.blend(far, a.compare(VectorOperators.GT, 0.5));
    }

    /** The arc sine of what is not above 1/2; from there on that of the root of {@code (1 - a) / 2}. */
    private static DoubleVector arcsineOrHalf(DoubleVector a) {
        VectorMask<Double> half = a.compare(VectorOperators.GT, 0.5);
        DoubleVector z = a.mul(a).blend(a.fma(-0.5, 0.5), half);
        DoubleVector s = a.blend(z.sqrt(), half);
        return z.fma(0.032621913983362213, -0.020988152424985203).fma(z, broadcast(F64, 0.02169960158088511))
                .fma(z, broadcast(F64, 0.003709692847211296)).fma(z, broadcast(F64, 0.010779366526567656))
                .fma(z, broadcast(F64, 0.011399073536172036)).fma(z, broadcast(F64, 0.013980800417058657))
                .fma(z, broadcast(F64, 0.017351613730205717)).fma(z, broadcast(F64, 0.022372214889781247))
                .fma(z, broadcast(F64, 0.03038194271135206)).fma(z, broadcast(F64, 0.04464285717453501))
                .fma(z, broadcast(F64, 0.07499999999970884)).fma(z, broadcast(F64, 0.1666666666666676)).mul(z)
                .fma(s, s);
    }

    /** Less than an eighth of pi from 0, pi/4 or pi/2, whose angle is added. Error below 2 units in the last place. */
    static DoubleVector arctan(DoubleVector x) {
        DoubleVector a = x.abs();
        VectorMask<Double> middle = a.compare(VectorOperators.GT, TAN_EIGHTH);
        VectorMask<Double> steep = a.compare(VectorOperators.GT, TAN_THREE_EIGHTHS);
        DoubleVector over = a.blend(a.sub(1), middle).blend(-1, steep);
        DoubleVector under = broadcast(F64, 1).blend(a.add(1), middle).blend(a, steep);
        DoubleVector base = DoubleVector.zero(F64).blend(HALF_PI / 2, middle).blend(HALF_PI, steep);
        DoubleVector rest = DoubleVector.zero(F64).blend(HALF_PI_REST / 2, middle).blend(HALF_PI_REST, steep);
        DoubleVector t = over.div(under);
        DoubleVector z = t.mul(t);
        DoubleVector y = z.fma(-0.01788316270882194, 0.03804221163146061)
                .fma(z, broadcast(F64, -0.050384071946488126)).fma(z, broadcast(F64, 0.05847685455455934))
                .fma(z, broadcast(F64, -0.06663075268758525)).fma(z, broadcast(F64, 0.0769205760149543))
                .fma(z, broadcast(F64, -0.09090897605187284)).fma(z, broadcast(F64, 0.11111110777910993))
                .fma(z, broadcast(F64, -0.14285714280079256)).fma(z, broadcast(F64, 0.19999999999952336))
                .fma(z, broadcast(F64, -0.3333333333333319)).mul(z).fma(t, rest);
        return F64Math.withSign(y.add(t).add(base), x);
    }
}
