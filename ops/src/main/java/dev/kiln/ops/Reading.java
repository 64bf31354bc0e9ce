package dev.kiln.ops;

import dev.kiln.graph.Buffer;
import dev.kiln.graph.DType;
import dev.kiln.graph.Evaluator;
import dev.kiln.graph.Layout;
import dev.kiln.graph.Node;
import dev.kiln.graph.NodeScope;
import dev.kiln.graph.OffHeap;
import dev.kiln.graph.Spec;
import dev.kiln.graph.Storage;
import dev.kiln.streams.Stream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.Function;

/** The elements of an evaluated array where they lie. */
record Reading(Spec spec, Buffer buffer, Layout layout) {

    /** As many elements as are brought into order sooner by a kernel, which takes some microseconds to start, than one by one. */
    private static final long MANY = 1 << 14;

    /** Takes the elements in row-major order. */
    @FunctionalInterface
    private interface Visitor {
        void element(long index, long address);
    }

    /** Evaluates {@code array}, and has its elements read while its memory is held. */
    static <T> T read(Array array, Function<Reading, T> reader) {
        return read(array.node(), reader);
    }

    private static <T> T read(Node node, Function<Reading, T> reader) {
        Storage.Held value = inMemory(node.spec(), Evaluator.read(node));
        try {
            return reader.apply(new Reading(node.spec(), value.buffer(), value.layout()));
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
        if (!copied(DType.FLOAT32, MemorySegment.ofArray(out))) {
            visit((i, at) -> out[(int) i] = Element.toFloat(dtype(), at));
        }
        return out;
    }

    double[] doubles() {
        refuseComplex("to_double_array");
        double[] out = new double[count("to_double_array")];
        if (!copied(DType.FLOAT64, MemorySegment.ofArray(out))) {
            visit((i, at) -> out[(int) i] = Element.toDouble(dtype(), at));
        }
        return out;
    }

    int[] ints() {
        refuseFractions("to_int_array");
        int[] out = new int[count("to_int_array")];
        boolean fits = dtype() != DType.UINT32 && dtype().size() <= Integer.BYTES;
        if (!fits || !copied(DType.INT32, MemorySegment.ofArray(out))) {
            visit((i, at) -> out[(int) i] = exactInt("to_int_array", Element.toLong(dtype(), at)));
        }
        return out;
    }

    long[] longs() {
        refuseFractions("to_long_array");
        long[] out = new long[count("to_long_array")];
        if (!copied(dtype() == DType.UINT64 ? DType.UINT64 : DType.INT64, MemorySegment.ofArray(out))) {
            visit((i, at) -> out[(int) i] = Element.toLong(dtype(), at));
        }
        return out;
    }

    boolean[] booleans() {
        refuseNumbers("to_boolean_array");
        boolean[] out = new boolean[count("to_boolean_array")];
        visit((i, at) -> out[(int) i] = Element.toLong(dtype(), at) != 0);
        return out;
    }

    float itemFloat() {
        refuseComplex("item");
        return Element.toFloat(dtype(), single());
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
            case FLOAT16, BFLOAT16, FLOAT32 -> itemFloat();
            case FLOAT64, COMPLEX64 -> itemDouble();
        };
    }

    /** The elements row-major without gaps: in place if they lie so, else a copy. */
    MemorySegment segment() {
        if (isContiguous()) {
            return buffer.asSegment(layout.offset() * dtype().size(), spec.bytes());
        }
        if (spec.shape().size() >= MANY) {
            return packed(dtype(), Reading::segment);
        }
        Buffer packed = Buffer.allocate(spec.bytes());
        packed.hold();
        visit((i, at) -> Element.put(dtype(), packed.address() + i * dtype().size(), Element.bits(dtype(), at)));
        MemorySegment segment = packed.asSegment(0, spec.bytes());
        packed.drop();
        return segment;
    }

    /** Copies the elements as {@code as} if they lie so, or are many; false if they are better visited. */
    private boolean copied(DType as, MemorySegment to) {
        if (dtype() == as && isContiguous()) {
            MemorySegment.copy(OffHeap.ALL, ValueLayout.JAVA_BYTE, address(layout.offset()), to, ValueLayout.JAVA_BYTE,
                    0,
                    spec.bytes());
            return true;
        }
        return spec.shape().size() >= MANY && packed(as, reading -> reading.copied(as, to));
    }

    /**
     * Has the elements read as a kernel packs them, in memory that is given back afterwards. The kernel reads a node of its own: the
     * array's may be donated.
     */
    private <T> T packed(DType as, Function<Reading, T> reader) {
        try (NodeScope scope = NodeScope.open()) {
            Stream stream = Stream.defaultStream();
            Node here = Node.of(spec, new Storage.Held(buffer, layout), stream);
            return read(Node.of(new Contiguous(), Operands.cast(here, as, stream), stream), reader);
        }
    }

    private void visit(Visitor visitor) {
        if (spec.shape().size() > 0) {
            visit(visitor, 0, 0, layout.offset());
        }
    }

    private long visit(Visitor visitor, int axis, long index, long element) {
        if (axis == spec.shape().rank()) {
            visitor.element(index, address(element));
            return index + 1;
        }
        long next = index;
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
