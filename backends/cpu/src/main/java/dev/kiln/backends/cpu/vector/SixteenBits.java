package dev.kiln.backends.cpu.vector;

import dev.kiln.backends.cpu.LoadLoop;
import dev.kiln.graph.OffHeap;
import dev.kiln.backends.cpu.Reg;
import dev.kiln.backends.cpu.StoreLoop;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/**
 * bfloat16 and float16 in vectors of float and int. A bfloat16 is the upper half of a float. A float16 shifted left by
 * 13 has its fraction where a float has it and, as a float, is too small by the difference of the exponents' biases,
 * 2^112: a multiplication that is exact, for subnormal numbers too.
 */
final class SixteenBits {
    static final ByteOrder NATIVE = ByteOrder.nativeOrder();
    private static final int SIGN = 0x8000_0000;
    private static final int MAGNITUDE = 0x7FFF_FFFF;
    private static final int INFINITY = 0x7F80_0000;
    private static final int QUIET_NAN = 0x7FC0_0000;
    private static final float UP = 0x1p112f;
    private static final float DOWN = 0x1p-112f;
    /** The least float that rounds to a float16 infinity, as bits. */
    static final int OVERFLOW = Float.floatToRawIntBits(65520f);
    /** The least normal float16. */
    private static final float NORMAL = 0x1p-14f;
    /** In the binade from here on floats are as far apart as subnormal float16s. */
    private static final float SUBNORMAL_STEPS = 0.5f;

    private SixteenBits() {}

    /** Nearest even by carry: adds just under half of the last place kept, and its lowest bit. */
    static FloatVector toBfloat16(FloatVector x) {
        IntVector bits = x.reinterpretAsInts();
        IntVector odd = bits.lanewise(VectorOperators.LSHR, 16).and(1);
        IntVector rounded = bits.add(0x7FFF).add(odd).and(0xFFFF_0000);
        return rounded.blend(QUIET_NAN, x.compare(VectorOperators.NE, x).cast(Species.I32)).reinterpretAsFloats();
    }

    /** As for bfloat16, but for what is too large, and for subnormals, whose last place is a fixed one. */
    static FloatVector toFloat16(FloatVector x) {
        IntVector bits = x.reinterpretAsInts();
        IntVector a = bits.and(MAGNITUDE);
        IntVector odd = a.lanewise(VectorOperators.LSHR, 13).and(1);
        IntVector normal = a.add(0xFFF).add(odd).and(0xFFFF_E000);
        FloatVector magnitude = a.reinterpretAsFloats();
        IntVector subnormal = magnitude.add(SUBNORMAL_STEPS).sub(SUBNORMAL_STEPS).reinterpretAsInts();
        IntVector rounded = normal
                .blend(subnormal, magnitude.compare(VectorOperators.LT, NORMAL).cast(Species.I32))
                .blend(INFINITY, a.compare(VectorOperators.GE, OVERFLOW))
                .blend(QUIET_NAN, a.compare(VectorOperators.GT, INFINITY));
        return rounded.or(bits.and(SIGN)).reinterpretAsFloats();
    }

    static IntVector widenBfloat16(IntVector bits) {
        return bits.lanewise(VectorOperators.LSHL, 16);
    }

    static IntVector widenFloat16(IntVector bits) {
        IntVector shifted = bits.and(0x7FFF).lanewise(VectorOperators.LSHL, 13);
        IntVector finite = shifted.reinterpretAsFloats().mul(UP).reinterpretAsInts();
        return finite.blend(shifted.or(INFINITY), shifted.compare(VectorOperators.GE, 0x7C00 << 13))
                .or(bits.lanewise(VectorOperators.LSHL, 16).and(SIGN));
    }

    static IntVector narrowBfloat16(IntVector bits) {
        return bits.lanewise(VectorOperators.ASHR, 16);
    }

    static IntVector narrowFloat16(IntVector bits) {
        IntVector a = bits.and(MAGNITUDE);
        IntVector finite = a.reinterpretAsFloats().mul(DOWN).reinterpretAsInts().lanewise(VectorOperators.LSHR, 13);
        IntVector special = a.lanewise(VectorOperators.LSHR, 13).and(0x3FF).or(0x7C00);
        return finite.blend(special, a.compare(VectorOperators.GE, INFINITY))
                .or(bits.lanewise(VectorOperators.LSHR, 16).and(0x8000));
    }

