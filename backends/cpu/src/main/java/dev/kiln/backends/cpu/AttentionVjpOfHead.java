package dev.kiln.backends.cpu;

import dev.kiln.backends.cpu.AttentionShape.Steps;
import dev.kiln.graph.DType;
import dev.kiln.graph.Work;
import dev.kiln.ops.AttentionVjp;
import java.util.Arrays;
import java.util.List;

/**
 * The gradient of the attention of the queries that share a head of keys and values. With the weights p, the cotangents g of the
 * results o, and {@code s = p * (g vᵀ - sum(g * o))}: the queries get {@code scale * s k}, the keys {@code scale * sᵀ q}, the
 * values {@code pᵀ g}.
 *
 * <p>
 * Some queries at a time, with all keys they see. Their scores lie by keys, so that a vector holds those of many queries: then no
 * product sums across vectors, and only what is read and written of queries and keys is turned round.
 */
final class AttentionVjpOfHead {

    /** Where the result and its cotangent are among the inputs, and the mask if there is one. */
    private static final int RESULT = 3;
    private static final int COTANGENT = 4;
    private static final int MASK = 5;

    private static final int QUERY = 0;
    private static final int TURNED_QUERY = 1;
    private static final int GIVEN = 2;
    private static final int TURNED_GIVEN = 3;
    private static final int RESULTS = 4;
    private static final int KEY = 5;
    private static final int TURNED_KEY = 6;
    private static final int VALUE = 7;
    private static final int WEIGHT = 8;
    private static final int SLOPE = 9;
    private static final int QUERY_SUM = 10;
    private static final int KEY_SUM = 11;
    private static final int VALUE_SUM = 12;
    /** For each query what its cotangent and result have in common. */
    private static final int COMMON = 13;
    private static final int MASKED = 14;
    private static final int ADDED = 15;
    private static final int SEEN = 16;
    private static final List<Lane> REGISTERS = Lane.floatsAndOneForIntegers(SEEN);

    private final AttentionVjp attention;
    private final AttentionShape shape;
    private final boolean isMasked;
    private final AttentionMask mask;
    private final AttentionHeads heads;
    private final FloatRows along = Loops.get().floatRows(DType.FLOAT32);
    private final TileLoops tiles = Loops.get().tiles();
    private final int size;
    private final int most;
    private final int depth;
    private final int width;
    private final int keys;

    /** With {@code most} queries at a time. */
    AttentionVjpOfHead(AttentionVjp attention, AttentionShape shape, Work.Single work, int most) {
        this.attention = attention;
        this.shape = shape;
        this.most = most;
        isMasked = work.inputs().size() > MASK;
        mask = AttentionMask.of(work, shape, MASK);
        DType dtype = work.output().dtype();
        heads = new AttentionHeads(shape, dtype);
        size = dtype.size();
        depth = TileLoops.padded(shape.depth());
        width = TileLoops.padded(shape.width());
        keys = Math.toIntExact(shape.keys());
    }

    /** Memory to compute in. */
    Block lend() {
        int columns = Math.max(TileLoops.padded(most), Math.max(depth, width));
        return Block.lend(REGISTERS, Math.multiplyExact(Math.max(keys, columns), columns), 0);
    }

    /** Writes the gradients of a head: the queries' to {@code toQueries}, where those of its batch begin, and so on. */
    void compute(Block block, long[] addresses, long batch, long head, long toQueries, long toKeys, long toValues) {
        Steps k = shape.steps().get(1);
        Steps v = shape.steps().get(2);
        heads.readKeys(block.register(KEY), addresses[1] + k.offset(batch, head, 0), k, keys, shape.depth(), depth);
        heads.readKeys(block.register(VALUE), addresses[2] + v.offset(batch, head, 0), v, keys, shape.width(), width);
        turn(block.register(KEY).f(), depth, keys, block.register(TURNED_KEY).f(), keys);
        Arrays.fill(block.register(KEY_SUM).f(), 0, keys * depth, 0);
        Arrays.fill(block.register(VALUE_SUM).f(), 0, keys * width, 0);
        for (long first = 0; first < shape.rows(); first += most) {
            int count = (int) Math.min(most, shape.rows() - first);
            queries(block, addresses, batch, head, first, count);
            writeQueries(block, head, first, count, toQueries);
        }
        heads.writeKeys(block.register(KEY_SUM), toKeys + head * keys * shape.depth() * size, keys, shape.depth(),
                depth);
        heads.writeKeys(block.register(VALUE_SUM), toValues + head * keys * shape.width() * size, keys, shape.width(),
                width);
    }

