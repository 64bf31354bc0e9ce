package dev.kiln.backends.cpu;

import static dev.kiln.graph.OffHeap.ALL;

import dev.kiln.backends.cpu.MemoryTemplates.FloatTo;
import dev.kiln.backends.cpu.MemoryTemplates.LongTo;
import dev.kiln.graph.DType;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;

/** How each dtype is written. */
final class Stores {
    private static final Lookup LOOKUP = MethodHandles.lookup();

    private Stores() {}

    static StoreLoop of(DType type) {
        return switch (type) {
            case BOOL, UINT8, INT8 -> integers((p, i, v) -> ALL.set(Unaligned.BYTE, p + i, (byte) v));
            case UINT16, INT16 -> integers((p, i, v) -> ALL.set(Unaligned.SHORT, p + 2 * i, (short) v));
            case UINT32, INT32 -> integers((p, i, v) -> ALL.set(Unaligned.INT, p + 4 * i, (int) v));
            case UINT64, INT64 ->
                (in, from, address, n) -> MemorySegment.copy(in.l(), from, ALL, Unaligned.LONG, address, n);
            case FLOAT16 -> floats((p, i, v) -> ALL.set(Unaligned.SHORT, p + 2 * i, Float.floatToFloat16(v)));
            case BFLOAT16 -> floats(
                    (p, i, v) -> ALL.set(Unaligned.SHORT, p + 2 * i, (short) (Float.floatToRawIntBits(v) >> 16)));
            case FLOAT32 ->
                (in, from, address, n) -> MemorySegment.copy(in.f(), from, ALL, Unaligned.FLOAT, address, n);
            case FLOAT64 ->
                (in, from, address, n) -> MemorySegment.copy(in.d(), from, ALL, Unaligned.DOUBLE, address, n);
            case COMPLEX64 ->
                (in, from, address, n) -> MemorySegment.copy(in.c(), 2 * from, ALL, Unaligned.FLOAT, address, 2 * n);
        };
    }

    private static StoreLoop floats(FloatTo fn) {
        return LoopTemplate.instantiate(LOOKUP, MemoryTemplates.StoreF32.class, fn);
    }

    private static StoreLoop integers(LongTo fn) {
        return LoopTemplate.instantiate(LOOKUP, MemoryTemplates.StoreI64.class, fn);
    }
}
