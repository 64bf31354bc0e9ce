package dev.kiln.backends.cpu.vector;

import dev.kiln.backends.cpu.ElementType;
import dev.kiln.backends.cpu.Elements;

/** Copies of contiguous elements into contiguous float32, and of float32 back into strided elements. */
final class Widening {

    private Widening() {}

    /** Copies {@code count} contiguous elements from {@code source} to float32 at {@code target}. */
    static void widen(ElementType type, long source, long target, int count) {
        switch (type) {
            case F32 -> Spans.copy(source, target, (long) count * Float.BYTES);
            case F16 -> widenFloat16(source, target, count);
            case BF16 -> widenBfloat16(source, target, count);
            case F64 -> throw new IllegalArgumentException("float64 is not widened to float32");
        }
    }

    /** Copies {@code count} elements that lie {@code stride} bytes apart to contiguous float32. */
    static void gather(ElementType type, long source, long stride, long target, int count) {
        if (stride == type.bytes()) {
            widen(type, source, target, count);
        } else {
            for (int i = 0; i < count; i++) {
                Elements.putFloat(target + 4L * i, Elements.get(type, source + i * stride));
            }
        }
    }

    /** Rounds {@code count} contiguous float32 into elements that lie {@code stride} bytes apart. */
    static void scatter(long source, ElementType type, long target, long stride, int count) {
        switch (type) {
            case F32 -> {
                if (stride == Float.BYTES) {
                    Spans.copy(source, target, (long) count * Float.BYTES);
                } else {
                    for (int i = 0; i < count; i++) {
                        Elements.putFloat(target + i * stride, Elements.getFloat(source + 4L * i));
                    }
                }
            }
            case F16 -> {
                for (int i = 0; i < count; i++) {
                    Elements.putFloat16(target + i * stride, Elements.getFloat(source + 4L * i));
                }
            }
            case BF16 -> {
                for (int i = stride == Short.BYTES ? narrowBfloat16(source, target, count) : 0; i < count; i++) {
                    Elements.putBfloat16(target + i * stride, Elements.getFloat(source + 4L * i));
                }
            }
            case F64 -> throw new IllegalArgumentException("float32 is not scattered into float64");
        }
    }

    /**
     * Widens {@code count} pairs of vectors, {@code stride} bytes from one pair to the next, into one gapless panel.
     *
     * @param apart bytes from the first vector of a pair to the second
     */
    static void widenPanel(ElementType type, long source, long apart, long stride, long target, int count) {
        switch (type) {
            case F32 -> copyFloatPanel(source, apart, stride, target, count);
            case F16 -> widenFloat16Panel(source, apart, stride, target, count);
            case BF16 -> widenBfloat16Panel(source, apart, stride, target, count);
            case F64 -> throw new IllegalArgumentException("float64 is not widened to float32");
        }
    }

    private static void copyFloatPanel(long source, long apart, long stride, long target, int count) {
        for (int i = 0; i < count; i++) {
            long from = source + i * stride;
            long to = target + (long) i * (2 * Lanes.BYTES);
            Lanes.store(Lanes.loadFloats(from), to);
            Lanes.store(Lanes.loadFloats(from + apart), to + Lanes.BYTES);
        }
    }

    private static void widenFloat16Panel(long source, long apart, long stride, long target, int count) {
        for (int i = 0; i < count; i++) {
            long from = source + i * stride;
            long to = target + (long) i * (2 * Lanes.BYTES);
            Lanes.store(Lanes.loadFloat16(from), to);
            Lanes.store(Lanes.loadFloat16(from + apart), to + Lanes.BYTES);
        }
    }

    private static void widenBfloat16Panel(long source, long apart, long stride, long target, int count) {
        for (int i = 0; i < count; i++) {
            long from = source + i * stride;
            long to = target + (long) i * (2 * Lanes.BYTES);
            Lanes.store(Lanes.loadBfloat16(from), to);
            Lanes.store(Lanes.loadBfloat16(from + apart), to + Lanes.BYTES);
        }
    }

    private static void widenFloat16(long source, long target, int count) {
        int bound = Lanes.FLOATS.loopBound(count);
        for (int i = 0; i < bound; i += Lanes.FLOAT_COUNT) {
            Lanes.store(Lanes.loadFloat16(source + 2L * i), target + 4L * i);
        }
        for (int i = bound; i < count; i++) {
            Elements.putFloat(target + 4L * i, Elements.getFloat16(source + 2L * i));
        }
    }

    private static void widenBfloat16(long source, long target, int count) {
        int bound = Lanes.FLOATS.loopBound(count);
        for (int i = 0; i < bound; i += Lanes.FLOAT_COUNT) {
            Lanes.store(Lanes.loadBfloat16(source + 2L * i), target + 4L * i);
        }
        for (int i = bound; i < count; i++) {
            Elements.putFloat(target + 4L * i, Elements.getBfloat16(source + 2L * i));
        }
    }

    /** Rounds whole vectors of float32; returns how many elements that are. */
    private static int narrowBfloat16(long source, long target, int count) {
        int bound = Lanes.FLOATS.loopBound(count);
        for (int i = 0; i < bound; i += Lanes.FLOAT_COUNT) {
            SixteenBits.roundBfloat16(Lanes.loadFloats(source + 4L * i), target + 2L * i);
        }
        return bound;
    }
}
