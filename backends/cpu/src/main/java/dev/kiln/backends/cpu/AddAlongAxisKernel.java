package dev.kiln.backends.cpu;

import static dev.kiln.graph.OffHeap.ALL;

import dev.kiln.graph.DType;
import dev.kiln.graph.Kernel;
import dev.kiln.graph.Layout;
import dev.kiln.graph.Spec;
import dev.kiln.graph.Work;
import dev.kiln.ops.AddAlongAxis;
import dev.kiln.streams.Stream;
import java.util.List;

/** Copies the array, then adds the values at their places, in order and by one thread, so that equal indices add up. */
record AddAlongAxisKernel(StridedCopy copy, Places places, Places.Loop add) implements Kernel {

    static Kernel of(AddAlongAxis primitive, Work.Single work) {
        Spec output = work.output();
        StridedCopy copy = StridedCopy.of(output.shape(), output.dtype().size(), work.inputs().getFirst().layout(),
                Layout.contiguous(output.shape()));
        return new AddAlongAxisKernel(copy, Places.alongAxis(primitive.name(), primitive.axis(), work),
                output.dtype() == DType.FLOAT64 ? AddAlongAxisKernel::doubles : AddAlongAxisKernel::floats);
    }

    /** Sums are float32 or float64: {@link AddAlongAxis} widens what is narrower. */
    static boolean serves(AddAlongAxis primitive, List<Spec> inputs, Spec output) {
        return output.dtype() == DType.FLOAT32 || output.dtype() == DType.FLOAT64;
    }

    @Override
    public void launch(Stream stream, long[] addresses) {
        copy.runShared(addresses[0], addresses[3]);
        places.run(addresses[2], addresses[1], addresses[3], 0, places.count(), add);
    }

    private static void floats(long from, long fromStep, long to, long toStep, long[] offsets, int n) {
        for (int i = 0; i < n; i++) {
            long sum = to + i * toStep + offsets[i];
            ALL.set(Unaligned.FLOAT, sum,
                    ALL.get(Unaligned.FLOAT, sum) + ALL.get(Unaligned.FLOAT, from + i * fromStep));
        }
    }

    private static void doubles(long from, long fromStep, long to, long toStep, long[] offsets, int n) {
        for (int i = 0; i < n; i++) {
            long sum = to + i * toStep + offsets[i];
            ALL.set(Unaligned.DOUBLE, sum,
                    ALL.get(Unaligned.DOUBLE, sum) + ALL.get(Unaligned.DOUBLE, from + i * fromStep));
        }
    }
}
