package dev.kiln.backends.cpu.vector;

import static dev.kiln.backends.cpu.Elements.ALL;

import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Loads and stores of the vectors that {@link Species} has. */
final class Lanes {

    static final VectorSpecies<Float> FLOATS = Species.F32;
    static final VectorSpecies<Double> DOUBLES = Species.F64;
    static final int FLOAT_COUNT = FLOATS.length();
    static final int DOUBLE_COUNT = DOUBLES.length();
    static final int BYTES = FLOATS.vectorByteSize();

    static final VectorSpecies<Integer> INTS = Species.I32;
    static final VectorSpecies<Short> HALVES = Species.I16_HALF;
    static final ByteOrder ORDER = ByteOrder.nativeOrder();

    private Lanes() {}

    static FloatVector loadFloats(long address) {
        return FloatVector.fromMemorySegment(FLOATS, ALL, address, ORDER);
    }

    static void store(FloatVector vector, long address) {
        vector.intoMemorySegment(ALL, address, ORDER);
    }

    static IntVector loadInts(long address) {
        return IntVector.fromMemorySegment(INTS, ALL, address, ORDER);
    }

    static void store(IntVector vector, long address) {
        vector.intoMemorySegment(ALL, address, ORDER);
    }

    /** The sum of the lanes of the vector at {@code address}. */
    static float sum(long address) {
        return Across.sum(loadFloats(address));
    }

    /** A bfloat16 is the upper half of a float32. */
    static FloatVector loadBfloat16(long address) {
        return halves(address).lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
    }

    /**
     * Widens IEEE halves. Exponent and fraction are moved to their float32 places and the exponent bias is corrected by
     * a multiplication with 2^112, which also normalises subnormals. What lands at 2^16 or beyond was infinite or NaN:
     * there the difference to the bits below 2^16 is negative, and its sign, spread out, sets the largest exponent.
     */
    static FloatVector loadFloat16(long address) {
        IntVector bits = halves(address);
        IntVector magnitude = bits.and(0x7fff).lanewise(VectorOperators.LSHL, 13).reinterpretAsFloats().mul(0x1p112f)
                .reinterpretAsInts();
        IntVector special = magnitude.neg().add(0x477fffff).lanewise(VectorOperators.ASHR, 31).and(0x7f800000);
        return magnitude.or(special).or(bits.and(0x80000000)).reinterpretAsFloats();
    }

    private static IntVector halves(long address) {
        return (IntVector) ShortVector.fromMemorySegment(HALVES, ALL, address, ORDER)
                .convertShape(VectorOperators.S2I, INTS, 0);
    }
}
