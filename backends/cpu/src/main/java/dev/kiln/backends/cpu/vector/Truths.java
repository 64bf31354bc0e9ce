package dev.kiln.backends.cpu.vector;

import static dev.kiln.backends.cpu.vector.SixteenBits.NATIVE;
import static dev.kiln.backends.cpu.vector.Species.F32;
import static dev.kiln.backends.cpu.vector.Species.I8_QUARTER;

import dev.kiln.graph.OffHeap;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** Truth values for the lanes of a vector of float32, in memory a byte each, by a vector of as many bytes; used as {@link VectorMemory} is. */
final class Truths {

    /** Which class is to be used: vectors of 128 bits have fewer lanes than any vector of bytes. */
    static final Class<?> IN_USE = I8_QUARTER.length() == F32.length() ? Truths.class : FourTruths.class;

    private Truths() {}

    static VectorMask<Float> readBool(long address) {
        return ByteVector.fromMemorySegment(I8_QUARTER, OffHeap.ALL, address, NATIVE).compare(VectorOperators.NE, 0)
                .cast(F32);
    }

    static VectorMask<Float> readBool(long address, VectorMask<Float> there) {
        return ByteVector.fromMemorySegment(I8_QUARTER, OffHeap.ALL, address, NATIVE, there.cast(I8_QUARTER))
                .compare(VectorOperators.NE, 0).cast(F32);
    }

    static void writeBool(VectorMask<Float> v, long address) {
        ByteVector.zero(I8_QUARTER).blend(1, v.cast(I8_QUARTER)).intoMemorySegment(OffHeap.ALL, address, NATIVE);
    }

    static void writeBool(VectorMask<Float> v, long address, VectorMask<Float> there) {
        ByteVector.zero(I8_QUARTER).blend(1, v.cast(I8_QUARTER)).intoMemorySegment(OffHeap.ALL, address, NATIVE,
                there.cast(I8_QUARTER));
    }
}
