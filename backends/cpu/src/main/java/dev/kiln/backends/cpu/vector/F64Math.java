package dev.kiln.backends.cpu.vector;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorOperators;

/** Functions of double vectors that the Vector API lacks. */
final class F64Math {
    /** From here on all doubles are integers. */
    private static final double INTEGERS = 0x1p52;
    private static final long SIGN = Long.MIN_VALUE;

    private F64Math() {}

    /** Written so that the exponential cannot overflow. */
    static DoubleVector sigmoid(DoubleVector x) {
        DoubleVector e = F64Exponentials.exp(x.abs().neg());
        DoubleVector one = DoubleVector.broadcast(Species.F64, 1);
        return one.blend(e, x.compare(VectorOperators.LT, 0)).div(e.add(1));
    }

    static DoubleVector sign(DoubleVector x) {
        return DoubleVector.zero(Species.F64).blend(1, x.compare(VectorOperators.GT, 0))
                .blend(-1, x.compare(VectorOperators.LT, 0));
    }

    /** Halves to even: adding 2^52 leaves no place for a fraction. */
    static DoubleVector round(DoubleVector x) {
        DoubleVector a = x.abs();
        DoubleVector rounded = a.add(INTEGERS).sub(INTEGERS);
        return withSign(a.blend(rounded, a.compare(VectorOperators.LT, INTEGERS)), x);
    }

    static DoubleVector floor(DoubleVector x) {
        DoubleVector rounded = round(x);
        return withSign(rounded.blend(rounded.sub(1), rounded.compare(VectorOperators.GT, x)), x);
    }

    static DoubleVector ceil(DoubleVector x) {
        return floor(x.neg()).neg();
    }

    /** The magnitude of one with the sign of the other. */
    static DoubleVector withSign(DoubleVector magnitude, DoubleVector sign) {
        return magnitude.reinterpretAsLongs().and(~SIGN).or(sign.reinterpretAsLongs().and(SIGN)).reinterpretAsDoubles();
    }
}
