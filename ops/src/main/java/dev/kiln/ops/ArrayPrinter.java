package dev.kiln.ops;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;

/**
 * Lays an array out as text, in the way of NumPy's {@code repr} with MLX's numbers: nested brackets, a line for each
 * row, blank lines between blocks, and the dtype at the end. An array of more than 1000 elements is summarised: of each
 * axis longer than six only the first and the last three places are shown, and only they are asked for.
 */
final class ArrayPrinter {
    private static final long SUMMARISE_ABOVE = 1000;
    private static final int EDGE = 3;
    private static final String START = "array(";

    /** The text of single elements. */
    @FunctionalInterface
    interface Elements {
        /**
         * The text of the element at an index.
         *
         * @param index one position for each axis; the printer reuses the array, so it is not to be kept
         */
        String at(long[] index);
    }

    private final long[] dims;
    private final boolean summarised;
    private final Elements elements;
    private final long[] index;
    private final StringBuilder text = new StringBuilder(START);

    private ArrayPrinter(Shape shape, Elements elements) {
        this.dims = shape.toArray();
        this.summarised = shape.size() > SUMMARISE_ABOVE;
        this.elements = elements;
        this.index = new long[dims.length];
    }

    /** The text of an array, such as {@code array([1, 2, 3], dtype=int32)}. */
    static String print(DType dtype, Shape shape, Elements elements) {
        ArrayPrinter printer = new ArrayPrinter(shape, elements);
        if (shape.size() == 0) {
            printer.empty(shape);
        } else {
            printer.axis(0);
        }
        return printer.text.append(", dtype=").append(dtype).append(')').toString();
    }

    /** Brackets alone cannot tell (0,3) from (0,5), so beyond one axis the shape is spelled out. */
    private void empty(Shape shape) {
        text.append("[]");
        if (shape.rank() > 1) {
            text.append(", shape=").append(shape);
        }
    }

    private void axis(int axis) {
        if (axis == dims.length) {
            text.append(elements.at(index));
            return;
        }
        String separator = separator(axis);
        long length = dims[axis];
        boolean shortened = summarised && length > 2 * EDGE;
        text.append('[');
        for (long i = 0; i < length; i++) {
            if (i > 0) {
                text.append(separator);
            }
            if (shortened && i == EDGE) {
                text.append("...").append(separator);
                i = length - EDGE;
            }
            index[axis] = i;
            axis(axis + 1);
        }
        text.append(']');
    }

    /** Elements stand side by side; an axis further out breaks the line once more for each axis below it. */
    private String separator(int axis) {
        int below = dims.length - 1 - axis;
        return below == 0 ? ", " : "," + "\n".repeat(below) + " ".repeat(START.length() + axis + 1);
    }
}
