package dev.kiln.backends.cpu;

import dev.kiln.graph.Kernel;
import dev.kiln.graph.Layout;
import dev.kiln.graph.Work;
import dev.kiln.ops.Concatenate;
import dev.kiln.streams.Stream;
import java.util.ArrayList;
import java.util.List;

/** Copies each input to its place in the result. */
record ConcatenateKernel(List<Part> parts) implements Kernel {

    /** One input: how it is copied, and how far into the result. */
    private record Part(StridedCopy copy, long byteOffset) {}

    static Kernel of(Concatenate primitive, Work.Single work) {
        Layout whole = Layout.contiguous(work.output().shape());
        int size = work.output().dtype().size();
        long step = whole.stride(primitive.axis()) * size;
        List<Part> parts = new ArrayList<>();
        long offset = 0;
        for (Work.Operand input : work.inputs()) {
            parts.add(new Part(StridedCopy.of(input.spec().shape(), size, input.layout(), whole), offset));
            offset += input.spec().shape().dim(primitive.axis()) * step;
        }
        return new ConcatenateKernel(List.copyOf(parts));
    }

    @Override
    public void launch(Stream stream, long[] addresses) {
        long target = addresses[parts.size()];
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            part.copy.runShared(addresses[i], target + part.byteOffset);
        }
    }
}
