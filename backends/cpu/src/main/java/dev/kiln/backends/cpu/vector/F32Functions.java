package dev.kiln.backends.cpu.vector;

import static dev.kiln.backends.cpu.vector.Species.F32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * The functions of float32 vectors, each under the name of its operation in camel case: a row of the table of loops, and what
 * {@link RowCodeWriter} copies into the loops that it writes.
 *
 * <p>
 * Those that {@link dev.kiln.backends.cpu.Formula} names beyond the operations are here too. What is true or false is a mask.
 */
final class F32Functions {

    private F32Functions() {}

    static FloatVector abs(FloatVector v) {
        return v.lanewise(VectorOperators.ABS);
    }

    static FloatVector negative(FloatVector v) {
        return v.lanewise(VectorOperators.NEG);
    }

    static FloatVector sqrt(FloatVector v) {
        return v.lanewise(VectorOperators.SQRT);
    }

    static FloatVector expm1(FloatVector v) {
        return F32Exponentials.expm1(v);
    }

    static FloatVector power(FloatVector v, FloatVector exponent) {
        return F32Power.of(v, exponent);
    }

    static FloatVector log(FloatVector v) {
        return F32Math.log(v);
    }

    static FloatVector log10(FloatVector v) {
        return F32Exponentials.log10(v);
    }

    static FloatVector log1p(FloatVector v) {
        return F32Exponentials.log1p(v);
    }

    static FloatVector sin(FloatVector v) {
        return F32Trigonometry.sin(v);
    }

    static FloatVector cos(FloatVector v) {
        return F32Trigonometry.cos(v);
    }

    static FloatVector tan(FloatVector v) {
        return F32Trigonometry.tan(v);
    }

    static FloatVector arcsin(FloatVector v) {
        return F32Trigonometry.arcsin(v);
    }

    static FloatVector arccos(FloatVector v) {
        return F32Trigonometry.arccos(v);
    }

    static FloatVector arctan(FloatVector v) {
        return F32Trigonometry.arctan(v);
    }

    static FloatVector sinh(FloatVector v) {
        return F32Exponentials.sinh(v);
    }

    static FloatVector cosh(FloatVector v) {
        return F32Exponentials.cosh(v);
    }

    static FloatVector tanh(FloatVector v) {
        return F32Math.tanh(v);
    }

    static FloatVector exp(FloatVector v) {
        return F32Math.exp(v);
    }

    static FloatVector sign(FloatVector v) {
        return F32Math.sign(v);
    }

    static FloatVector square(FloatVector v) {
        return v.mul(v);
    }

    static FloatVector rsqrt(FloatVector v) {
        return FloatVector.broadcast(F32, 1).div(v.sqrt());
    }

    static FloatVector reciprocal(FloatVector v) {
        return FloatVector.broadcast(F32, 1).div(v);
    }

    static FloatVector sigmoid(FloatVector v) {
        return F32Math.sigmoid(v);
    }

    static FloatVector erf(FloatVector v) {
        return F32Math.erf(v);
    }

    static FloatVector erfinv(FloatVector v) {
        return F32Math.erfinv(v);
    }

    static FloatVector ceil(FloatVector v) {
        return F32Math.ceil(v);
    }

    static FloatVector floor(FloatVector v) {
        return F32Math.floor(v);
    }

    static FloatVector round(FloatVector v) {
        return F32Math.round(v);
    }

    static VectorMask<Float> logicalNot(FloatVector v) {
        return v.compare(VectorOperators.EQ, 0);
    }

    static VectorMask<Float> isnan(FloatVector v) {
        return v.test(VectorOperators.IS_NAN);
    }

    static VectorMask<Float> isinf(FloatVector v) {
        return v.test(VectorOperators.IS_INFINITE);
    }

    static VectorMask<Float> isfinite(FloatVector v) {
        return v.test(VectorOperators.IS_FINITE);
    }

    static VectorMask<Float> isposinf(FloatVector v) {
        return v.compare(VectorOperators.EQ, Float.POSITIVE_INFINITY);
    }

