package dev.kiln.backends.cpu;

import dev.kiln.backends.cpu.AttentionShape.Steps;
import dev.kiln.graph.DType;
import dev.kiln.graph.Work;
import dev.kiln.ops.Attention;
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
    private static final List<Lane> REGISTERS = Lane.floatsAndOneForIntegers(SEEN);

    private final AttentionShape shape;
    private final float scale;
    private final boolean causal;
    private final AttentionMask mask;
    private final AttentionHeads heads;
    private final int size;
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
        heads = new AttentionHeads(shape, dtype);
        size = dtype.size();
        depth = TileLoops.padded(shape.depth());
        width = TileLoops.padded(shape.width());
        capacity = Math.max(KEYS, rows) * Math.max(KEYS, Math.max(depth, width));
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
        Reg queries = block.register(QUERY);
        heads.readQueries(queries, addresses[0], shape.steps().get(0), batch, head, first, count, shape.depth(), depth);
        along.scale(queries, queries, 0, count * depth, scale);
        AttentionScores products = AttentionScores.of(count, depth);
        products.begin(block, count);
        RunningSoftmax softmax = new RunningSoftmax(block.register(SCORE), block.register(RESULT), width,
                block.register(LARGEST), block.register(TOTAL));
        softmax.begin(count);
        Steps k = shape.steps().get(1);
        Steps v = shape.steps().get(2);
        long visible = causal ? shape.visible(first + count - 1) : shape.keys();
        for (long key = 0; key < visible; key += KEYS) {
            int keys = (int) Math.min(KEYS, visible - key);
            heads.readKeys(block.register(KEY), addresses[1] + k.offset(batch, head, key), k, keys, shape.depth(),
                    depth);
            float[] scores = block.register(SCORE).f();
            products.compute(block, count, keys);
            for (int row = 0; row < count; row++) {
                mask.apply(block.register(SCORE), row * KEYS, keys, block.register(ADDED), block.register(SEEN),
                        addresses, batch, shape.head(head, first + row), shape.position(first + row), key);
                softmax.weigh(row, row * KEYS,
                        causal ? Math.clamp(shape.visible(first + row) - key, 0, keys) : keys, keys);
            }
            heads.readKeys(block.register(VALUE), addresses[2] + v.offset(batch, head, key), v, keys, shape.width(),
                    width);
            tiles.accumulate(block.register(RESULT).f(), scores, KEYS, count, block.register(VALUE).f(), keys, width);
        }
        softmax.divide(count);
        long to = addresses[addresses.length - 1] + batch * shape.heads() * shape.rows() * shape.width() * size;
        heads.writeQueries(block.register(RESULT), to, head, first, count, shape.width(), width);
    }
}
