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
 * bfloat16 and float16 in vectors of float and int. A bfloat16 is the upper half of a float.
 */
final class SixteenBits {
    static final ByteOrder NATIVE = ByteOrder.nativeOrder();
    private static final int SIGN = 0x8000_0000;
    private static final int INFINITY = 0x7F80_0000;
    private static final int QUIET_NAN = 0x7FC0_0000;
    private static final float UP = 0x1p112f;
    private static final float DOWN = 0x1p-112f;
    /** 2^-14 and 2^16 as bits. */
    private static final int LEAST_NORMAL = 0x3880_0000;
    private static final int TOO_LARGE = 0x4780_0000;
    private static final float ROUNDER = 0x1.8p13f;

    private SixteenBits() {}

    /** Nearest even by carry: adds just under half of the last place kept, and its lowest bit. */
    static FloatVector toBfloat16(FloatVector x) {
        IntVector bits = x.reinterpretAsInts();
        IntVector odd = bits.lanewise(VectorOperators.LSHR, 16).and(1);
        IntVector rounded = bits.add(0x7FFF).add(odd).and(0xFFFF_0000);
        return rounded.blend(QUIET_NAN, x.compare(VectorOperators.NE, x).cast(Species.I32)).reinterpretAsFloats();
    }

    /**
     * Adding one and a half times 2^13 of x's binade leaves the 11 bits that a float16 has; below its normal numbers the binade
     * is that of the least of them. What comes to 2^16 is infinite, and multiplied so that it is.
     */
    static FloatVector toFloat16(FloatVector x) {
        IntVector bits = x.reinterpretAsInts();
        FloatVector binade = bits.and(INFINITY).max(LEAST_NORMAL).min(TOO_LARGE).reinterpretAsFloats().mul(ROUNDER);
        FloatVector rounded = x.add(binade).sub(binade).mul(UP).mul(DOWN);
        return rounded.reinterpretAsInts().or(bits.and(SIGN)).reinterpretAsFloats();
    }

    static IntVector widenBfloat16(IntVector bits) {
        return bits.lanewise(VectorOperators.LSHL, 16);
    }

    static IntVector narrowBfloat16(IntVector bits) {
        return bits.lanewise(VectorOperators.ASHR, 16);
    }

    /** Reads consecutive bfloat16s with vectors, all else as {@code scalar} does. */
    static LoadLoop loadBfloat16(LoadLoop scalar) {
        return (out, at, address, byteStride, n) -> {
            int done = byteStride == Short.BYTES ? widenBfloat16s(out, at, address, n) : 0;
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

    private static int widenBfloat16s(Reg out, int at, long address, int n) {
        float[] f = out.f();
        int end = Species.F32.loopBound(n);
        for (int i = 0; i < end; i += Species.F32.length()) {
            readBfloat16(address + (long) i * Short.BYTES).intoArray(f, at + i);
        }
        return end;
    }

    /** Widens float16s in a loop that becomes one of the processor's own conversion. */
    static void widenFloat16s(float[] out, int at, long address, int n) {
        for (int i = 0; i < n; i++) {
            out[at + i] = Halves.read(address + 2L * i);
        }
    }

    private static int narrowBfloat16s(Reg in, int from, long address, int n) {
        float[] f = in.f();
        int end = Species.F32.loopBound(n);
        for (int i = 0; i < end; i += Species.F32.length()) {
            writeBfloat16(FloatVector.fromArray(Species.F32, f, from + i), address + (long) i * Short.BYTES);
        }
        return end;
    }

    static FloatVector readBfloat16(long address) {
        return widenBfloat16(read(address)).reinterpretAsFloats();
    }

    /** Writes values that are bfloat16s already. */
    static void writeBfloat16(FloatVector v, long address) {
        write(narrowBfloat16(v.reinterpretAsInts()), address);
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