    /** Adds what {@code count} queries from {@code first} on give to keys and values, and computes what they get. */
    private void queries(Block block, long[] addresses, long batch, long head, long first, int count) {
        int rows = TileLoops.padded(count);
        readQueries(block, addresses, batch, head, first, count, rows);
        int seen = attention.causal() ? Math.toIntExact(shape.visible(first + count - 1)) : keys;
        float[] weights = block.register(WEIGHT).f();
        float[] slopes = block.register(SLOPE).f();
        Arrays.fill(weights, 0, seen * rows, 0);
        tiles.accumulate(weights, block.register(KEY).f(), depth, seen, block.register(TURNED_QUERY).f(), depth, rows);
        hide(block, addresses, batch, head, first, count, rows, seen);
        tiles.softmax(weights, seen, rows);
        Arrays.fill(slopes, 0, seen * rows, 0);
        tiles.accumulate(slopes, block.register(VALUE).f(), width, seen, block.register(TURNED_GIVEN).f(), width, rows);
        tiles.slopes(slopes, weights, seen, rows, block.register(COMMON).f());
        tiles.accumulate(block.register(VALUE_SUM).f(), weights, rows, seen, block.register(GIVEN).f(), rows, width);
        tiles.accumulate(block.register(KEY_SUM).f(), slopes, rows, seen, block.register(QUERY).f(), rows, depth);
        float[] sum = block.register(QUERY_SUM).f();
        Arrays.fill(sum, 0, depth * rows, 0);
        tiles.accumulate(sum, block.register(TURNED_KEY).f(), keys, depth, slopes, seen, rows);
    }

    /** Reads queries, scaled, and cotangents, in rows and in columns, and their results; rows up to {@code rows} are zeros. */
    private void readQueries(Block block, long[] addresses, long batch, long head, long first, int count, int rows) {
        Reg query = block.register(QUERY);
        Reg given = block.register(GIVEN);
        Reg result = block.register(RESULTS);
        List<Steps> steps = shape.steps();
        heads.readQueries(query, addresses[0], steps.get(0), batch, head, first, count, shape.depth(), depth);
        heads.readQueries(given, addresses[COTANGENT], steps.get(COTANGENT), batch, head, first, count, shape.width(),
                width);
        heads.readQueries(result, addresses[RESULT], steps.get(RESULT), batch, head, first, count, shape.width(),
                width);
        along.scale(query, query, 0, count * depth, (float) attention.scale());
        float[] common = block.register(COMMON).f();
        for (int row = 0; row < count; row++) {
            common[row] = (float) along.dot(given, result, row * width, width, 0);
        }
        Arrays.fill(query.f(), count * depth, rows * depth, 0);
        Arrays.fill(given.f(), count * width, rows * width, 0);
        Arrays.fill(common, count, rows, 0);
        turn(query.f(), depth, rows, block.register(TURNED_QUERY).f(), rows);
        turn(given.f(), width, rows, block.register(TURNED_GIVEN).f(), rows);
    }

    /** Makes the scores of what a query does not see negative infinity, and adds the mask to the others. */
    private void hide(Block block, long[] addresses, long batch, long head, long first, int count, int rows, int seen) {
        float[] scores = block.register(WEIGHT).f();
        for (int row = 0; row < count; row++) {
            int visible = attention.causal() ? Math.toIntExact(shape.visible(first + row)) : seen;
            for (int key = visible; key < seen; key++) {
                scores[key * rows + row] = Float.NEGATIVE_INFINITY;
            }
            if (isMasked) {
                Reg masked = block.register(MASKED);
                for (int key = 0; key < visible; key++) {
                    masked.f()[key] = scores[key * rows + row];
                }
                mask.apply(masked, 0, visible, block.register(ADDED), block.register(SEEN), addresses, batch,
                        shape.head(head, first + row), shape.position(first + row), 0);
                for (int key = 0; key < visible; key++) {
                    scores[key * rows + row] = masked.f()[key];
                }
            }
        }
    }

    private void writeQueries(Block block, long head, long first, int count, long to) {
        int rows = TileLoops.padded(count);
        Reg result = block.register(QUERY);
        turn(block.register(QUERY_SUM).f(), rows, depth, result.f(), depth);
        along.scale(result, result, 0, count * depth, (float) attention.scale());
        heads.writeQueries(result, to, head, first, count, shape.depth(), depth);
    }

    /** The transpose of the first {@code rows} rows of {@code step}, in rows of {@code pitch}. */
    private static void turn(float[] from, int step, int rows, float[] to, int pitch) {
        for (int column = 0; column < step; column++) {
            for (int row = 0; row < rows; row++) {
                to[column * pitch + row] = from[row * step + column];
            }
        }
    }
}
