package dev.kiln.backends.cpu.vector;

import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** Truth values between masks and the 0 and 1 of a register. A mask has as many lanes as a vector of longs. */
final class Truth {
    private Truth() {}

    static void store(VectorMask<?> mask, long[] to, int at) {
        LongVector.zero(Species.I64).blend(1, mask.cast(Species.I64)).intoArray(to, at);
    }

    static VectorMask<Long> load(long[] from, int at) {
        return LongVector.fromArray(Species.I64, from, at).compare(VectorOperators.NE, 0);
    }
}
