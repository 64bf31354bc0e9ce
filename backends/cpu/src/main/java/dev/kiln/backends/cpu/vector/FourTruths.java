package dev.kiln.backends.cpu.vector;

import static dev.kiln.backends.cpu.vector.SixteenBits.NATIVE;
import static dev.kiln.backends.cpu.vector.Species.F32;
import static dev.kiln.backends.cpu.vector.Species.I32;
import static dev.kiln.backends.cpu.vector.Species.I8_QUARTER;

import dev.kiln.graph.OffHeap;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** What {@link Truths} does, for four lanes: by an int or, where some of them are not there, half of a vector of eight bytes. */
final class FourTruths {

    // not private, since copied code reads it
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    static final IntVector BYTES = IntVector.zero(I32).addIndex(Byte.SIZE);

    /** Copies a number of four bits so that bit i of it is the lowest of byte i. */
    private static final int SPREAD = 1 | 1 << 7 | 1 << 14 | 1 << 21;
    private static final int LOWEST = 0x0101_0101;

    private FourTruths() {}

    static VectorMask<Float> readBool(long address) {
        return IntVector.broadcast(I32, OffHeap.ALL.get(INT, address)).lanewise(VectorOperators.LSHR, BYTES).and(0xFF)
                .compare(VectorOperators.NE, 0).cast(F32);
    }

    static VectorMask<Float> readBool(long address, VectorMask<Float> there) {
        return ((IntVector) ByteVector.fromMemorySegment(I8_QUARTER, OffHeap.ALL, address, NATIVE, eight(there))
                .convertShape(VectorOperators.B2I, I32, 0)).compare(VectorOperators.NE, 0).cast(F32);
    }

    static void writeBool(VectorMask<Float> v, long address) {
        OffHeap.ALL.set(INT, address, (int) v.toLong() * SPREAD & LOWEST);
    }

    static void writeBool(VectorMask<Float> v, long address, VectorMask<Float> there) {
        ByteVector.zero(I8_QUARTER).blend(1, eight(v)).intoMemorySegment(OffHeap.ALL, address, NATIVE, eight(there));
    }

    private static VectorMask<Byte> eight(VectorMask<Float> four) {
        return VectorMask.fromLong(I8_QUARTER, four.toLong());
    }
}
