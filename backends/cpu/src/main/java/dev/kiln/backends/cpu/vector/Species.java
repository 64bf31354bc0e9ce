package dev.kiln.backends.cpu.vector;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector shapes in use: the widest of the machine, or {@code kiln.vector.bits} (128, 256 or 512), which the tests set. Constants, so
 * that the compiler sees plain registers.
 */
final class Species {
    private static final int BITS = Integer.getInteger("kiln.vector.bits",
            FloatVector.SPECIES_PREFERRED.vectorBitSize());
    private static final VectorShape FULL = VectorShape.forBitSize(BITS);
    private static final VectorShape HALF = VectorShape.forBitSize(BITS / 2);

    static final VectorSpecies<Float> F32 = FloatVector.SPECIES_PREFERRED.withShape(FULL);
    static final VectorSpecies<Integer> I32 = IntVector.SPECIES_PREFERRED.withShape(FULL);
    static final VectorSpecies<Double> F64 = DoubleVector.SPECIES_PREFERRED.withShape(FULL);
    static final VectorSpecies<Long> I64 = LongVector.SPECIES_PREFERRED.withShape(FULL);

    /** Floats as many as there are longs in a full vector. */
    static final VectorSpecies<Float> F32_HALF = FloatVector.SPECIES_PREFERRED.withShape(HALF);
    /** Shorts as many as there are floats in a full vector. */
    static final VectorSpecies<Short> I16_HALF = ShortVector.SPECIES_PREFERRED.withShape(HALF);

    /** Bytes as many as there are floats in a full vector, or eight if that is four. */
    static final VectorSpecies<Byte> I8_QUARTER = ByteVector.SPECIES_PREFERRED
            .withShape(VectorShape.forBitSize(Math.max(64, BITS / 4)));

    private Species() {}
}
