package dev.kiln.backends.cpu.vector;

import dev.kiln.backends.cpu.FloatRows;
import dev.kiln.backends.cpu.LoopTemplate;
import dev.kiln.backends.cpu.Reg;
import dev.kiln.backends.cpu.vector.F64RowTemplates.Fold;
import dev.kiln.backends.cpu.vector.F64RowTemplates.Function;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** Row loops over doubles. */
final class VectorRowsF64 implements FloatRows {
    private static final Lookup LOOKUP = MethodHandles.lookup();

    private final F64Reduction sum = reduction(new Fold(0, (s, v, _) -> s.add(v), DoubleVector::add));
    private final F64Reduction squares = reduction(new Fold(0, (s, v, _) -> v.fma(v, s), DoubleVector::add));
    private final F64Reduction deviations = reduction(new Fold(0, (s, v, mean) -> {
        DoubleVector deviation = v.sub(mean);
        return deviation.fma(deviation, s);
    }, DoubleVector::add));
    private final F64Reduction exponentials = LoopTemplate.instantiate(LOOKUP, F64RowTemplates.SumSlowly.class,
            new Fold(0, (s, v, shift) -> s.add(F64Exponentials.exp(v.sub(shift))), DoubleVector::add));
    private final F64Reduction product = reduction(new Fold(1, (s, v, _) -> s.mul(v), DoubleVector::mul));
    private final F64Reduction max = reduction(
            new Fold(Double.NEGATIVE_INFINITY, (s, v, _) -> s.max(v), DoubleVector::max));
    private final F64Reduction min = reduction(
            new Fold(Double.POSITIVE_INFINITY, (s, v, _) -> s.min(v), DoubleVector::min));

    private final F64Mapping scale = mapping((v, factor, _) -> v.mul(factor));
    private final F64Mapping standardize = mapping((v, mean, factor) -> v.sub(mean).mul(factor));
    private final F64Mapping exp = mapping((v, shift, _) -> F64Exponentials.exp(v.sub(shift)));

    private static F64Reduction reduction(Fold fold) {
        return LoopTemplate.instantiate(LOOKUP, F64RowTemplates.Reduce.class, fold);
    }

    private static F64Mapping mapping(Function function) {
        return LoopTemplate.instantiate(LOOKUP, F64RowTemplates.Map.class, function);
    }

    @Override
    public double narrow(double value) {
        return value;
    }

    @Override
    public double sum(Reg x, int at, int cols) {
        return sum.run(x.d(), at, cols, 0);
    }

    @Override
    public double sumOfSquares(Reg x, int at, int cols) {
        return squares.run(x.d(), at, cols, 0);
    }

    @Override
    public double sumOfSquaredDeviations(Reg x, int at, int cols, double mean) {
        return deviations.run(x.d(), at, cols, mean);
    }

    @Override
    public double dot(Reg x, Reg u, int at, int cols, double shift) {
        double[] a = x.d();
        double[] b = u.d();
        int lanes = Species.F64.length();
        DoubleVector m = DoubleVector.broadcast(Species.F64, shift);
        DoubleVector even = DoubleVector.zero(Species.F64);
        DoubleVector odd = even;
        int i = 0;
        for (; i <= cols - 2 * lanes; i += 2 * lanes) {
            even = DoubleVector.fromArray(Species.F64, a, at + i).sub(m)
                    .fma(DoubleVector.fromArray(Species.F64, b, at + i), even);
            odd = DoubleVector.fromArray(Species.F64, a, at + i + lanes).sub(m)
                    .fma(DoubleVector.fromArray(Species.F64, b, at + i + lanes), odd);
        }
        for (; i < cols; i += lanes) {
            VectorMask<Double> there = Species.F64.indexInRange(i, cols);
            odd = DoubleVector.fromArray(Species.F64, a, at + i, there).sub(m)
                    .fma(DoubleVector.fromArray(Species.F64, b, at + i, there), odd);
        }
        return Across.sum(even.add(odd));
    }

    @Override
    public double sumOfExp(Reg x, int at, int cols, double shift) {
        return exponentials.run(x.d(), at, cols, shift);
    }

    @Override
    public double product(Reg x, int at, int cols) {
        return product.run(x.d(), at, cols, 0);
    }

    @Override
    public double max(Reg x, int at, int cols) {
        return max.run(x.d(), at, cols, 0);
    }

    @Override
    public double min(Reg x, int at, int cols) {
        return min.run(x.d(), at, cols, 0);
    }

    @Override
    public int indexOf(Reg x, int at, int cols, double value) {
        double[] a = x.d();
        int lanes = Species.F64.length();
        int i = 0;
        for (; i <= cols - lanes && !Double.isNaN(value); i += lanes) {
            VectorMask<Double> found = DoubleVector.fromArray(Species.F64, a, at + i).compare(VectorOperators.EQ,
                    value);
            if (found.anyTrue()) {
                return i + found.firstTrue();
            }
        }
        for (; i < cols; i++) {
            if (a[at + i] == value || (Double.isNaN(a[at + i]) && Double.isNaN(value))) {
                return i;
            }
        }
        return 0;
    }

    @Override
    public void scale(Reg out, Reg x, int at, int cols, double factor) {
        scale.run(out.d(), x.d(), at, cols, factor, 0);
    }

    @Override
    public void standardize(Reg out, Reg x, int at, int cols, double mean, double factor) {
        standardize.run(out.d(), x.d(), at, cols, mean, factor);
    }

    @Override
    public void combine(Reg out, Reg x, Reg u, int at, int cols, double factor, double slope, double shift,
            double level) {
        DoubleVector by = DoubleVector.broadcast(Species.F64, factor);
        DoubleVector p = DoubleVector.broadcast(Species.F64, slope);
        DoubleVector m = DoubleVector.broadcast(Species.F64, shift);
        DoubleVector q = DoubleVector.broadcast(Species.F64, level);
        int lanes = Species.F64.length();
        int whole = cols - cols % lanes;
        for (int i = at; i < at + whole; i += lanes) {
            DoubleVector a = DoubleVector.fromArray(Species.F64, x.d(), i);
            DoubleVector b = DoubleVector.fromArray(Species.F64, u.d(), i);
            a.sub(m).fma(p, q).add(b).mul(by).intoArray(out.d(), i);
        }
        if (whole < cols) {
            VectorMask<Double> rest = Species.F64.indexInRange(whole, cols);
            DoubleVector a = DoubleVector.fromArray(Species.F64, x.d(), at + whole, rest);
            DoubleVector b = DoubleVector.fromArray(Species.F64, u.d(), at + whole, rest);
            a.sub(m).fma(p, q).add(b).mul(by).intoArray(out.d(), at + whole, rest);
        }
    }

    @Override
    public void exp(Reg out, Reg x, int at, int cols, double shift) {
        exp.run(out.d(), x.d(), at, cols, shift, 0);
    }
}
