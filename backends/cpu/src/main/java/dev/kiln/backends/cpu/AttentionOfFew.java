package dev.kiln.backends.cpu;

import dev.kiln.backends.cpu.AttentionShape.Steps;
import dev.kiln.graph.DType;
import dev.kiln.graph.Work;
import dev.kiln.ops.Attention;
import java.util.Arrays;
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
    private static final List<Lane> REGISTERS = Lane.floatsAndOneForIntegers(SEEN);

    /** Elements of keys, or of values, that are in the second-level cache at a time. */
    private static final int IN_CACHE = 32 << 10;

    private final AttentionShape shape;
    private final float scale;
    private final boolean causal;
    private final AttentionMask mask;
    private final AttentionSpan span;
    private final AttentionHeads heads;
    private final LoadLoop load;
    private final int size;
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
        heads = new AttentionHeads(shape, dtype);
        load = Loops.get().load(dtype);
        size = dtype.size();
        rows = Math.toIntExact(shape.rows());
        depth = TileLoops.padded(shape.depth());
        width = TileLoops.padded(shape.width());
        keysAtATime = Math.clamp(IN_CACHE / Math.max(depth, width), 64, 512) / TileLoops.PADDING * TileLoops.PADDING;
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
        Reg queries = block.register(QUERY);
        heads.readQueries(queries, addresses[0], shape.steps().getFirst(), batch, head, 0, rows, shape.depth(), depth);
        along.scale(queries, queries, 0, rows * depth, scale);
        RunningSoftmax softmax = new RunningSoftmax(block.register(SCORE), block.register(RESULT), width,
                block.register(LARGEST), block.register(TOTAL));
        softmax.begin(rows);
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
                softmax.weigh(row, row * pitch, causal ? Math.clamp(shape.visible(row) - key, 0, keys) : keys, pitch);
            }
            addValues(block, addresses[2] + shape.steps().get(2).offset(batch, head, key), keys);
        }
        softmax.divide(rows);
        long to = addresses[addresses.length - 1] + batch * shape.heads() * shape.rows() * shape.width() * size;
        heads.writeQueries(block.register(RESULT), to, head, 0, rows, shape.width(), width);
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
            heads.readKeys(block.register(KEY), address, steps, keys, shape.depth(), depth);
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
            heads.readKeys(block.register(VALUE), address, steps, keys, shape.width(), width);
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
}
