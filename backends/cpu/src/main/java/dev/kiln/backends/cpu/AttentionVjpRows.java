package dev.kiln.backends.cpu;

import dev.kiln.backends.cpu.AttentionShape.Steps;
import dev.kiln.graph.DType;
import dev.kiln.graph.Work;
import dev.kiln.ops.AttentionVjp;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * What some rows, queries that share a head of keys and values, give to the gradient of an attention. With the weights p, the
 * cotangents g of the results o, and {@code s = p * (g vᵀ - sum(g * o))}: the queries get {@code scale * s k}, the keys
 * {@code scale * sᵀ q}, the values {@code pᵀ g}. Keys pass twice, first for the sums that weights are divided by.
 */
final class AttentionVjpRows {

    private static final int KEYS = AttentionRows.KEYS;
    /** Where the result and its cotangent are among the inputs, and the mask if there is one. */
    private static final int RESULT = 3;
    private static final int COTANGENT = 4;
    private static final int MASK = 5;

    private static final int QUERY = 0;
    private static final int KEY = 1;
    private static final int VALUE = 2;
    private static final int GIVEN = 3;
    private static final int SCORE = 4;
    private static final int SLOPE = 5;
    private static final int TURNED = 6;
    private static final int SUM = 7;
    /** For each row the logarithm of the sum of its powers, and what its cotangent and result have in common. */
    private static final int LOG_SUM = 8;
    private static final int COMMON = 9;
    private static final int ADDED = 10;
    private static final int SEEN = 11;
    static final List<Lane> REGISTERS = registers();

    private final AttentionVjp attention;
    private final AttentionShape shape;
    private final AttentionMask mask;
    private final LoadLoop load;
    private final FloatRows along = Loops.get().floatRows(DType.FLOAT32);
    private final TileLoops tiles = Loops.get().tiles();
    private final int depth;
    private final int width;
    private final int capacity;

    AttentionVjpRows(AttentionVjp attention, AttentionShape shape, Work.Single work, int rows) {
        this.attention = attention;
        this.shape = shape;
        mask = AttentionMask.of(work, shape, MASK);
        load = Loops.get().load(work.output().dtype());
        depth = TileLoops.padded(shape.depth());
        width = TileLoops.padded(shape.width());
        capacity = Math.max(KEYS, rows) * Math.max(KEYS, Math.max(depth, width));
    }

    private static List<Lane> registers() {
        Lane[] lanes = Collections.nCopies(SEEN + 1, Lane.F32).toArray(new Lane[0]);
        lanes[SEEN] = Lane.I64;
        return List.of(lanes);
    }

    /** How many elements each of the registers must hold. */
    int capacity() {
        return capacity;
    }

    /** The gradients of {@code count} queries from {@code first} on, in padded rows. */
    Reg byQueries(Block block, long[] addresses, long batch, long head, long first, int count) {
        begin(block, addresses, batch, head, first, count);
        Reg sum = block.register(SUM);
        Arrays.fill(sum.f(), 0, count * depth, 0);
        for (long key = 0; key < visible(first, count); key += KEYS) {
            int keys = weights(block, addresses, batch, head, first, count, key);
            slopes(block, addresses, batch, head, count, key, keys);
            tiles.accumulate(sum.f(), block.register(SCORE).f(), KEYS, count, block.register(KEY).f(), keys, depth);
        }
        for (int row = 0; row < count; row++) {
            along.scale(sum, sum, row * depth, depth, (float) attention.scale());
        }
        return sum;
    }

    /** Adds to the gradients of all keys, or values, what {@code count} queries from {@code first} on give them. */
    void byKeys(Block block, long[] addresses, long batch, long head, long first, int count, float[] sums) {
        begin(block, addresses, batch, head, first, count);
        boolean values = attention.argument() == 2;
        int columns = values ? width : depth;
        float[] sum = block.register(SUM).f();
        for (long key = 0; key < visible(first, count); key += KEYS) {
            int keys = weights(block, addresses, batch, head, first, count, key);
            if (!values) {
                slopes(block, addresses, batch, head, count, key, keys);
            }
            float[] scores = block.register(SCORE).f();
            float[] turned = block.register(TURNED).f();
            for (int row = 0; row < count; row++) {
                for (int i = 0; i < keys; i++) {
                    turned[i * count + row] = scores[row * KEYS + i];
                }
            }
            Arrays.fill(sum, 0, keys * columns, 0);
            tiles.accumulate(sum, turned, count, keys, block.register(values ? GIVEN : QUERY).f(), count, columns);
            int to = Math.toIntExact(key * columns);
            for (int i = 0; i < keys * columns; i++) {
                sums[to + i] += sum[i];
            }
        }
    }

    private long visible(long first, int count) {
        return attention.causal() ? shape.visible(first + count - 1) : shape.keys();
    }

