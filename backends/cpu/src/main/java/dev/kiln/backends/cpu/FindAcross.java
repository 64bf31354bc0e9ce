package dev.kiln.backends.cpu;

import dev.kiln.graph.DType;
import dev.kiln.graph.Kernel;
import dev.kiln.ops.Reduce;
import dev.kiln.streams.Stream;
import java.util.Arrays;
import java.util.List;

/**
 * Finds where the first of the largest or smallest elements is for many results at once, where they, and not the elements of one, lie
 * next to each other: row after row is compared with the best so far.
 */
final class FindAcross implements Kernel {

    /** Results that are found at once: the best of them and where they are fit a first-level cache. */
    private static final int WIDTH = 1024;

    /** For fewer the calls for each row cost more than walking down each column. */
    private static final int LEAST_WIDTH = 16;

    private static final int ROW = 0;
    private static final int BEST = 1;
    private static final int PLACE = 2;

    private final Walk starts;
    private final Walk rows;
    private final LoadLoop load;
    private final StoreLoop store;
    private final DType out;
    private final Order order;
    private final long width;
    private final long step;
    private final long pieces;
    private final long tiles;
    private final long rowCount;
    private final List<Lane> lanes;
    private final int tasks;

    /**
     * What makes the best the largest: by a change of sign the smallest float is, by inverted bits the smallest integer, and by another
     * upper bit the largest of those without a sign.
     */
    private record Order(float sign, long bits) {
        static Order of(Reduce.Op op, DType dtype) {
            boolean smallest = op == Reduce.Op.ARGMIN;
            long unsigned = dtype == DType.UINT64 ? Long.MIN_VALUE : 0;
            return new Order(smallest ? -1 : 1, smallest ? ~unsigned : unsigned);
        }
    }

    FindAcross(Reduce.Op op, Axes axes, DType out) {
        DType dtype = axes.dtype();
        this.out = out;
        order = Order.of(op, dtype);
        starts = axes.starts();
        rows = Walk.of(axes.folded(), axes.foldedLayout(), dtype.size());
        load = Loops.get().load(dtype);
        store = Loops.get().store(out);
        width = starts.dims[starts.rank() - 1];
        step = starts.steps[starts.rank() - 1];
        pieces = Math.ceilDiv(width, WIDTH);
        tiles = axes.kept().size() / width * pieces;
        rowCount = axes.folded().size();
        lanes = List.of(Lane.of(dtype), Lane.of(dtype), Lane.I64);
        tasks = Tasks.count(tiles, axes.bytes());
    }

    /** Whether that is so and there are enough of them in a row. */
    static boolean serves(Axes axes) {
        Walk starts = axes.starts();
        return FoldAcross.serves(axes) && starts.dims[starts.rank() - 1] >= LEAST_WIDTH;
    }

    @Override
    public void launch(Stream stream, long[] addresses) {
        Tasks.run(tiles, tasks, (start, end) -> {
            Block block = Block.lend(lanes, WIDTH, 0);
            for (long tile = start; tile < end; tile++) {
                long result = tile / pieces * width + tile % pieces * WIDTH;
                int n = (int) Math.min(WIDTH, width - tile % pieces * WIDTH);
                find(block, addresses[0] + starts.offset(result), n);
                store.run(block.register(PLACE), 0, addresses[1] + result * out.size(), n);
            }
            block.giveBack();
        });
    }

    private void find(Block block, long from, int n) {
        Reg row = block.register(ROW);
        Reg best = block.register(BEST);
        long[] places = block.register(PLACE).l();
        Arrays.fill(places, 0, n, -1);
        for (long i = 0; i < rowCount; i++) {
            load.run(row, 0, from + rows.offset(i), step, n);
            switch (row.lane()) {
                case F32 -> compare(row.f(), order.sign, best.f(), places, i, n);
                case F64 -> compare(row.d(), order.sign, best.d(), places, i, n);
                case I64 -> compare(row.l(), order.bits, best.l(), places, i, n);
                case C64 -> throw new IllegalStateException("Complex numbers have no order.");
            }
        }
    }

    /** NaN is better than any number, and the first stays. */
    private static void compare(float[] row, float sign, float[] best, long[] places, long number, int n) {
        for (int i = 0; i < n; i++) {
            float value = sign * row[i];
            if (!(value <= best[i]) && !Float.isNaN(best[i]) || places[i] < 0) {
                best[i] = value;
                places[i] = number;
            }
        }
    }

    private static void compare(double[] row, double sign, double[] best, long[] places, long number, int n) {
        for (int i = 0; i < n; i++) {
            double value = sign * row[i];
            if (!(value <= best[i]) && !Double.isNaN(best[i]) || places[i] < 0) {
                best[i] = value;
                places[i] = number;
            }
        }
    }

    private static void compare(long[] row, long bits, long[] best, long[] places, long number, int n) {
        for (int i = 0; i < n; i++) {
            long value = row[i] ^ bits;
            if (value > best[i] || places[i] < 0) {
                best[i] = value;
                places[i] = number;
            }
        }
    }
}
