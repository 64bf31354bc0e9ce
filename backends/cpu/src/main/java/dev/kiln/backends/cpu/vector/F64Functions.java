package dev.kiln.backends.cpu.vector;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** The functions of float64 vectors, each under the name of its operation in camel case. What is true or false is a mask. */
final class F64Functions {

    private F64Functions() {}

    static DoubleVector abs(DoubleVector v) {
        return v.lanewise(VectorOperators.ABS);
    }

    static DoubleVector negative(DoubleVector v) {
        return v.lanewise(VectorOperators.NEG);
    }

    static DoubleVector sqrt(DoubleVector v) {
        return v.lanewise(VectorOperators.SQRT);
    }

    static DoubleVector expm1(DoubleVector v) {
        return F64Exponentials.expm1(v);
    }

    static DoubleVector log(DoubleVector v) {
        return F64Exponentials.log(v);
    }

    static DoubleVector log10(DoubleVector v) {
        return F64Exponentials.log10(v);
    }

    static DoubleVector log1p(DoubleVector v) {
        return F64Exponentials.log1p(v);
    }

    static DoubleVector sin(DoubleVector v) {
        return F64Trigonometry.sin(v);
    }

    static DoubleVector cos(DoubleVector v) {
        return F64Trigonometry.cos(v);
    }

    static DoubleVector tan(DoubleVector v) {
        return F64Trigonometry.tan(v);
    }

    static DoubleVector arcsin(DoubleVector v) {
        return F64Trigonometry.arcsin(v);
    }

    static DoubleVector arccos(DoubleVector v) {
        return F64Trigonometry.arccos(v);
    }

    static DoubleVector arctan(DoubleVector v) {
        return F64Trigonometry.arctan(v);
    }

    static DoubleVector sinh(DoubleVector v) {
        return F64Exponentials.sinh(v);
    }

    static DoubleVector cosh(DoubleVector v) {
        return F64Exponentials.cosh(v);
    }

    static DoubleVector exp(DoubleVector v) {
        return F64Exponentials.exp(v);
    }

    static DoubleVector sign(DoubleVector v) {
        return F64Math.sign(v);
    }

    static DoubleVector square(DoubleVector v) {
        return v.mul(v);
    }

    static DoubleVector rsqrt(DoubleVector v) {
        return DoubleVector.broadcast(Species.F64, 1).div(v.sqrt());
    }

    static DoubleVector reciprocal(DoubleVector v) {
        return DoubleVector.broadcast(Species.F64, 1).div(v);
    }

    static DoubleVector sigmoid(DoubleVector v) {
        return F64Math.sigmoid(v);
    }

    static DoubleVector ceil(DoubleVector v) {
        return F64Math.ceil(v);
    }

    static DoubleVector floor(DoubleVector v) {
        return F64Math.floor(v);
    }

    static DoubleVector round(DoubleVector v) {
        return F64Math.round(v);
    }

    static VectorMask<Double> logicalNot(DoubleVector v) {
        return v.compare(VectorOperators.EQ, 0);
    }

    static VectorMask<Double> isnan(DoubleVector v) {
        return v.test(VectorOperators.IS_NAN);
    }

    static VectorMask<Double> isinf(DoubleVector v) {
        return v.test(VectorOperators.IS_INFINITE);
    }

    static VectorMask<Double> isfinite(DoubleVector v) {
        return v.test(VectorOperators.IS_FINITE);
    }

    static VectorMask<Double> isposinf(DoubleVector v) {
        return v.compare(VectorOperators.EQ, Double.POSITIVE_INFINITY);
    }

    static VectorMask<Double> isneginf(DoubleVector v) {
        return v.compare(VectorOperators.EQ, Double.NEGATIVE_INFINITY);
    }

    static DoubleVector add(DoubleVector a, DoubleVector b) {
        return a.add(b);
    }

    static DoubleVector subtract(DoubleVector a, DoubleVector b) {
        return a.sub(b);
    }

    static DoubleVector multiply(DoubleVector a, DoubleVector b) {
        return a.mul(b);
    }

    static DoubleVector divide(DoubleVector a, DoubleVector b) {
        return a.div(b);
    }

    static DoubleVector maximum(DoubleVector a, DoubleVector b) {
        return a.max(b);
    }

    static DoubleVector minimum(DoubleVector a, DoubleVector b) {
        return a.min(b);
    }

    static DoubleVector floorDivide(DoubleVector a, DoubleVector b) {
        return F64Math.floor(a.div(b));
    }

    static DoubleVector logaddexp(DoubleVector a, DoubleVector b) {
        return F64Exponentials.logaddexp(a, b);
    }

    static VectorMask<Double> equal(DoubleVector a, DoubleVector b) {
        return a.compare(VectorOperators.EQ, b);
    }

    static VectorMask<Double> notEqual(DoubleVector a, DoubleVector b) {
        return a.compare(VectorOperators.NE, b);
    }

    static VectorMask<Double> less(DoubleVector a, DoubleVector b) {
        return a.compare(VectorOperators.LT, b);
    }

    static VectorMask<Double> lessEqual(DoubleVector a, DoubleVector b) {
        return a.compare(VectorOperators.LE, b);
    }

    static VectorMask<Double> greater(DoubleVector a, DoubleVector b) {
        return a.compare(VectorOperators.GT, b);
    }

    static VectorMask<Double> greaterEqual(DoubleVector a, DoubleVector b) {
        return a.compare(VectorOperators.GE, b);
    }

    static VectorMask<Double> logicalAnd(DoubleVector a, DoubleVector b) {
        return a.compare(VectorOperators.NE, 0).and(b.compare(VectorOperators.NE, 0));
    }

    static VectorMask<Double> logicalOr(DoubleVector a, DoubleVector b) {
        return a.compare(VectorOperators.NE, 0).or(b.compare(VectorOperators.NE, 0));
    }
}
