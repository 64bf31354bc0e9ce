package dev.kiln.ops;

import dev.kiln.graph.Buffer;
import dev.kiln.graph.DType;
import dev.kiln.graph.OffHeap;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Spec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;

/** Arrays from memory segments and NIO buffers: by a copy, or in place. */
final class MemoryData {

    private static final String OP = "[array] ";

    private MemoryData() {}

    /** A copy of row-major elements in native byte order. */
    static Array copy(MemorySegment data, DType dtype, Shape shape) {
        Spec spec = spec(data, dtype, shape);
        Buffer buffer = Buffer.allocate(spec.bytes());
        MemorySegment.copy(data, ValueLayout.JAVA_BYTE, 0, OffHeap.ALL, ValueLayout.JAVA_BYTE, buffer.address(),
                spec.bytes());
        buffer.keepAlive();
        return JavaData.held(buffer, spec);
    }

    /** Row-major elements in native byte order, where they are. */
    static Array wrap(MemorySegment data, DType dtype, Shape shape) {
        Spec spec = spec(data, dtype, shape);
        if (!data.isNative()) {
            throw new IllegalArgumentException(OP
                    + "Only off-heap memory can be wrapped, since the collector moves the Java heap; copy it with "
                    + "Array.copyOf instead.");
        }
        if (data.address() % dtype.size() != 0) {
            throw new IllegalArgumentException(OP + "Memory to wrap as " + dtype + " must begin at a multiple of "
                    + dtype.size() + " bytes, not at address " + data.address()
                    + "; copy it with Array.copyOf instead.");
        }
        return JavaData.held(Buffer.wrap(data), spec);
    }

    /** A copy of what remains in a buffer of either byte order. */
    static Array copy(java.nio.Buffer data, Shape shape) {
        Operands.require("array", "data", data);
        Operands.require("array", "shape", shape);
        ByteOrder order = order(data);
        Spec spec = spec(data, shape);
        MemorySegment from = MemorySegment.ofBuffer(data);
        Buffer buffer = Buffer.allocate(spec.bytes());
        switch (spec.dtype().size()) {
            case Byte.BYTES -> copy(from, ValueLayout.JAVA_BYTE, ValueLayout.JAVA_BYTE, buffer, spec);
            case Short.BYTES -> copy(from, ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(order),
                    ValueLayout.JAVA_SHORT, buffer, spec);
            case Integer.BYTES -> copy(from, ValueLayout.JAVA_INT_UNALIGNED.withOrder(order), ValueLayout.JAVA_INT,
                    buffer, spec);
            default -> copy(from, ValueLayout.JAVA_LONG_UNALIGNED.withOrder(order), ValueLayout.JAVA_LONG, buffer,
                    spec);
        }
        buffer.keepAlive();
        return JavaData.held(buffer, spec);
    }

    private static void copy(MemorySegment from, ValueLayout theirs, ValueLayout ours, Buffer to, Spec spec) {
        MemorySegment.copy(from, theirs, 0, OffHeap.ALL, ours, to.address(), spec.shape().size());
    }

    /** What remains in a direct buffer, where it is. */
    static Array wrap(java.nio.Buffer data, Shape shape) {
        Operands.require("array", "data", data);
        Operands.require("array", "shape", shape);
        Spec spec = spec(data, shape);
        if (spec.dtype().size() > 1 && order(data) != ByteOrder.nativeOrder()) {
            throw new IllegalArgumentException(OP + "A buffer to wrap must be in native byte order, not " + order(data)
                    + "; copy it with Array.copyOf instead.");
        }
        return wrap(MemorySegment.ofBuffer(data), spec.dtype(), shape);
    }

    private static Spec spec(MemorySegment data, DType dtype, Shape shape) {
        Operands.require("array", "data", data);
        Operands.require("array", "dtype", dtype);
        Operands.require("array", "shape", shape);
        if (!data.scope().isAlive()) {
            throw new IllegalStateException(OP + "The arena of the segment is closed, so its memory is gone.");
        }
        Spec spec = new Spec(shape, dtype);
        if (data.byteSize() != spec.bytes()) {
            throw new IllegalArgumentException(
                    OP + spec + " needs " + spec.bytes() + " bytes but the segment has " + data.byteSize() + ".");
        }
        return spec;
    }

    private static Spec spec(java.nio.Buffer data, Shape shape) {
        if (data.remaining() != shape.size()) {
            throw new IllegalArgumentException(OP + "Shape " + shape + " needs " + shape.size()
                    + " elements but the buffer has " + data.remaining() + " remaining.");
        }
        return new Spec(shape, switch (data) {
            case ByteBuffer bytes -> DType.INT8;
            case ShortBuffer shorts -> DType.INT16;
            case CharBuffer chars -> DType.UINT16;
            case IntBuffer ints -> DType.INT32;
            case LongBuffer longs -> DType.INT64;
            case FloatBuffer floats -> DType.FLOAT32;
            case DoubleBuffer doubles -> DType.FLOAT64;
        });
    }

    private static ByteOrder order(java.nio.Buffer data) {
        return switch (data) {
            case ByteBuffer bytes -> bytes.order();
            case ShortBuffer shorts -> shorts.order();
            case CharBuffer chars -> chars.order();
            case IntBuffer ints -> ints.order();
            case LongBuffer longs -> longs.order();
            case FloatBuffer floats -> floats.order();
            case DoubleBuffer doubles -> doubles.order();
        };
    }
}
