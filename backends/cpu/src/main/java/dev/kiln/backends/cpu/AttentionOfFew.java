package dev.kiln.backends.cpu;

import dev.kiln.backends.cpu.AttentionShape.Steps;
import dev.kiln.graph.DType;
import dev.kiln.graph.Work;
import dev.kiln.ops.Attention;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * The attention of a few queries that share a head of keys and values, as in decoding, where the time goes into reading those.
 *
 * <p>
 * Scores are sums over features, results are sums over keys. Wide heads are read as they lie: a score is a sum across a vector. Of
 * narrow heads, a vector holds a feature of many keys; so it lies in memory if a program keeps its keys and values that way, else
 * blocks are turned round.
 */
final class AttentionOfFew implements AttentionOfHead {

    private static final int QUERY = 0;
    private static final int KEY = 1;
    private static final int VALUE = 2;
    private static final int SCORE = 3;
    private static final int RESULT = 4;
    private static final int PART = 5;
    private static final int RAW = 6;
    private static final int LARGEST = 7;
    private static final int TOTAL = 8;
    private static final int ADDED = 9;
    private static final int SEEN = 10;
    private static final List<Lane> REGISTERS = lanes();

    /** Elements of keys, or of values, that are in the second-level cache at a time. */
    private static final int IN_CACHE = 32 << 10;

    private final AttentionShape shape;
    private final float scale;
    private final boolean causal;
    private final AttentionMask mask;
    private final AttentionSpan span;
    private final LoadLoop load;
    private final int size;
    private final UnaryLoop round;
    private final StoreLoop store;
    private final FloatRows along = Loops.get().floatRows(DType.FLOAT32);
    private final TileLoops tiles = Loops.get().tiles();
    private final int rows;
    private final int depth;
    private final int width;
    private final int keysAtATime;

    AttentionOfFew(Attention attention, AttentionShape shape, Work.Single work) {
        this.shape = shape;
        scale = (float) attention.scale();
        causal = attention.causal();
        mask = AttentionMask.of(work, shape, 3);
        span = AttentionSpan.of(work, shape, 3);
        DType dtype = work.output().dtype();
        load = Loops.get().load(dtype);
        size = dtype.size();
        round = Loops.get().round(dtype);
        store = Loops.get().store(dtype);
        rows = Math.toIntExact(shape.rows());
        depth = TileLoops.padded(shape.depth());
        width = TileLoops.padded(shape.width());
        keysAtATime = Math.clamp(IN_CACHE / Math.max(depth, width), 64, 512) / TileLoops.PADDING * TileLoops.PADDING;
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
        return keysAtATime * Math.max(TileLoops.PADDING, Math.max(rows, Math.max(depth, width)));
    }

    @Override
    public void attend(Block block, long[] addresses, long batch, long head, long first, int count) {
        readQueries(block, addresses[0], batch, head);
        Arrays.fill(block.register(RESULT).f(), 0, rows * width, 0);
        Arrays.fill(block.register(LARGEST).f(), 0, rows, Float.NEGATIVE_INFINITY);
        Arrays.fill(block.register(TOTAL).f(), 0, rows, 0);
        long visible = causal ? shape.visible(rows - 1) : shape.keys();
        AttentionSpan.Seen seen = span.of(addresses, batch, head);
        long end = Math.min(visible, seen.to());
        for (long key = seen.from(); key < end; key += keysAtATime) {
            int keys = (int) Math.min(keysAtATime, end - key);
            scores(block, addresses[1] + shape.steps().get(1).offset(batch, head, key), keys);
            int pitch = TileLoops.padded(keys);
            for (int row = 0; row < rows; row++) {
                if (seen.hasHoles()) {
                    mask.apply(block.register(SCORE), row * pitch, keys, block.register(ADDED), block.register(SEEN),
                            addresses, batch, shape.head(head, row), shape.position(row), key);
                }
                weigh(block, row, pitch, causal ? Math.clamp(shape.visible(row) - key, 0, keys) : keys);
            }
            addValues(block, addresses[2] + shape.steps().get(2).offset(batch, head, key), keys);
        }
        write(block, addresses[addresses.length - 1], batch, head);
    }

    private void readQueries(Block block, long address, long batch, long head) {
        Steps steps = shape.steps().getFirst();
        Reg queries = block.register(QUERY);
        for (int row = 0; row < rows; row++) {
            long at = steps.offset(batch, shape.head(head, row), shape.position(row));
            load.run(queries, row * depth, address + at, steps.column(), shape.depth());
            along.scale(queries, queries, row * depth, shape.depth(), scale);
            Arrays.fill(queries.f(), row * depth + shape.depth(), (row + 1) * depth, 0);
        }
    }