    static VectorMask<Float> isneginf(FloatVector v) {
        return v.compare(VectorOperators.EQ, Float.NEGATIVE_INFINITY);
    }

    static FloatVector add(FloatVector a, FloatVector b) {
        return a.add(b);
    }

    static FloatVector subtract(FloatVector a, FloatVector b) {
        return a.sub(b);
    }

    static FloatVector multiply(FloatVector a, FloatVector b) {
        return a.mul(b);
    }

    static FloatVector divide(FloatVector a, FloatVector b) {
        return a.div(b);
    }

    static FloatVector maximum(FloatVector a, FloatVector b) {
        return a.max(b);
    }

    static FloatVector minimum(FloatVector a, FloatVector b) {
        return a.min(b);
    }

    static FloatVector floorDivide(FloatVector a, FloatVector b) {
        return F32Math.floor(a.div(b));
    }

    static FloatVector logaddexp(FloatVector a, FloatVector b) {
        return F32Exponentials.logaddexp(a, b);
    }

    static VectorMask<Float> equal(FloatVector a, FloatVector b) {
        return a.compare(VectorOperators.EQ, b);
    }

    static VectorMask<Float> notEqual(FloatVector a, FloatVector b) {
        return a.compare(VectorOperators.NE, b);
    }

    static VectorMask<Float> less(FloatVector a, FloatVector b) {
        return a.compare(VectorOperators.LT, b);
    }

    static VectorMask<Float> lessEqual(FloatVector a, FloatVector b) {
        return a.compare(VectorOperators.LE, b);
    }

    static VectorMask<Float> greater(FloatVector a, FloatVector b) {
        return a.compare(VectorOperators.GT, b);
    }

    static VectorMask<Float> greaterEqual(FloatVector a, FloatVector b) {
        return a.compare(VectorOperators.GE, b);
    }

    static VectorMask<Float> logicalAnd(FloatVector a, FloatVector b) {
        return a.compare(VectorOperators.NE, 0).and(b.compare(VectorOperators.NE, 0));
    }

    static VectorMask<Float> logicalOr(FloatVector a, FloatVector b) {
        return a.compare(VectorOperators.NE, 0).or(b.compare(VectorOperators.NE, 0));
    }

    static VectorMask<Float> logicalNot(VectorMask<Float> a) {
        return a.not();
    }

    static VectorMask<Float> logicalAnd(VectorMask<Float> a, VectorMask<Float> b) {
        return a.and(b);
    }

    static VectorMask<Float> logicalOr(VectorMask<Float> a, VectorMask<Float> b) {
        return a.or(b);
    }

    static FloatVector where(VectorMask<Float> condition, FloatVector a, FloatVector b) {
        return b.blend(a, condition);
    }

    static VectorMask<Float> toBool(FloatVector v) {
        return v.compare(VectorOperators.NE, 0);
    }

    static FloatVector fromBool(VectorMask<Float> v) {
        return FloatVector.zero(F32).blend(1, v);
    }

    static FloatVector toFloat16(FloatVector v) {
        return SixteenBits.toFloat16(v);
    }

    static FloatVector toBfloat16(FloatVector v) {
        return SixteenBits.toBfloat16(v);
    }

    /** For a shift that is not smaller. */
    static FloatVector expOfDifference(FloatVector v, FloatVector shift) {
        return F32Math.expOfNegative(v.sub(shift));
    }

    /** 2^24 times that. */
    static FloatVector scaledExpOfDifference(FloatVector v, FloatVector shift) {
        return F32Math.scaledExpOfNegative(v.sub(shift));
    }

    static FloatVector standardize(FloatVector v, FloatVector mean, FloatVector factor) {
        return v.sub(mean).mul(factor);
    }

    /** {@code factor * (u + (slope * (x - shift) + level))}. */
    static FloatVector combine(FloatVector x, FloatVector u, FloatVector factor, FloatVector slope, FloatVector shift,
            FloatVector level) {
        return x.sub(shift).fma(slope, level).add(u).mul(factor);
    }
}
