package dev.kiln.backends.cpu;

import dev.kiln.backends.cpu.AttentionShape.Steps;
import dev.kiln.graph.DType;
import dev.kiln.graph.Work;
import dev.kiln.ops.Attention;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** The attention of some rows, queries that share a head of keys and values. */
final class AttentionRows implements AttentionOfHead {

    /** Keys that are in the cache at a time. */
    static final int KEYS = 64;

    static final int QUERY = 0;
    static final int KEY = 1;
    private static final int VALUE = 2;
    static final int SCORE = 3;
    private static final int RESULT = 4;
    /** For each row the largest score and the sum so far. */
    private static final int LARGEST = 5;
    private static final int TOTAL = 6;
    private static final int ADDED = 7;
    /** For {@link AttentionScores}: queries and scores by columns. */
    static final int TURNED = 8;
    static final int COLUMNS = 9;
    private static final int SEEN = 10;
    private static final List<Lane> REGISTERS = lanes();

    private final AttentionShape shape;
    private final float scale;
    private final boolean causal;
    private final AttentionMask mask;
    private final LoadLoop load;
    private final int size;
    private final UnaryLoop round;
    private final StoreLoop store;
    private final FloatRows along = Loops.get().floatRows(DType.FLOAT32);
    private final TileLoops tiles = Loops.get().tiles();
    private final int depth;
    private final int width;
    private final int capacity;

    AttentionRows(Attention attention, AttentionShape shape, Work.Single work, int rows) {
        this.shape = shape;
        scale = (float) attention.scale();
        causal = attention.causal();
        mask = AttentionMask.of(work, shape, 3);
        DType dtype = work.output().dtype();
        load = Loops.get().load(dtype);
        size = dtype.size();
        round = Loops.get().round(dtype);
        store = Loops.get().store(dtype);
        depth = TileLoops.padded(shape.depth());
        width = TileLoops.padded(shape.width());
        capacity = Math.max(KEYS, rows) * Math.max(KEYS, Math.max(depth, width));
    }

    private static List<Lane> lanes() {
        Lane[] lanes = Collections.nCopies(SEEN + 1, Lane.F32).toArray(new Lane[0]);
        lanes[SEEN] = Lane.I64;
        return List.of(lanes);
    }

    @Override
    public List<Lane> registers() {
        return REGISTERS;
    }

    @Override
    public int capacity() {
        return capacity;
    }

    @Override
    public void attend(Block block, long[] addresses, long batch, long head, long first, int count) {
        readQueries(block, addresses[0], batch, head, first, count);
        AttentionScores products = AttentionScores.of(count, depth);
        products.begin(block, count);
        Arrays.fill(block.register(RESULT).f(), 0, count * width, 0);
        Arrays.fill(block.register(LARGEST).f(), 0, count, Float.NEGATIVE_INFINITY);
        Arrays.fill(block.register(TOTAL).f(), 0, count, 0);
        Steps k = shape.steps().get(1);
        Steps v = shape.steps().get(2);
        long visible = causal ? shape.visible(first + count - 1) : shape.keys();
        for (long key = 0; key < visible; key += KEYS) {
            int keys = (int) Math.min(KEYS, visible - key);
            read(block.register(KEY), addresses[1] + k.offset(batch, head, key), k, keys, shape.depth(), depth);
            float[] scores = block.register(SCORE).f();
            products.compute(block, count, keys);
            for (int row = 0; row < count; row++) {
                mask.apply(block.register(SCORE), row * KEYS, keys, block.register(ADDED), block.register(SEEN),
                        addresses, batch, shape.head(head, first + row), shape.position(first + row), key);
                weigh(block, row, keys,
                        causal ? Math.clamp(shape.visible(first + row) - key, 0, keys) : keys);
            }
            read(block.register(VALUE), addresses[2] + v.offset(batch, head, key), v, keys, shape.width(), width);
            tiles.accumulate(block.register(RESULT).f(), scores, KEYS, count, block.register(VALUE).f(), keys, width);
        }
        write(block, addresses[addresses.length - 1], batch, head, first, count);
    }

    private void readQueries(Block block, long address, long batch, long head, long first, int count) {
        Steps steps = shape.steps().get(0);
        Reg queries = block.register(QUERY);
        for (int row = 0; row < count; row++) {
            long at = steps.offset(batch, shape.head(head, first + row), shape.position(first + row));
            load.run(queries, row * depth, address + at, steps.column(), shape.depth());
            along.scale(queries, queries, row * depth, shape.depth(), scale);
            Arrays.fill(queries.f(), row * depth + shape.depth(), (row + 1) * depth, 0);
        }
    }

    /** Reads rows of keys or values, widened and padded with zeros. */
    private void read(Reg to, long address, Steps steps, int rows, int columns, int padded) {
        if (columns == padded && steps.isDense(columns, size)) {
            load.run(to, 0, address, size, rows * columns);
            return;
        }
        for (int row = 0; row < rows; row++) {
            load.run(to, row * padded, address + row * steps.position(), steps.column(), columns);
            Arrays.fill(to.f(), row * padded + columns, (row + 1) * padded, 0);
        }
    }

    /** Turns a row's scores into weights relative to the largest score so far, and what was summed before with them. */
    private void weigh(Block block, int row, int keys, int visible) {
        Reg scores = block.register(SCORE);
        float[] largest = block.register(LARGEST).f();
        float[] total = block.register(TOTAL).f();
        int at = row * KEYS;
        Arrays.fill(scores.f(), at + visible, at + keys, 0);
        float before = largest[row];
        float now = Math.max(before, (float) along.max(scores, at, visible));
        if (now == Float.NEGATIVE_INFINITY) { // no key is seen yet
            Arrays.fill(scores.f(), at, at + visible, 0);
            return;
        }
        if (now != before) {
            float correction = (float) Math.exp(before - now);
            Reg result = block.register(RESULT);
            along.scale(result, result, row * width, width, correction);
            total[row] *= correction;
            largest[row] = now;
        }
        along.exp(scores, scores, at, visible, now);
        total[row] += (float) along.sum(scores, at, visible);
    }

    private void write(Block block, long address, long batch, long head, long first, int count) {
        Reg result = block.register(RESULT);
        float[] total = block.register(TOTAL).f();
        for (int row = 0; row < count; row++) {
            along.scale(result, result, row * width, width, total[row] == 0 ? 0 : 1 / total[row]);
        }
        round.run(result, result, count * width);
        for (int row = 0; row < count; row++) {
            long to = ((batch * shape.heads() * shape.group() + shape.head(head, first + row)) * shape.queries()
                    + shape.position(first + row)) * shape.width() * size;
            store.run(result, row * width, address + to, shape.width());
        }
    }
}
