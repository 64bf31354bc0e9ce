package dev.kiln.ops;

import dev.kiln.graph.Buffer;
import dev.kiln.graph.DType;
import dev.kiln.graph.Evaluator;
import dev.kiln.graph.Layout;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Storage;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** The elements of an evaluated array where they lie. */
record Reading(DType dtype, Shape shape, MemorySegment memory, Layout layout) {

    /** Evaluates {@code array} and finds its elements. */
    static Reading of(Array array) {
        return switch (Evaluator.read(array.node())) {
            case Storage.Held(Buffer buffer, Layout layout) -> new Reading(array.dtype(), array.shape(),
                    buffer.asSegment(0, buffer.size()), layout);
            case Storage.Scalar(long bits) -> {
                byte[] element = new byte[Long.BYTES];
                MemorySegment.ofArray(element).set(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.nativeOrder()),
                        0,
                        bits);
                yield new Reading(array.dtype(), array.shape(), MemorySegment.ofArray(element),
                        Layout.contiguous(Shape.SCALAR));
            }
        };
    }

    /** Where the element at {@code index} begins, in bytes. */
    long byteOffset(long... index) {
        long element = layout.offset();
        for (int i = 0; i < index.length; i++) {
            element += index[i] * layout.stride(i);
        }
        return element * dtype.size();
    }

    /** Printed like NumPy. */
    String text() {
        return ArrayPrinter.print(dtype, shape, index -> ElementText.at(memory, dtype, byteOffset(index)));
    }
}
