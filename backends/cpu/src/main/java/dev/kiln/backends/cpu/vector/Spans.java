package dev.kiln.backends.cpu.vector;

import static dev.kiln.backends.cpu.Elements.ALL;

import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;

/** Short runs of whole float32 values: filled and copied in place, without the fixed cost of a bulk call. */
final class Spans {

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;

    private Spans() {}

    /** Clears {@code bytes} bytes, a multiple of four. */
    static void clear(long target, long bytes) {
        int words = (int) (bytes / Integer.BYTES);
        int bound = Lanes.FLOATS.loopBound(words);
        for (int i = 0; i < bound; i += Lanes.FLOAT_COUNT) {
            Lanes.store(FloatVector.zero(Lanes.FLOATS), target + 4L * i);
        }
        for (int i = bound; i < words; i++) {
            ALL.set(INT, target + 4L * i, 0);
        }
    }

    /** Copies {@code bytes} bytes, a multiple of four. */
    static void copy(long source, long target, long bytes) {
        int words = (int) (bytes / Integer.BYTES);
        int bound = Lanes.FLOATS.loopBound(words);
        for (int i = 0; i < bound; i += Lanes.FLOAT_COUNT) {
            Lanes.store(Lanes.loadFloats(source + 4L * i), target + 4L * i);
        }
        for (int i = bound; i < words; i++) {
            ALL.set(INT, target + 4L * i, ALL.get(INT, source + 4L * i));
        }
    }
}
