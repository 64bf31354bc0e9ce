package dev.kiln.backends.cpu;

import dev.kiln.graph.Kernel;
import dev.kiln.graph.Layout;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Work;
import dev.kiln.ops.DynamicSliceUpdate;
import dev.kiln.streams.Stream;

/** Copies the array if it is not to be changed in place, then the new elements to where the starting indices say. */
final class DynamicSliceUpdateKernel implements Kernel {

    private final StridedCopy copy;
    private final StridedCopy update;
    private final Indices[] indices;
    /** By axis that begins somewhere: the last index at which it may, and bytes from an index to the next. */
    private final long[] last;
    private final long[] steps;
    private final long startStep;

    DynamicSliceUpdateKernel(DynamicSliceUpdate primitive, Work.Single work) {
        Shape shape = work.output().shape();
        Work.Operand block = work.inputs().get(1);
        Work.Operand starts = work.inputs().get(2);
        int size = work.output().dtype().size();
        Layout whole = Layout.contiguous(shape);
        copy = StridedCopy.of(shape, size, work.inputs().getFirst().layout(), whole);
        update = StridedCopy.of(block.spec().shape(), size, block.layout(), whole);
        int count = primitive.axes().length();
        indices = new Indices[count];
        last = new long[count];
        steps = new long[count];
        for (int i = 0; i < count; i++) {
            int axis = primitive.axes().get(i);
            indices[i] = Indices.of(primitive.name(), starts, shape, axis);
            last[i] = shape.dim(axis) - block.spec().shape().dim(axis);
            steps[i] = whole.stride(axis) * size;
        }
        startStep = starts.layout().stride(0) * starts.spec().dtype().size();
    }

    @Override
    public void launch(Stream stream, long[] addresses) {
        long at = addresses[3];
        Reg read = new Reg(Lane.I64, 1);
        for (int i = 0; i < steps.length; i++) {
            indices[i].read(addresses[2] + i * startStep, 0, 1, 1, read);
            long start = read.l()[0];
            if (start > last[i]) {
                throw new IndexOutOfBoundsException("[dynamic_slice_update] A block at " + start + " of axis "
                        + indices[i].axis() + " ends behind it: " + last[i] + " is the last place for it.");
            }
            at += start * steps[i];
        }
        if (addresses[0] != addresses[3]) {
            copy.runShared(addresses[0], addresses[3]);
        }
        update.runShared(addresses[1], at);
    }
}