    /** Reads consecutive bfloat16s with vectors, all else as {@code scalar} does. */
    static LoadLoop loadBfloat16(LoadLoop scalar) {
        return (out, at, address, byteStride, n) -> {
            int done = byteStride == Short.BYTES ? widenBfloat16s(out, at, address, n) : 0;
            scalar.run(out, at + done, address + done * byteStride, byteStride, n - done);
        };
    }

    /** Reads consecutive float16s with vectors, all else as {@code scalar} does. */
    static LoadLoop loadFloat16(LoadLoop scalar) {
        return (out, at, address, byteStride, n) -> {
            int done = byteStride == Short.BYTES ? widenFloat16s(out, at, address, n) : 0;
            scalar.run(out, at + done, address + done * byteStride, byteStride, n - done);
        };
    }

    /** Writes bfloat16s with vectors, the rest as {@code scalar} does. */
    static StoreLoop storeBfloat16(StoreLoop scalar) {
        return (in, from, address, n) -> {
            int done = narrowBfloat16s(in, from, address, n);
            scalar.run(in, from + done, address + (long) done * Short.BYTES, n - done);
        };
    }

    /** Writes float16s with vectors, the rest as {@code scalar} does. */
    static StoreLoop storeFloat16(StoreLoop scalar) {
        return (in, from, address, n) -> {
            int done = narrowFloat16s(in, from, address, n);
            scalar.run(in, from + done, address + (long) done * Short.BYTES, n - done);
        };
    }

    private static int widenBfloat16s(Reg out, int at, long address, int n) {
        float[] f = out.f();
        int end = Species.F32.loopBound(n);
        for (int i = 0; i < end; i += Species.F32.length()) {
            readBfloat16(address + (long) i * Short.BYTES).intoArray(f, at + i);
        }
        return end;
    }

    private static int widenFloat16s(Reg out, int at, long address, int n) {
        float[] f = out.f();
        int end = Species.F32.loopBound(n);
        for (int i = 0; i < end; i += Species.F32.length()) {
            readFloat16(address + (long) i * Short.BYTES).intoArray(f, at + i);
        }
        return end;
    }

    private static int narrowBfloat16s(Reg in, int from, long address, int n) {
        float[] f = in.f();
        int end = Species.F32.loopBound(n);
        for (int i = 0; i < end; i += Species.F32.length()) {
            writeBfloat16(FloatVector.fromArray(Species.F32, f, from + i), address + (long) i * Short.BYTES);
        }
        return end;
    }

    private static int narrowFloat16s(Reg in, int from, long address, int n) {
        float[] f = in.f();
        int end = Species.F32.loopBound(n);
        for (int i = 0; i < end; i += Species.F32.length()) {
            writeFloat16(FloatVector.fromArray(Species.F32, f, from + i), address + (long) i * Short.BYTES);
        }
        return end;
    }

    static FloatVector readBfloat16(long address) {
        return widenBfloat16(read(address)).reinterpretAsFloats();
    }

    static FloatVector readFloat16(long address) {
        return widenFloat16(read(address)).reinterpretAsFloats();
    }

    /** Writes values that are bfloat16s already. */
    static void writeBfloat16(FloatVector v, long address) {
        write(narrowBfloat16(v.reinterpretAsInts()), address);
    }

    /** Writes values that are float16s already. */
    static void writeFloat16(FloatVector v, long address) {
        write(narrowFloat16(v.reinterpretAsInts()), address);
    }

    /** Rounds as {@link #toBfloat16} does, and writes. */
    static void roundBfloat16(FloatVector v, long address) {
        IntVector bits = v.reinterpretAsInts();
        IntVector odd = bits.lanewise(VectorOperators.LSHR, 16).and(1);
        IntVector rounded = bits.add(0x7FFF).add(odd).lanewise(VectorOperators.ASHR, 16);
        write(rounded.blend(QUIET_NAN >> 16, v.compare(VectorOperators.NE, v).cast(Species.I32)), address);
    }

    private static IntVector read(long address) {
        return (IntVector) ShortVector.fromMemorySegment(Species.I16_HALF, OffHeap.ALL, address, NATIVE)
                .convertShape(VectorOperators.S2I, Species.I32, 0);
    }

    private static void write(IntVector bits, long address) {
        ((ShortVector) bits.convertShape(VectorOperators.I2S, Species.I16_HALF, 0)).intoMemorySegment(OffHeap.ALL,
                address, NATIVE);
    }
}
