package dev.kiln.backends.cpu.vector;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;

/**
 * Reductions across a vector in a fixed order, half onto half. The order of {@code reduceLanes} is unspecified for
 * floating-point numbers, and differs between interpreted and compiled code: the same program would give different bits.
 *
 * <p>
 * There is no such reduction for any operator: where the JIT compiler did not inline it, the operator would be no constant,
 * and every step would make vectors on the heap. The templates of row loops have one each, for their constant.
 */
final class Across {

    static final int F32 = Species.F32.length();
    static final VectorShuffle<Float> F32_BY_8 = VectorShuffle.iota(Species.F32, 8 % F32, 1, true);
    static final VectorShuffle<Float> F32_BY_4 = VectorShuffle.iota(Species.F32, 4 % F32, 1, true);
    static final VectorShuffle<Float> F32_BY_2 = VectorShuffle.iota(Species.F32, 2 % F32, 1, true);
    static final VectorShuffle<Float> F32_BY_1 = VectorShuffle.iota(Species.F32, 1, 1, true);

    static final int F64 = Species.F64.length();
    static final VectorShuffle<Double> F64_BY_4 = VectorShuffle.iota(Species.F64, 4 % F64, 1, true);
    static final VectorShuffle<Double> F64_BY_2 = VectorShuffle.iota(Species.F64, 2 % F64, 1, true);
    static final VectorShuffle<Double> F64_BY_1 = VectorShuffle.iota(Species.F64, 1, 1, true);

    private Across() {}

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

    static double sum(DoubleVector v) {
        DoubleVector r = v;
        if (F64 > 4) {
            r = r.add(r.rearrange(F64_BY_4));
        }
        if (F64 > 2) {
            r = r.add(r.rearrange(F64_BY_2));
        }
        return r.add(r.rearrange(F64_BY_1)).lane(0);
    }
}
