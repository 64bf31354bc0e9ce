package dev.kiln.backends.cpu.vector;

import static dev.kiln.backends.cpu.vector.F32Math.LOG2_E;
import static dev.kiln.backends.cpu.vector.F32Math.SHIFTER;
import static dev.kiln.backends.cpu.vector.Species.F32;
import static jdk.incubator.vector.FloatVector.broadcast;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Powers of float vectors: {@code 2^(y * log2(x))}, where the logarithm and the product are pairs of floats, since the exponent
 * magnifies what they are off by up to ninety times. Sums and products of pairs are T. J. Dekker's ("A floating-point technique
 * for extending the available precision", 1971), with fused multiplications. Error below 2.5 units in the last place.
 */
final class F32Power {

    /** What the binary logarithm of e has beyond a float. */
    private static final float LOG2_E_REST = 1.925963e-8f;
    /** Two to this is infinite, to its negative 0. */
    private static final float END = 200;

    private F32Power() {}

    /** As in C, where 1 to any power is 1, and so is -1 to an infinite one; Java has NaN for these. */
    static FloatVector of(FloatVector x, FloatVector exponent) {
        // |x| = 2^n * (1 + f); log(1 + f) = u + correction, where u is 2 f / (2 + f) and (u + uRest) its exact value
        FloatVector a = x.abs();
        VectorMask<Float> subnormal = a.compare(VectorOperators.LT, Float.MIN_NORMAL);
        IntVector bits = a.blend(a.mul(0x1p24f), subnormal).reinterpretAsInts();
        IntVector powers = F32Math.exponent(bits);
        FloatVector m = bits.sub(powers.lanewise(VectorOperators.LSHL, 23)).reinterpretAsFloats();
        FloatVector n = (FloatVector) powers.convert(VectorOperators.I2F, 0);
        n = n.blend(n.sub(24f), subnormal);
        FloatVector twice = m.sub(1f).mul(2f);
        FloatVector under = m.add(1f);
        FloatVector underRest = m.sub(under.sub(1f));
        FloatVector inverse = broadcast(F32, 1f).div(under);
        FloatVector u = twice.mul(inverse);
        FloatVector uRest = u.neg().fma(underRest, u.neg().fma(under, twice)).mul(inverse);
        FloatVector v = u.mul(u);
        // the cube of u + uRest differs from that of u too: v is about 12 times what u is multiplied with
        uRest = uRest.fma(v.mul(0.25f), uRest);
        FloatVector rest = v.fma(4.6929886e-4f, 0.002227357f).fma(v, broadcast(F32, 0.012500266f))
                .fma(v, broadcast(F32, 0.08333333f)).fma(u.mul(v), uRest);
        FloatVector ln = u.add(rest);
        FloatVector lnRest = rest.sub(ln.sub(u));

        // log2(|x|) = log + logRest
        FloatVector p = ln.mul(LOG2_E);
        FloatVector pRest = ln.fma(broadcast(F32, LOG2_E_REST),
                lnRest.fma(broadcast(F32, LOG2_E), ln.fma(broadcast(F32, LOG2_E), p.neg())));
        FloatVector log = n.add(p);
        FloatVector logRest = p.sub(log.sub(n)).add(pRest);
        log = log.blend(Float.NEGATIVE_INFINITY, a.compare(VectorOperators.EQ, 0f))
                .blend(Float.POSITIVE_INFINITY, a.compare(VectorOperators.EQ, Float.POSITIVE_INFINITY));

        // 2^(t + tRest)
        FloatVector product = exponent.mul(log);
        FloatVector t = product.max(-END).min(END);
        FloatVector tRest = exponent.fma(logRest, exponent.fma(log, product.neg()))
                .blend(0f, t.compare(VectorOperators.EQ, product).not());
        FloatVector shifted = t.add(SHIFTER);
        FloatVector r = t.sub(shifted.sub(SHIFTER)).add(tRest);
        FloatVector e = r.fma(1.5503453e-4f, 0.0013391859f).fma(r, broadcast(F32, 0.009617903f))
                .fma(r, broadcast(F32, 0.055503577f)).fma(r, broadcast(F32, 0.24022652f))
                .fma(r, broadcast(F32, 0.6931472f)).fma(r, broadcast(F32, 1f));
        IntVector k = shifted.reinterpretAsInts().sub(F32Math.SHIFTER_BITS);
        IntVector half = k.lanewise(VectorOperators.ASHR, 1);
        FloatVector y = e.mul(half.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats())
                .mul(k.sub(half).add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats());

        VectorMask<Float> special = x.compare(VectorOperators.GT, 0f)
                .and(a.compare(VectorOperators.LT, Float.POSITIVE_INFINITY))
                .and(exponent.abs().compare(VectorOperators.LT, Float.POSITIVE_INFINITY)).not();
        if (special.anyTrue()) {
            y = special(y, x, exponent);
        }
        return y;
    }

    /** Signs, NaNs and ones. */
    private static FloatVector special(FloatVector y, FloatVector x, FloatVector exponent) {
        VectorMask<Float> integer = F32Math.round(exponent).compare(VectorOperators.EQ, exponent);
        FloatVector halved = exponent.mul(0.5f);
        VectorMask<Float> odd = F32Math.round(halved).compare(VectorOperators.NE, halved).and(integer);
        VectorMask<Float> negative = x.reinterpretAsInts().compare(VectorOperators.LT, 0).cast(F32);
        VectorMask<Float> noPower = x.compare(VectorOperators.LT, 0f).andNot(integer)
                .and(x.compare(VectorOperators.GT, Float.NEGATIVE_INFINITY));
        VectorMask<Float> one = x.compare(VectorOperators.EQ, 1f).or(exponent.compare(VectorOperators.EQ, 0f))
                .or(x.compare(VectorOperators.EQ, -1f)
                        .and(exponent.abs().compare(VectorOperators.EQ, Float.POSITIVE_INFINITY)));
        return y.lanewise(VectorOperators.NEG, negative.and(odd))
                .blend(Float.NaN, noPower.or(x.test(VectorOperators.IS_NAN)).or(exponent.test(VectorOperators.IS_NAN)))
                .blend(1f, one);
    }
}
