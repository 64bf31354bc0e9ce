package dev.kiln.backends.cpu;

import com.google.common.primitives.ImmutableLongArray;
import dev.kiln.graph.Layout;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Work;
import java.util.Arrays;

/**
 * Where the rows of an input are.
 *
 * @param starts over the first elements of the rows
 * @param step bytes from an element of a row to the next
 */
record InputRows(Walk starts, long step) {

    static InputRows of(Work.Operand operand) {
        int last = operand.spec().shape().rank() - 1;
        int size = operand.spec().dtype().size();
        Shape leading = Shape.shape(Arrays.copyOf(operand.spec().shape().toArray(), last));
        ImmutableLongArray strides = operand.layout().strides().subArray(0, last);
        return new InputRows(Walk.of(leading, new Layout(0, strides), size), operand.layout().stride(last) * size);
    }

    /** Whether they are float32 without gaps, one behind the other. */
    boolean areGapless(ElementType type, int columns) {
        return type == ElementType.F32 && step == Float.BYTES && starts.rank() == 1
                && starts.steps[0] == (long) columns * Float.BYTES;
    }
}
