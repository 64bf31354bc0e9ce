package dev.kiln.backends.cpu;

import com.google.common.primitives.ImmutableLongArray;
import dev.kiln.graph.Kernel;
import dev.kiln.graph.Layout;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Work;
import dev.kiln.ops.Take;
import dev.kiln.ops.TakeAlongAxis;
import dev.kiln.streams.Stream;
import java.util.Arrays;

/**
 * Copies what each index chooses along an axis: an element, or a slice of the axes behind it.
 *
 * @param bytes of what one index chooses
 */
record GatherKernel(Places places, Places.Loop loop, long bytes) implements Kernel {

    static Kernel of(TakeAlongAxis primitive, Work.Single work) {
        Work.Operand array = work.inputs().get(0);
        Work.Operand list = work.inputs().get(1);
        int axis = primitive.axis();
        int size = array.spec().dtype().size();
        long[] from = Odometer.steps(array.layout(), size);
        long unit = from[axis];
        from[axis] = 0;
        Shape shape = list.spec().shape();
        Places places = new Places(Indices.of(primitive.name(), list, array.spec().shape(), axis), unit,
                shape.toArray(), from, Odometer.steps(Layout.contiguous(shape), size), steps(list));
        return new GatherKernel(places, PlacedCopy.from(size), size);
    }

    static Kernel of(Take primitive, Work.Single work) {
        Work.Operand array = work.inputs().get(0);
        Work.Operand list = work.inputs().get(1);
        int axis = primitive.axis();
        int size = array.spec().dtype().size();
        int rank = axis + list.spec().shape().rank();
        long[] steps = Odometer.steps(array.layout(), size);
        long[] from = Arrays.copyOf(Arrays.copyOf(steps, axis), rank);
        long[] to = Arrays.copyOf(Odometer.steps(Layout.contiguous(work.output().shape()), size), rank);
        long[] dims = Arrays.copyOf(work.output().shape().toArray(), rank);
        long[] indexSteps = new long[rank];
        System.arraycopy(steps(list), 0, indexSteps, axis, rank - axis);
        Places places = new Places(Indices.of(primitive.name(), list, array.spec().shape(), axis), steps[axis], dims,
                from, to, indexSteps);
        Shape slice = behind(array.spec().shape(), axis);
        return new GatherKernel(places,
                slice.size() == 1 ? PlacedCopy.from(size) : slices(slice, size, behind(array.layout(), axis)),
                slice.size() * size);
    }

    private static Places.Loop slices(Shape shape, int size, Layout layout) {
        StridedCopy slice = StridedCopy.of(shape, size, layout, Layout.contiguous(shape));
        return (from, fromStep, to, toStep, offsets, n) -> {
            for (int i = 0; i < n; i++) {
                slice.run(from + i * fromStep + offsets[i], to + i * toStep);
            }
        };
    }

    private static Shape behind(Shape shape, int axis) {
        return Shape.shape(Arrays.copyOfRange(shape.toArray(), axis + 1, shape.rank()));
    }

    private static Layout behind(Layout layout, int axis) {
        long[] strides = layout.strides().toArray();
        return new Layout(0, ImmutableLongArray.copyOf(Arrays.copyOfRange(strides, axis + 1, strides.length)));
    }

    private static long[] steps(Work.Operand operand) {
        return Odometer.steps(operand.layout(), operand.spec().dtype().size());
    }

    @Override
    public void launch(Stream stream, long[] addresses) {
        long count = places.count();
        Tasks.run(count, Tasks.count(count, (double) count * (bytes + Long.BYTES)),
                (start, end) -> places.run(addresses[0], addresses[1], addresses[2], start, end, loop));
    }
}
