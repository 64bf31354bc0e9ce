package dev.kiln.backends.cpu;

import dev.kiln.graph.Kernel;
import dev.kiln.graph.Layout;
import dev.kiln.graph.Spec;
import dev.kiln.graph.Work;
import dev.kiln.ops.Slice;
import dev.kiln.ops.SliceUpdate;
import dev.kiln.streams.Stream;

/** Copies the array if it is not to be changed in place, then the new elements over it. */
record SliceUpdateKernel(StridedCopy copy, StridedCopy update, long byteOffset) implements Kernel {

    static Kernel of(SliceUpdate primitive, Work.Single work) {
        Work.Operand array = work.inputs().getFirst();
        Work.Operand update = work.inputs().get(1);
        Spec output = work.output();
        int size = output.dtype().size();
        Layout whole = Layout.contiguous(output.shape());
        Layout part = new Slice(primitive.start(), primitive.step(), update.spec().shape()).view(output, whole)
                .orElseThrow();
        return new SliceUpdateKernel(StridedCopy.of(output.shape(), size, array.layout(), whole),
                StridedCopy.of(update.spec().shape(), size, update.layout(), part), part.offset() * size);
    }

    @Override
    public void launch(Stream stream, long[] addresses) {
        if (addresses[0] != addresses[2]) {
            copy.runShared(addresses[0], addresses[2]);
        }
        update.runShared(addresses[1], addresses[2] + byteOffset);
    }
}
