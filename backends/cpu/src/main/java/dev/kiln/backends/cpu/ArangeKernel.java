package dev.kiln.backends.cpu;

import dev.kiln.graph.DType;
import dev.kiln.graph.Kernel;
import dev.kiln.graph.OffHeap;
import dev.kiln.graph.Spec;
import dev.kiln.graph.Work;
import dev.kiln.ops.Arange;
import dev.kiln.streams.Stream;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** Writes 0, 1, 2 and so on. */
record ArangeKernel(DType dtype, long count) implements Kernel {

    static boolean serves(Arange primitive, List<Spec> inputs, Spec output) {
        return switch (primitive.dtype()) {
            case INT32, INT64, FLOAT32, FLOAT64 -> true;
            default -> false;
        };
    }

    static Kernel of(Arange primitive, Work.Single work) {
        return new ArangeKernel(primitive.dtype(), primitive.count());
    }

    @Override
    public void launch(Stream stream, long[] addresses) {
        long to = addresses[0];
        switch (dtype) {
            case INT32 -> ints(to);
            case INT64 -> longs(to);
            case FLOAT32 -> floats(to);
            case FLOAT64 -> doubles(to);
            default -> throw new IllegalArgumentException("[arange] No kernel for " + dtype + ".");
        }
    }

    private void ints(long to) {
        for (long i = 0; i < count; i++) {
            OffHeap.ALL.set(ValueLayout.JAVA_INT, to + i * Integer.BYTES, (int) i);
        }
    }

    private void longs(long to) {
        for (long i = 0; i < count; i++) {
            OffHeap.ALL.set(ValueLayout.JAVA_LONG, to + i * Long.BYTES, i);
        }
    }

    private void floats(long to) {
        for (long i = 0; i < count; i++) {
            OffHeap.ALL.set(ValueLayout.JAVA_FLOAT, to + i * Float.BYTES, (float) i);
        }
    }

    private void doubles(long to) {
        for (long i = 0; i < count; i++) {
            OffHeap.ALL.set(ValueLayout.JAVA_DOUBLE, to + i * Double.BYTES, (double) i);
        }
    }
}
