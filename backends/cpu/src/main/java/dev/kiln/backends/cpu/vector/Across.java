package dev.kiln.backends.cpu.vector;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators.Associative;
import jdk.incubator.vector.VectorShuffle;

/**
 * Reductions across a vector in a fixed order, half onto half. The order of {@code reduceLanes} is unspecified for
 * floating-point numbers, and differs between interpreted and compiled code: the same program would give different bits.
 */
final class Across {

    private static final int F32 = Species.F32.length();
    private static final VectorShuffle<Float> F32_BY_8 = VectorShuffle.iota(Species.F32, 8 % F32, 1, true);
    private static final VectorShuffle<Float> F32_BY_4 = VectorShuffle.iota(Species.F32, 4 % F32, 1, true);
    private static final VectorShuffle<Float> F32_BY_2 = VectorShuffle.iota(Species.F32, 2 % F32, 1, true);
    private static final VectorShuffle<Float> F32_BY_1 = VectorShuffle.iota(Species.F32, 1, 1, true);

    private static final int F64 = Species.F64.length();
    private static final VectorShuffle<Double> F64_BY_4 = VectorShuffle.iota(Species.F64, 4 % F64, 1, true);
    private static final VectorShuffle<Double> F64_BY_2 = VectorShuffle.iota(Species.F64, 2 % F64, 1, true);
    private static final VectorShuffle<Double> F64_BY_1 = VectorShuffle.iota(Species.F64, 1, 1, true);

    private Across() {}

    static float reduce(FloatVector v, Associative join) {
        FloatVector r = v;
        if (F32 > 8) {
            r = r.lanewise(join, r.rearrange(F32_BY_8));
        }
        if (F32 > 4) {
            r = r.lanewise(join, r.rearrange(F32_BY_4));
        }
        if (F32 > 2) {
            r = r.lanewise(join, r.rearrange(F32_BY_2));
        }
        return r.lanewise(join, r.rearrange(F32_BY_1)).lane(0);
    }

    /**
     * {@link #reduce(FloatVector, Associative)} for sums. Where the JIT compiler does not inline that one, its operator is
     * not a constant, and every step of it makes vectors on the heap.
     */
    static float sum(FloatVector v) {
        FloatVector r = v;
        if (F32 > 8) {
            r = r.add(r.rearrange(F32_BY_8));
        }
        if (F32 > 4) {
            r = r.add(r.rearrange(F32_BY_4));
        }
        if (F32 > 2) {
            r = r.add(r.rearrange(F32_BY_2));
        }
        return r.add(r.rearrange(F32_BY_1)).lane(0);
    }

    static double reduce(DoubleVector v, Associative join) {
        DoubleVector r = v;
        if (F64 > 4) {
            r = r.lanewise(join, r.rearrange(F64_BY_4));
        }
        if (F64 > 2) {
            r = r.lanewise(join, r.rearrange(F64_BY_2));
        }
        return r.lanewise(join, r.rearrange(F64_BY_1)).lane(0);
    }
}