    /** Reads the rows, and finds what each needs to know of all keys. */
    private void begin(Block block, long[] addresses, long batch, long head, long first, int count) {
        Reg query = block.register(QUERY);
        Reg given = block.register(GIVEN);
        Reg result = block.register(VALUE); // no value is needed yet
        readRows(query, addresses[0], shape.steps().get(0), batch, head, first, count, shape.depth(), depth);
        readRows(given, addresses[COTANGENT], shape.steps().get(COTANGENT), batch, head, first, count, shape.width(),
                width);
        readRows(result, addresses[RESULT], shape.steps().get(RESULT), batch, head, first, count, shape.width(), width);
        float[] common = block.register(COMMON).f();
        float[] largest = new float[count];
        float[] total = new float[count];
        Arrays.fill(largest, Float.NEGATIVE_INFINITY);
        for (int row = 0; row < count; row++) {
            along.scale(query, query, row * depth, depth, (float) attention.scale());
            common[row] = (float) along.dot(given, result, row * width, width, 0);
        }
        Reg scores = block.register(SCORE);
        for (long key = 0; key < visible(first, count); key += KEYS) {
            int keys = scores(block, addresses, batch, head, first, count, key);
            for (int row = 0; row < count; row++) {
                int seen = seen(first + row, key, keys);
                float now = Math.max(largest[row], (float) along.max(scores, row * KEYS, seen));
                if (now != Float.NEGATIVE_INFINITY) {
                    total[row] = total[row] * (float) Math.exp(largest[row] - now)
                            + (float) along.sumOfExp(scores, row * KEYS, seen, now);
                    largest[row] = now;
                }
            }
        }
        float[] logSum = block.register(LOG_SUM).f();
        for (int row = 0; row < count; row++) { // a row that sees nothing has weights of 0
            logSum[row] = total[row] == 0 ? Float.POSITIVE_INFINITY : largest[row] + (float) Math.log(total[row]);
        }
    }

    /** The scores of the rows and a block of keys, which are read; returns how many keys there are. */
    private int scores(Block block, long[] addresses, long batch, long head, long first, int count, long key) {
        int keys = (int) Math.min(KEYS, visible(first, count) - key);
        Steps k = shape.steps().get(1);
        readKeys(block.register(KEY), addresses[1] + k.offset(batch, head, key), k, keys, shape.depth(), depth);
        Reg scores = block.register(SCORE);
        tiles.dots(scores.f(), KEYS, block.register(QUERY).f(), count, block.register(KEY).f(), keys, depth);
        for (int row = 0; row < count; row++) {
            mask.apply(scores, row * KEYS, keys, block.register(ADDED), block.register(SEEN), addresses, batch,
                    shape.head(head, first + row), shape.position(first + row), key);
        }
        return keys;
    }

    private int seen(long row, long key, int keys) {
        return attention.causal() ? Math.clamp(shape.visible(row) - key, 0, keys) : keys;
    }

    /** The scores turned into weights. */
    private int weights(Block block, long[] addresses, long batch, long head, long first, int count, long key) {
        int keys = scores(block, addresses, batch, head, first, count, key);
        Reg scores = block.register(SCORE);
        for (int row = 0; row < count; row++) {
            int seen = seen(first + row, key, keys);
            along.exp(scores, scores, row * KEYS, seen, block.register(LOG_SUM).f()[row]);
            Arrays.fill(scores.f(), row * KEYS + seen, (row + 1) * KEYS, 0);
        }
        return keys;
    }

    /** The weights turned into the cotangents of the scores. */
    private void slopes(Block block, long[] addresses, long batch, long head, int count, long key, int keys) {
        Steps v = shape.steps().get(2);
        readKeys(block.register(VALUE), addresses[2] + v.offset(batch, head, key), v, keys, shape.width(), width);
        float[] slopes = block.register(SLOPE).f();
        tiles.dots(slopes, KEYS, block.register(GIVEN).f(), count, block.register(VALUE).f(), keys, width);
        float[] weights = block.register(SCORE).f();
        for (int row = 0; row < count; row++) {
            float common = block.register(COMMON).f()[row];
            for (int i = row * KEYS; i < row * KEYS + keys; i++) {
                weights[i] = weights[i] * (slopes[i] - common);
            }
        }
    }

    /** Reads what belongs to rows, widened and padded with zeros. */
    private void readRows(Reg to, long address, Steps steps, long batch, long head, long first, int count, int columns,
            int padded) {
        for (int row = 0; row < count; row++) {
            long at = steps.offset(batch, shape.head(head, first + row), shape.position(first + row));
            load.run(to, row * padded, address + at, steps.column(), columns);
            Arrays.fill(to.f(), row * padded + columns, (row + 1) * padded, 0);
        }
    }

    /** Reads keys or values, widened and padded with zeros. */
    private void readKeys(Reg to, long address, Steps steps, int keys, int columns, int padded) {
        for (int key = 0; key < keys; key++) {
            load.run(to, key * padded, address + key * steps.position(), steps.column(), columns);
            Arrays.fill(to.f(), key * padded + columns, (key + 1) * padded, 0);
        }
    }
}
