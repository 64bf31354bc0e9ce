package dev.kiln.ops;

import dev.kiln.graph.Buffer;
import dev.kiln.graph.DType;
import dev.kiln.graph.Evaluator;
import dev.kiln.graph.Layout;
import dev.kiln.graph.OffHeap;
import dev.kiln.graph.Spec;
import dev.kiln.graph.Storage;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.Function;

/** The elements of an evaluated array where they lie. */
record Reading(Spec spec, Buffer buffer, Layout layout) {

    /** Takes the elements in row-major order. */
    @FunctionalInterface
    private interface Visitor {
        void element(int index, long address);
    }

    /** Evaluates {@code array}, and has its elements read while its memory is held. */
    static <T> T read(Array array, Function<Reading, T> reader) {
        Spec spec = array.node().spec();
        Storage.Held value = inMemory(spec, Evaluator.read(array.node()));
        try {
            return reader.apply(new Reading(spec, value.buffer(), value.layout()));
        } finally {
            value.drop();
        }
    }

    private static Storage.Held inMemory(Spec spec, Storage value) {
        return switch (value) {
            case Storage.Held held -> held;
            case Storage.Scalar(long bits) -> {
                Buffer buffer = Buffer.allocate(Long.BYTES);
                buffer.hold();
                Element.put(DType.INT64, buffer.address(), bits);
                yield new Storage.Held(buffer, Layout.contiguous(spec.shape()));
            }
        };
    }

    private DType dtype() {
        return spec.dtype();
    }

    private long address(long element) {
        return buffer.address() + element * dtype().size();
    }

    private boolean isContiguous() {
        return layout.isContiguous(spec.shape());
    }

    /** Printed like NumPy. */
    String text() {
        return ArrayPrinter.print(dtype(), spec.shape(), index -> {
            long element = layout.offset();
            for (int i = 0; i < index.length; i++) {
                element += index[i] * layout.stride(i);
            }
            return ElementText.at(OffHeap.ALL, dtype(), address(element));
        });
    }

    float[] floats() {
        refuseComplex("to_float_array");
        float[] out = new float[count("to_float_array")];
        if (dtype() == DType.FLOAT32 && isContiguous()) {
            copy(MemorySegment.ofArray(out));
        } else {
            visit((i, at) -> out[i] = (float) Element.toDouble(dtype(), at));
        }
        return out;
    }

    double[] doubles() {
        refuseComplex("to_double_array");
        double[] out = new double[count("to_double_array")];
        if (dtype() == DType.FLOAT64 && isContiguous()) {
            copy(MemorySegment.ofArray(out));
        } else {
            visit((i, at) -> out[i] = Element.toDouble(dtype(), at));
        }
        return out;
    }

    int[] ints() {
        refuseFractions("to_int_array");
        int[] out = new int[count("to_int_array")];
        if (dtype() == DType.INT32 && isContiguous()) {
            copy(MemorySegment.ofArray(out));
        } else {
            visit((i, at) -> out[i] = exactInt("to_int_array", Element.toLong(dtype(), at)));
        }
        return out;
    }

    long[] longs() {
        refuseFractions("to_long_array");
        long[] out = new long[count("to_long_array")];
        if ((dtype() == DType.INT64 || dtype() == DType.UINT64) && isContiguous()) {
            copy(MemorySegment.ofArray(out));
        } else {
            visit((i, at) -> out[i] = Element.toLong(dtype(), at));
        }
        return out;
    }

    boolean[] booleans() {
        refuseNumbers("to_boolean_array");
        boolean[] out = new boolean[count("to_boolean_array")];
        visit((i, at) -> out[i] = Element.toLong(dtype(), at) != 0);
        return out;
    }

    double itemDouble() {
        refuseComplex("item");
        return Element.toDouble(dtype(), single());
    }

    long itemLong() {
        refuseFractions("item");
        return Element.toLong(dtype(), single());
    }

    int itemInt() {
        return exactInt("item", itemLong());
    }

    boolean itemBoolean() {
        refuseNumbers("item");
        return itemLong() != 0;
    }

    Object item() {
        return switch (dtype()) {
            case BOOL -> itemBoolean();
            case UINT8, UINT16, INT8, INT16, INT32 -> itemInt();
            case UINT32, UINT64, INT64 -> itemLong();
            case FLOAT16, BFLOAT16, FLOAT32 -> (float) itemDouble();
            case FLOAT64, COMPLEX64 -> itemDouble();
        };
    }

    /** The elements row-major without gaps: in place if they lie so, else a copy. */
    MemorySegment segment() {
        if (isContiguous()) {
            return buffer.asSegment(layout.offset() * dtype().size(), spec.bytes());
        }
        Buffer packed = Buffer.allocate(spec.bytes());
        packed.hold();
        visit((i, at) -> Element.put(dtype(), packed.address() + (long) i * dtype().size(), Element.bits(dtype(), at)));
        MemorySegment segment = packed.asSegment(0, spec.bytes());
        packed.drop();
        return segment;
    }

    private void copy(MemorySegment to) {
        MemorySegment.copy(OffHeap.ALL, ValueLayout.JAVA_BYTE, address(layout.offset()), to, ValueLayout.JAVA_BYTE, 0,
                spec.bytes());
    }

    private void visit(Visitor visitor) {
        if (spec.shape().size() > 0) {
            visit(visitor, 0, 0, layout.offset());
        }
    }

    private int visit(Visitor visitor, int axis, int index, long element) {
        if (axis == spec.shape().rank()) {
            visitor.element(index, address(element));
            return index + 1;
        }
        int next = index;
        for (long i = 0; i < spec.shape().dim(axis); i++) {
            next = visit(visitor, axis + 1, next, element + i * layout.stride(axis));
        }
        return next;
    }

    private long single() {
        if (spec.shape().size() != 1) {
            throw new IllegalArgumentException("[item] item can only be called on arrays of size 1. This one has shape "
                    + spec.shape() + ": reduce it first, with sum() or mean() for example, or take one element of it.");
        }
        return address(layout.offset());
    }

    private int count(String reader) {
        if (spec.shape().size() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("[" + reader + "] Shape " + spec.shape()
                    + " has more elements than a Java array can hold; slice it or use asMemorySegment().");
        }
        return (int) spec.shape().size();
    }

    private static int exactInt(String reader, long value) {
        if (value != (int) value) {
            throw new ArithmeticException(
                    "[" + reader + "] " + value + " does not fit an int; read longs instead.");
        }
        return (int) value;
    }

    private void refuseComplex(String reader) {
        if (dtype() == DType.COMPLEX64) {
            throw new IllegalArgumentException("[" + reader + "] " + spec
                    + " is complex and Java has no type for that; read real() and imag().");
        }
    }

    private void refuseFractions(String reader) {
        if (!dtype().isIntegral()) {
            throw new IllegalArgumentException("[" + reader + "] " + spec
                    + " may hold fractions; say how to drop them, for example with astype(DType.INT32).");
        }
    }

    private void refuseNumbers(String reader) {
        if (dtype() != DType.BOOL) {
            throw new IllegalArgumentException("[" + reader + "] " + spec
                    + " does not hold bools; compare it with something, or use astype(DType.BOOL).");
        }
    }
}
