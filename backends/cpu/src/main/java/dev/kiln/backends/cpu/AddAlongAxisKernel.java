package dev.kiln.backends.cpu;

import dev.kiln.graph.DType;
import dev.kiln.graph.Kernel;
import dev.kiln.graph.Layout;
import dev.kiln.graph.OffHeap;
import dev.kiln.graph.Spec;
import dev.kiln.graph.Work;
import dev.kiln.ops.AddAlongAxis;
import dev.kiln.streams.Stream;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** Copies the array, then adds the values at their places, in order and by one thread, so that equal indices add up. */
final class AddAlongAxisKernel implements Kernel {

    private final StridedCopy copy;
    private final Indices indices;
    private final long[] dims;
    private final long[] list;
    private final long[] values;
    /** For each axis the result's step in bytes, 0 for the axis that the indices choose. */
    private final long[] result;
    /** The step of the axis that the indices choose. */
    private final long along;
    private final boolean isDouble;
    private final long count;

    AddAlongAxisKernel(AddAlongAxis primitive, Work.Single work) {
        Work.Operand places = work.inputs().get(1);
        int axis = primitive.axis();
        Spec output = work.output();
        Layout whole = Layout.contiguous(output.shape());
        int size = output.dtype().size();
        isDouble = output.dtype() == DType.FLOAT64;
        copy = StridedCopy.of(output.shape(), size, work.inputs().getFirst().layout(), whole);
        indices = new Indices(primitive.name(), places.spec().dtype(), axis, output.shape().dim(axis));
        dims = places.spec().shape().toArray();
        count = places.spec().shape().size();
        list = Odometer.steps(places.layout(), places.spec().dtype().size());
        values = Odometer.steps(work.inputs().get(2).layout(), size);
        result = Odometer.steps(whole, size);
        along = result[axis];
        result[axis] = 0;
    }

    /** Sums are float32 or float64: {@link AddAlongAxis} widens what is narrower. */
    static boolean serves(AddAlongAxis primitive, List<Spec> inputs, Spec output) {
        return output.dtype() == DType.FLOAT32 || output.dtype() == DType.FLOAT64;
    }

    @Override
    public void launch(Stream stream, long[] addresses) {
        copy.runShared(addresses[0], addresses[3]);
        Odometer walk = Odometer.over(dims, list, values, result);
        for (long i = 0; i < count; i++, walk.next()) {
            long index = indices.at(addresses[1] + walk.at(0));
            add(addresses[2] + walk.at(1), addresses[3] + walk.at(2) + index * along);
        }
    }

    private void add(long value, long sum) {
        if (isDouble) {
            OffHeap.ALL.set(ValueLayout.JAVA_DOUBLE, sum,
                    OffHeap.ALL.get(ValueLayout.JAVA_DOUBLE, sum) + OffHeap.ALL.get(ValueLayout.JAVA_DOUBLE, value));
        } else {
            OffHeap.ALL.set(ValueLayout.JAVA_FLOAT, sum,
                    OffHeap.ALL.get(ValueLayout.JAVA_FLOAT, sum) + OffHeap.ALL.get(ValueLayout.JAVA_FLOAT, value));
        }
    }
}
