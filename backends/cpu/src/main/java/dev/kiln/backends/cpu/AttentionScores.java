package dev.kiln.backends.cpu;

import java.util.Arrays;

/** Products of the queries and the keys of a block, both row-major with padded rows, as rows of scores. */
interface AttentionScores {

    /** Makes ready for {@code rows} queries. */
    void begin(Block block, int rows);

    /** Computes the scores of the queries and {@code keys} keys. */
    void compute(Block block, int rows, int keys);

    /** What is faster for this number of queries; {@code depth} is padded. */
    static AttentionScores of(int rows, int depth) {
        return rows < TileLoops.PADDING ? new OneByOne(depth) : new AllAtOnce(depth);
    }

    /** Each score is a sum across vectors: for few queries. */
    record OneByOne(int depth) implements AttentionScores {

        @Override
        public void begin(Block block, int rows) {}

        @Override
        public void compute(Block block, int rows, int keys) {
            Loops.get().tiles().dots(block.register(AttentionRows.SCORE).f(), AttentionRows.KEYS,
                    block.register(AttentionRows.QUERY).f(), rows, block.register(AttentionRows.KEY).f(), keys, depth);
        }
    }

    /** A vector holds scores of many queries, and nothing is summed across vectors; the scores are then turned round. */
    record AllAtOnce(int depth) implements AttentionScores {

        @Override
        public void begin(Block block, int rows) {
            float[] queries = block.register(AttentionRows.QUERY).f();
            float[] turned = block.register(AttentionRows.TURNED).f();
            int width = TileLoops.padded(rows);
            for (int d = 0; d < depth; d++) {
                for (int row = 0; row < rows; row++) {
                    turned[d * width + row] = queries[row * depth + d];
                }
                Arrays.fill(turned, d * width + rows, (d + 1) * width, 0);
            }
        }

        @Override
        public void compute(Block block, int rows, int keys) {
            float[] columns = block.register(AttentionRows.COLUMNS).f();
            int width = TileLoops.padded(rows);
            Arrays.fill(columns, 0, keys * width, 0);
            Loops.get().tiles().accumulate(columns, block.register(AttentionRows.KEY).f(), depth, keys,
                    block.register(AttentionRows.TURNED).f(), depth, width);
            float[] scores = block.register(AttentionRows.SCORE).f();
            for (int row = 0; row < rows; row++) {
                for (int key = 0; key < keys; key++) {
                    scores[row * AttentionRows.KEYS + key] = columns[key * width + row];
                }
            }
        }
    }
}
