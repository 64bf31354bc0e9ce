package dev.kiln.backends.cpu.vector;

import static dev.kiln.backends.cpu.vector.SixteenBits.NATIVE;
import static dev.kiln.backends.cpu.vector.Species.F32;
import static dev.kiln.backends.cpu.vector.Species.I16_HALF;
import static dev.kiln.backends.cpu.vector.Species.I32;

import dev.kiln.backends.cpu.Elements;
import dev.kiln.graph.OffHeap;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Vectors of float32 read from and written to memory of the dtypes that {@link RowCodeWriter} serves, found by the name of the
 * dtype; the last elements of a row are under a mask. What is written is rounded. No method branches.
 */
final class VectorMemory {

    private VectorMemory() {}

    static FloatVector readFloat32(long address) {
        return FloatVector.fromMemorySegment(F32, OffHeap.ALL, address, NATIVE);
    }

    static FloatVector readFloat32(long address, VectorMask<Float> there) {
        return FloatVector.fromMemorySegment(F32, OffHeap.ALL, address, NATIVE, there);
    }

    static FloatVector readBfloat16(long address) {
        return SixteenBits.readBfloat16(address);
    }

    static FloatVector readBfloat16(long address, VectorMask<Float> there) {
        return SixteenBits.widenBfloat16(shorts(address, there)).reinterpretAsFloats();
    }

    static void writeFloat32(FloatVector v, long address) {
        v.intoMemorySegment(OffHeap.ALL, address, NATIVE);
    }

    static void writeFloat32(FloatVector v, long address, VectorMask<Float> there) {
        v.intoMemorySegment(OffHeap.ALL, address, NATIVE, there);
    }

    static void writeBfloat16(FloatVector v, long address) {
        SixteenBits.roundBfloat16(v, address);
    }

    static void writeBfloat16(FloatVector v, long address, VectorMask<Float> there) {
        write(SixteenBits.narrowBfloat16(SixteenBits.toBfloat16(v).reinterpretAsInts()), address, there);
    }

    static float readFloat32One(long address) {
        return Elements.getFloat(address);
    }

    static float readBfloat16One(long address) {
        return Elements.getBfloat16(address);
    }

    static float readFloat16One(long address) {
        return Elements.getFloat16(address);
    }

    static void writeFloat32One(float v, long address) {
        Elements.putFloat(address, v);
    }

    static void writeBfloat16One(float v, long address) {
        Elements.putBfloat16(address, v);
    }

    static void writeFloat16One(float v, long address) {
        Elements.putFloat16(address, v);
    }

    private static IntVector shorts(long address, VectorMask<Float> there) {
        return (IntVector) ShortVector
                .fromMemorySegment(I16_HALF, OffHeap.ALL, address, NATIVE, there.cast(I16_HALF))
                .convertShape(VectorOperators.S2I, I32, 0);
    }

    private static void write(IntVector bits, long address, VectorMask<Float> there) {
        ((ShortVector) bits.convertShape(VectorOperators.I2S, I16_HALF, 0)).intoMemorySegment(OffHeap.ALL, address,
                NATIVE, there.cast(I16_HALF));
    }
}
