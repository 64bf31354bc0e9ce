package dev.kiln.backends.cpu;

import dev.kiln.graph.DType;
import dev.kiln.graph.Kernel;
import dev.kiln.graph.Layout;
import dev.kiln.graph.OffHeap;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Spec;
import dev.kiln.graph.Work;
import dev.kiln.ops.Rope;
import dev.kiln.streams.Stream;
import dev.kiln.streams.Workers;
import java.util.Arrays;
import java.util.List;

/**
 * Turns the rows of one position after the other: the angles of a position are computed once, for all heads, and for all of
 * the batch if it has one offset.
 */
final class RopeKernel implements Kernel {

    private static final int ROW = 0;
    private static final int TURNED = 1;
    private static final int COSINES = 2;
    private static final int SINES = 3;
    private static final List<Lane> REGISTERS = List.of(Lane.F32, Lane.F32, Lane.F32, Lane.F32);

    private final Rope rope;
    private final DType dtype;
    private final LoadLoop load;
    private final UnaryLoop round;
    private final StoreLoop store;
    /** The axes before the position's. */
    private final Walk heads;
    private final long headCount;
    private final long positions;
    private final int columns;
    private final long positionStep;
    private final long columnStep;
    /** How many offsets there are, and how far apart. */
    private final long offsets;
    private final long offsetStep;
    private final long wavelengthStep;

    private RopeKernel(Rope rope, Work.Single work) {
        this.rope = rope;
        dtype = work.output().dtype();
        load = Loops.get().load(dtype);
        round = Loops.get().round(dtype);
        store = Loops.get().store(dtype);
        Shape shape = work.output().shape();
        Layout layout = work.inputs().getFirst().layout();
        int lead = shape.rank() - 2;
        Shape leading = Shape.shape(Arrays.copyOf(shape.toArray(), lead));
        heads = Walk.of(leading, new Layout(0, layout.strides().subArray(0, lead)), dtype.size());
        headCount = leading.size();
        positions = shape.dim(-2);
        columns = Math.toIntExact(shape.dim(-1));
        positionStep = layout.stride(-2) * dtype.size();
        columnStep = layout.stride(-1) * dtype.size();
        Work.Operand offset = work.inputs().get(1);
        offsets = offset.spec().shape().size();
        offsetStep = offsets == 1 ? 0 : offset.layout().stride(0) * Integer.BYTES;
        wavelengthStep = work.inputs().size() < 3 ? 0 : work.inputs().get(2).layout().stride(0) * Float.BYTES;
    }

    /** Whether this computes in the dtype's precision. */
    static boolean serves(Rope rope, List<Spec> inputs, Spec output) {
        return output.dtype() != DType.FLOAT64;
    }

    static Kernel of(Rope rope, Work.Single work) {
        return new RopeKernel(rope, work);
    }

    @Override
    public void launch(Stream stream, long[] addresses) {
        long units = headCount == 0 ? 0 : offsets * positions;
        int tasks = Tasks.count(units, 2.0 * headCount * positions * columns * dtype.size());
        float[] frequencies = frequencies(addresses);
        Workers.shared().run(tasks, task -> {
            Block block = Block.lend(REGISTERS, columns, 0);
            long end = Tasks.start(units, tasks, task + 1);
            for (long unit = Tasks.start(units, tasks, task); unit < end; unit++) {
                turn(block, addresses, frequencies, unit / positions, unit % positions);
            }
            block.giveBack();
        });
    }

    /** The angle by which each pair turns from one position to the next, in float32 as MLX computes it. */
    private float[] frequencies(long[] addresses) {
        int half = rope.dims() / 2;
        float[] frequencies = new float[half];
        if (rope.base().isPresent()) {
            float step = (float) Math.log((float) rope.base().getAsDouble()) / half;
            for (int i = 0; i < half; i++) {
                frequencies[i] = (float) Math.exp(-i * step);
            }
        } else {
            for (int i = 0; i < half; i++) {
                frequencies[i] = 1 / OffHeap.ALL.get(Unaligned.FLOAT, addresses[2] + i * wavelengthStep);
            }
        }
        return frequencies;
    }

    private void turn(Block block, long[] addresses, float[] frequencies, long offset, long position) {
        float[] cosines = block.register(COSINES).f();
        float[] sines = block.register(SINES).f();
        float at = (position + OffHeap.ALL.get(Unaligned.INT, addresses[1] + offset * offsetStep))
                * (float) rope.scale();
        for (int i = 0; i < frequencies.length; i++) {
            float angle = at * frequencies[i];
            cosines[i] = (float) Math.cos(angle);
            sines[i] = (float) (rope.forward() ? Math.sin(angle) : -Math.sin(angle));
        }
        Reg row = block.register(ROW);
        Reg turned = block.register(TURNED);
        long out = addresses[addresses.length - 1];
        for (long head = headCount * offset / offsets; head < headCount * (offset + 1) / offsets; head++) {
            load.run(row, 0, addresses[0] + heads.offset(head) + position * positionStep, columnStep, columns);
            if (rope.traditional()) {
                turnNeighbours(turned.f(), row.f(), cosines, sines, frequencies.length);
            } else {
                turnHalves(turned.f(), row.f(), cosines, sines, frequencies.length);
            }
            System.arraycopy(row.f(), rope.dims(), turned.f(), rope.dims(), columns - rope.dims());
            round.run(turned, turned, columns);
            store.run(turned, 0, out + (head * positions + position) * columns * dtype.size(), columns);
        }
    }

    private static void turnNeighbours(float[] out, float[] x, float[] cosines, float[] sines, int pairs) {
        for (int i = 0; i < pairs; i++) {
            float a = x[2 * i];
            float b = x[2 * i + 1];
            out[2 * i] = a * cosines[i] - b * sines[i];
            out[2 * i + 1] = a * sines[i] + b * cosines[i];
        }
    }

    private static void turnHalves(float[] out, float[] x, float[] cosines, float[] sines, int pairs) {
        for (int i = 0; i < pairs; i++) {
            float a = x[i];
            float b = x[i + pairs];
            out[i] = a * cosines[i] - b * sines[i];
            out[i + pairs] = a * sines[i] + b * cosines[i];
        }
    }
}
