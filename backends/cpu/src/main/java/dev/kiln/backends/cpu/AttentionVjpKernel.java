package dev.kiln.backends.cpu;

import dev.kiln.graph.DType;
import dev.kiln.graph.Kernel;
import dev.kiln.graph.Spec;
import dev.kiln.graph.Work;
import dev.kiln.ops.AttentionVjp;
import dev.kiln.streams.Stream;
import dev.kiln.streams.Workers;
import java.util.List;

/** The gradients of an attention. Every query adds to those of keys and values, so a task computes all of a head's. */
final class AttentionVjpKernel implements Kernel {

    private static final int MOST_ROWS = 32;

    private final AttentionShape shape;
    private final AttentionVjpOfHead heads;
    private final int size;
    private final long units;
    private final int tasks;

    AttentionVjpKernel(AttentionVjp primitive, Work.Single work) {
        shape = AttentionShape.of(work);
        size = work.output().dtype().size();
        heads = new AttentionVjpOfHead(primitive, shape, work, Math.clamp(shape.rows(), 1, MOST_ROWS));
        units = shape.batch() * shape.heads();
        double bytes = (double) size * shape.keys() * (shape.depth() + shape.width()) * (1 + shape.rows());
        tasks = Tasks.count(units, bytes * units);
    }

    /** Whether this computes in the dtype's precision. */
    static boolean serves(AttentionVjp primitive, List<Spec> inputs, Spec output) {
        return output.dtype() != DType.FLOAT64;
    }

    @Override
    public void launch(Stream stream, long[] addresses) {
        long queries = shape.heads() * shape.rows() * shape.depth() * size;
        long keys = shape.heads() * shape.keys() * shape.depth() * size;
        long values = shape.heads() * shape.keys() * shape.width() * size;
        Workers.shared().run(tasks, task -> {
            Block block = heads.lend();
            long end = Tasks.start(units, tasks, task + 1);
            for (long unit = Tasks.start(units, tasks, task); unit < end; unit++) {
                long batch = unit / shape.heads();
                long to = addresses[addresses.length - 1] + batch * (queries + keys + values);
                heads.compute(block, addresses, batch, unit % shape.heads(), to, to + queries, to + queries + keys);
            }
            block.giveBack();
        });
    }
}