    private void scores(Block block, long address, int keys) {
        Steps steps = shape.steps().get(1);
        float[] scores = block.register(SCORE).f();
        int pitch = TileLoops.padded(keys);
        if (turns(steps, shape.depth())) {
            readTurned(block, KEY, address, steps, keys, shape.depth());
            Arrays.fill(scores, 0, rows * pitch, 0);
            tiles.accumulate(scores, block.register(QUERY).f(), depth, rows, block.register(KEY).f(), shape.depth(),
                    pitch);
        } else {
            read(block.register(KEY), address, steps, keys, shape.depth(), depth);
            tiles.dots(scores, pitch, block.register(QUERY).f(), rows, block.register(KEY).f(), keys, depth);
        }
    }

    private void addValues(Block block, long address, int keys) {
        Steps steps = shape.steps().get(2);
        float[] weights = block.register(SCORE).f();
        float[] result = block.register(RESULT).f();
        int pitch = TileLoops.padded(keys);
        if (turns(steps, shape.width())) {
            readTurned(block, VALUE, address, steps, keys, shape.width());
            float[] part = block.register(PART).f();
            tiles.dots(part, width, weights, rows, block.register(VALUE).f(), shape.width(), pitch);
            for (int row = 0; row < rows; row++) {
                for (int i = row * width; i < row * width + shape.width(); i++) {
                    result[i] += part[i];
                }
            }
        } else {
            read(block.register(VALUE), address, steps, keys, shape.width(), width);
            tiles.accumulate(result, weights, pitch, rows, block.register(VALUE).f(), keys, width);
        }
    }

    /** Whether the features of a key are worth bringing together by feature, or lie so. */
    private boolean turns(Steps steps, int columns) {
        return columns <= TileLoops.PADDING || liesTurned(steps);
    }

    private boolean liesTurned(Steps steps) {
        return steps.position() == size && steps.column() != size;
    }

    /** Reads rows of keys or values, widened and padded with zeros. */
    private void read(Reg to, long address, Steps steps, int keys, int columns, int padded) {
        if (columns == padded && steps.isDense(columns, size)) {
            load.run(to, 0, address, size, keys * columns);
            return;
        }
        for (int key = 0; key < keys; key++) {
            load.run(to, key * padded, address + key * steps.position(), steps.column(), columns);
            Arrays.fill(to.f(), key * padded + columns, (key + 1) * padded, 0);
        }
    }

    /** Reads rows of features, each of as many keys, widened and padded with zeros. */
    private void readTurned(Block block, int register, long address, Steps steps, int keys, int columns) {
        Reg to = block.register(register);
        int pitch = TileLoops.padded(keys);
        if (steps.isDense(columns, size)) {
            load.run(block.register(RAW), 0, address, size, keys * columns);
            turn(to.f(), block.register(RAW).f(), keys, columns, pitch);
        } else {
            for (int column = 0; column < columns; column++) {
                load.run(to, column * pitch, address + column * steps.column(), steps.position(), keys);
            }
        }
        for (int column = 0; column < columns; column++) {
            Arrays.fill(to.f(), column * pitch + keys, (column + 1) * pitch, 0);
        }
    }

    private static void turn(float[] to, float[] from, int keys, int columns, int pitch) {
        for (int column = 0; column < columns; column++) {
            int at = column * pitch;
            for (int key = 0; key < keys; key++) {
                to[at + key] = from[key * columns + column];
            }
        }
    }

    /** Turns a row's scores into weights relative to the largest score so far, and what was summed before with them. */
    private void weigh(Block block, int row, int pitch, int visible) {
        Reg scores = block.register(SCORE);
        float[] largest = block.register(LARGEST).f();
        float[] total = block.register(TOTAL).f();
        int at = row * pitch;
        Arrays.fill(scores.f(), at + visible, at + pitch, 0);
        float before = largest[row];
        float now = Math.max(before, (float) along.max(scores, at, visible));
        if (now == Float.NEGATIVE_INFINITY) { // no key is seen yet
            Arrays.fill(scores.f(), at, at + visible, 0);
            return;
        }
        if (now != before && before != Float.NEGATIVE_INFINITY) {
            float correction = (float) Math.exp(before - now);
            Reg result = block.register(RESULT);
            along.scale(result, result, row * width, width, correction);
            total[row] *= correction;
        }
        largest[row] = now;
        along.exp(scores, scores, at, visible, now);
        total[row] += (float) along.sum(scores, at, visible);
    }

    private void write(Block block, long address, long batch, long head) {
        Reg result = block.register(RESULT);
        float[] total = block.register(TOTAL).f();
        for (int row = 0; row < rows; row++) {
            along.scale(result, result, row * width, width, total[row] == 0 ? 0 : 1 / total[row]);
        }
        round.run(result, result, rows * width);
        for (int row = 0; row < rows; row++) {
            long to = ((batch * shape.heads() * shape.group() + shape.head(head, row)) * shape.queries()
                    + shape.position(row)) * shape.width() * size;
            store.run(result, row * width, address + to, shape.width());
        }
    }
}
