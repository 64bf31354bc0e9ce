package dev.kiln.backends.cpu;

import com.google.common.primitives.ImmutableLongArray;
import dev.kiln.graph.Kernel;
import dev.kiln.graph.Layout;
import dev.kiln.graph.Spec;
import dev.kiln.graph.Work;
import dev.kiln.ops.Pad;
import dev.kiln.streams.Stream;

/** Fills the result with the value, then copies the array into its middle. */
record PadKernel(StridedCopy fill, StridedCopy copy, long byteOffset) implements Kernel {

    static Kernel of(Pad primitive, Work.Single work) {
        Spec output = work.output();
        Work.Operand input = work.inputs().getFirst();
        int size = output.dtype().size();
        Layout whole = Layout.contiguous(output.shape());
        Layout everywhere = new Layout(0, ImmutableLongArray.copyOf(new long[output.shape().rank()]));
        long offset = 0;
        for (int i = 0; i < output.shape().rank(); i++) {
            offset += primitive.low().get(i) * whole.stride(i) * size;
        }
        return new PadKernel(StridedCopy.of(output.shape(), size, everywhere, whole),
                StridedCopy.of(input.spec().shape(), size, input.layout(), whole), offset);
    }

    @Override
    public void launch(Stream stream, long[] addresses) {
        fill.runShared(addresses[1], addresses[2]);
        copy.runShared(addresses[0], addresses[2] + byteOffset);
    }
}
