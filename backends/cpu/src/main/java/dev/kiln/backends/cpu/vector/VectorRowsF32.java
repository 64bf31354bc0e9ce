package dev.kiln.backends.cpu.vector;

import dev.kiln.backends.cpu.FloatRows;
import dev.kiln.backends.cpu.LoopTemplate;
import dev.kiln.backends.cpu.Reg;
import dev.kiln.backends.cpu.vector.F32RowTemplates.Fold;
import dev.kiln.backends.cpu.vector.F32RowTemplates.Function;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** Row loops over floats. */
final class VectorRowsF32 implements FloatRows {
    private static final Lookup LOOKUP = MethodHandles.lookup();

    private final F32Reduction sum = reduction(new Fold(0, (s, v, _) -> s.add(v), FloatVector::add));
    private final F32Reduction squares = reduction(new Fold(0, (s, v, _) -> v.fma(v, s), FloatVector::add));
    private final F32Reduction deviations = reduction(new Fold(0, (s, v, mean) -> {
        FloatVector deviation = v.sub(mean);
        return deviation.fma(deviation, s);
    }, FloatVector::add));
    private final F32Reduction exponentials = LoopTemplate.instantiate(LOOKUP, F32RowTemplates.SumSlowly.class,
            new Fold(0, (s, v, shift) -> s.add(F32Math.expOfNegative(v.sub(shift))), FloatVector::add));
    private final F32Reduction product = reduction(new Fold(1, (s, v, _) -> s.mul(v), FloatVector::mul));
    private final F32Reduction max = reduction(
            new Fold(Float.NEGATIVE_INFINITY, (s, v, _) -> s.max(v), FloatVector::max));
    private final F32Reduction min = reduction(
            new Fold(Float.POSITIVE_INFINITY, (s, v, _) -> s.min(v), FloatVector::min));

    private final F32Mapping scale = mapping((v, factor, _) -> v.mul(factor));
    private final F32Mapping standardize = mapping((v, mean, factor) -> v.sub(mean).mul(factor));
    private final F32Mapping exp = mapping((v, shift, _) -> F32Functions.expOfDifference(v, shift));

    private static F32Reduction reduction(Fold fold) {
        return LoopTemplate.instantiate(LOOKUP, F32RowTemplates.Reduce.class, fold);
    }

    private static F32Mapping mapping(Function function) {
        return LoopTemplate.instantiate(LOOKUP, F32RowTemplates.Map.class, function);
    }

    @Override
    public double narrow(double value) {
        return (float) value;
    }

    @Override
    public double sum(Reg x, int at, int cols) {
        return sum.run(x.f(), at, cols, 0);
    }

    @Override
    public double sumOfSquares(Reg x, int at, int cols) {
        return squares.run(x.f(), at, cols, 0);
    }

    @Override
    public double sumOfSquaredDeviations(Reg x, int at, int cols, double mean) {
        return deviations.run(x.f(), at, cols, (float) mean);
    }

    @Override
    public double dot(Reg v, Reg u, int at, int cols, double shift) {
        float[] a = v.f();
        float[] b = u.f();
        int lanes = Species.F32.length();
        FloatVector m = FloatVector.broadcast(Species.F32, (float) shift);
        FloatVector s0 = FloatVector.zero(Species.F32);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        int i = 0;
        for (; i <= cols - 4 * lanes; i += 4 * lanes) {
            s0 = dot(a, b, at + i, m, s0);
            s1 = dot(a, b, at + i + lanes, m, s1);
            s2 = dot(a, b, at + i + 2 * lanes, m, s2);
            s3 = dot(a, b, at + i + 3 * lanes, m, s3);
        }
        for (; i <= cols - lanes; i += lanes) {
            s0 = dot(a, b, at + i, m, s0);
        }
        if (i < cols) {
            VectorMask<Float> rest = Species.F32.indexInRange(i, cols);
            FloatVector x = FloatVector.fromArray(Species.F32, a, at + i, rest);
            FloatVector y = FloatVector.fromArray(Species.F32, b, at + i, rest);
            s1 = s1.blend(F32Folds.dot(s1, x, y, m), rest);
        }
        return Across.sum(s0.add(s1).add(s2.add(s3)));
    }

    private static FloatVector dot(float[] x, float[] u, int at, FloatVector shift, FloatVector partial) {
        return F32Folds.dot(partial, FloatVector.fromArray(Species.F32, x, at),
                FloatVector.fromArray(Species.F32, u, at), shift);
    }

    @Override
    public double sumOfExp(Reg x, int at, int cols, double shift) {
        return exponentials.run(x.f(), at, cols, (float) shift);
    }

    @Override
    public double product(Reg x, int at, int cols) {
        return product.run(x.f(), at, cols, 0);
    }

    @Override
    public double max(Reg x, int at, int cols) {
        return max.run(x.f(), at, cols, 0);
    }

    @Override
    public double min(Reg x, int at, int cols) {
        return min.run(x.f(), at, cols, 0);
    }

    @Override
    public int indexOf(Reg x, int at, int cols, double value) {
        float[] a = x.f();
        int lanes = Species.F32.length();
        int i = 0;
        for (; i <= cols - lanes && !Double.isNaN(value); i += lanes) {
            VectorMask<Float> found = FloatVector.fromArray(Species.F32, a, at + i).compare(VectorOperators.EQ,
                    (float) value);
            if (found.anyTrue()) {
                return i + found.firstTrue();
            }
        }
        for (; i < cols; i++) {
            if (a[at + i] == value || (Float.isNaN(a[at + i]) && Double.isNaN(value))) {
                return i;
            }
        }
        return 0;
    }

    @Override
    public void scale(Reg out, Reg x, int at, int cols, double factor) {
        scale.run(out.f(), x.f(), at, cols, (float) factor, 0);
    }

    @Override
    public void standardize(Reg out, Reg x, int at, int cols, double mean, double factor) {
        standardize.run(out.f(), x.f(), at, cols, (float) mean, (float) factor);
    }

    @Override
    public void combine(Reg out, Reg x, Reg u, int at, int cols, double factor, double slope, double shift,
            double level) {
        FloatVector by = FloatVector.broadcast(Species.F32, (float) factor);
        FloatVector p = FloatVector.broadcast(Species.F32, (float) slope);
        FloatVector m = FloatVector.broadcast(Species.F32, (float) shift);
        FloatVector q = FloatVector.broadcast(Species.F32, (float) level);
        int lanes = Species.F32.length();
        int whole = cols - cols % lanes;
        for (int i = at; i < at + whole; i += lanes) {
            FloatVector a = FloatVector.fromArray(Species.F32, x.f(), i);
            FloatVector b = FloatVector.fromArray(Species.F32, u.f(), i);
            a.sub(m).fma(p, q).add(b).mul(by).intoArray(out.f(), i);
        }
        if (whole < cols) {
            VectorMask<Float> rest = Species.F32.indexInRange(whole, cols);
            FloatVector a = FloatVector.fromArray(Species.F32, x.f(), at + whole, rest);
            FloatVector b = FloatVector.fromArray(Species.F32, u.f(), at + whole, rest);
            a.sub(m).fma(p, q).add(b).mul(by).intoArray(out.f(), at + whole, rest);
        }
    }

    @Override
    public void exp(Reg out, Reg x, int at, int cols, double shift) {
        exp.run(out.f(), x.f(), at, cols, (float) shift, 0);
    }
}
