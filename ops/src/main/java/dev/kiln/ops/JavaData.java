package dev.kiln.ops;

import dev.kiln.graph.Buffer;
import dev.kiln.graph.DType;
import dev.kiln.graph.Layout;
import dev.kiln.graph.OffHeap;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Spec;
import dev.kiln.graph.Storage;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.List;

/** Copies Java arrays, flat or nested, into arrays of Kiln. */
final class JavaData {

    private static final String OP = "[array] ";

    private JavaData() {}

    /** What elements of a primitive Java type become when nobody says otherwise. */
    private static DType dtypeOf(Class<?> leaf, Object data) {
        if (leaf == float.class) {
            return DType.FLOAT32;
        } else if (leaf == double.class) {
            return DType.FLOAT64;
        } else if (leaf == int.class) {
            return DType.INT32;
        } else if (leaf == long.class) {
            return DType.INT64;
        } else if (leaf == short.class) {
            return DType.INT16;
        } else if (leaf == byte.class) {
            return DType.INT8;
        } else if (leaf == boolean.class) {
            return DType.BOOL;
        }
        throw new IllegalArgumentException(OP + "Only Java arrays of float, double, int, long, short, byte or boolean, "
                + "nested or not, can be copied, but got " + data.getClass().getTypeName() + ".");
    }

    private static Class<?> leafType(Object data) {
        Class<?> type = data.getClass();
        while (type.getComponentType() != null) {
            type = type.getComponentType();
        }
        return type;
    }

    /** A nested Java array with the dtype of its elements. */
    static dev.kiln.ops.Array copy(Object nested) {
        Operands.require("array", "data", nested);
        return copy(nested, dtypeOf(leafType(nested), nested));
    }

    /** A nested Java array with another dtype. */
    static dev.kiln.ops.Array copy(Object nested, DType dtype) {
        Operands.require("array", "data", nested);
        Operands.require("array", "dtype", dtype);
        dtypeOf(leafType(nested), nested);
        Shape shape = shapeOf(nested);
        Buffer buffer = Buffer.allocate(new Spec(shape, dtype).bytes());
        fill(nested, shape, 0, dtype, buffer.address(), new ArrayList<>());
        buffer.keepAlive();
        return held(buffer, new Spec(shape, dtype));
    }

    /** A flat Java array under another shape. */
    static dev.kiln.ops.Array copy(Object flat, Shape shape) {
        Operands.require("array", "data", flat);
        Operands.require("array", "shape", shape);
        int length = Array.getLength(flat);
        if (length != shape.size()) {
            throw new IllegalArgumentException(
                    OP + "Shape " + shape + " needs " + shape.size() + " elements but got " + length + ".");
        }
        DType dtype = dtypeOf(leafType(flat), flat);
        Buffer buffer = Buffer.allocate(new Spec(shape, dtype).bytes());
        row(flat, dtype, buffer.address());
        buffer.keepAlive();
        return held(buffer, new Spec(shape, dtype));
    }

    /** Elements that lie row-major from the start of {@code buffer}. */
    static dev.kiln.ops.Array held(Buffer buffer, Spec spec) {
        return Operands.leaf(spec, new Storage.Held(buffer, Layout.contiguous(spec.shape())));
    }

    /** The depth comes from the type and the lengths from the first elements; {@link #fill} checks the others. */
    private static Shape shapeOf(Object nested) {
        List<Long> dims = new ArrayList<>();
        Object level = nested;
        for (Class<?> type = nested.getClass(); type.isArray(); type = type.getComponentType()) {
            long length = level == null ? 0 : Array.getLength(level);
            dims.add(length);
            level = length == 0 || type.getComponentType().isPrimitive() ? null : Array.get(level, 0);
        }
        return Shape.shape(dims.stream().mapToLong(Long::longValue).toArray());
    }

    private static long fill(Object nested, Shape shape, int axis, DType dtype, long address, List<Integer> path) {
        if (nested == null) {
            throw new IllegalArgumentException(OP + "Element " + path + " is null.");
        }
        int length = Array.getLength(nested);
        if (length != shape.dim(axis)) {
            throw new IllegalArgumentException(OP + "Initialization encountered non-uniform length: element " + path
                    + " has length " + length + ", the ones before it " + shape.dim(axis) + ".");
        }
        if (axis == shape.rank() - 1) {
            return row(nested, dtype, address);
        }
        long at = address;
        for (int i = 0; i < length; i++) {
            path.addLast(i);
            at = fill(Array.get(nested, i), shape, axis + 1, dtype, at, path);
            path.removeLast();
        }
        return at;
    }

    /** Writes a flat array and returns the address behind it. */
    private static long row(Object flat, DType dtype, long address) {
        return switch (flat) {
            case float[] values when dtype == DType.FLOAT32 -> copy(MemorySegment.ofArray(values), address);
            case double[] values when dtype == DType.FLOAT64 -> copy(MemorySegment.ofArray(values), address);
            case int[] values when dtype == DType.INT32 -> copy(MemorySegment.ofArray(values), address);
            case long[] values when dtype == DType.INT64 -> copy(MemorySegment.ofArray(values), address);
            case short[] values when dtype == DType.INT16 -> copy(MemorySegment.ofArray(values), address);
            case byte[] values when dtype == DType.INT8 -> copy(MemorySegment.ofArray(values), address);
            case float[] values -> real(i -> values[i], values.length, dtype, address);
            case double[] values -> real(i -> values[i], values.length, dtype, address);
            case int[] values -> whole(i -> values[i], values.length, dtype, address);
            case long[] values -> whole(i -> values[i], values.length, dtype, address);
            case short[] values -> whole(i -> values[i], values.length, dtype, address);
            case byte[] values -> whole(i -> values[i], values.length, dtype, address);
            case boolean[] values -> whole(i -> values[i] ? 1 : 0, values.length, dtype, address);
            default -> throw new IllegalArgumentException(OP + flat.getClass().getTypeName() + " is no flat array.");
        };
    }

    private static long copy(MemorySegment values, long address) {
        MemorySegment.copy(values, ValueLayout.JAVA_BYTE, 0, OffHeap.ALL, ValueLayout.JAVA_BYTE, address,
                values.byteSize());
        return address + values.byteSize();
    }

    private static long real(java.util.function.IntToDoubleFunction values, int length, DType dtype, long address) {
        long at = address;
        for (int i = 0; i < length; i++, at += dtype.size()) {
            Element.put(dtype, at, Storage.Scalar.of(dtype, values.applyAsDouble(i)).bits());
        }
        return at;
    }

    private static long whole(java.util.function.IntToLongFunction values, int length, DType dtype, long address) {
        long at = address;
        for (int i = 0; i < length; i++, at += dtype.size()) {
            Element.put(dtype, at, Storage.Scalar.of(dtype, values.applyAsLong(i)).bits());
        }
        return at;
    }
}
