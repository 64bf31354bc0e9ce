package dev.kiln.examples.quickstart;

import dev.kiln.ops.Array;

/** The same block in plain loops over doubles: slow, obvious, and what Kiln's result is held against. */
final class PlainBlock {

    private final Block block;

    PlainBlock(Block block) {
        this.block = block;
    }

    /**
     * The largest difference between {@code y} and the block applied to {@code x}, relative to the largest element: small
     * elements are differences of larger terms. NaN if there is one in {@code y}.
     */
    double relativeError(Array x, Array y) {
        float[] actual = y.toFloatArray();
        double difference = 0;
        double largest = 0;
        int at = 0;
        for (double[] row : apply(x)) {
            for (double element : row) {
                difference = Math.max(difference, Math.abs(element - actual[at++]));
                largest = Math.max(largest, Math.abs(element));
            }
        }
        return difference / largest;
    }

    /** The block applied to {@code x} of shape (1, tokens, hidden). */
    private double[][] apply(Array x) {
        double[][] rows = rows(x.reshape(-1, Block.HIDDEN));
        double[][] normed = norm(rows, block.attentionNorm());
        double[][] queries = rotate(multiply(normed, block.query()));
        double[][] keys = rotate(multiply(normed, block.key()));
        double[][] mixed = attend(queries, keys, multiply(normed, block.value()));
        double[][] attended = add(rows, multiply(mixed, block.attentionOutput()));

        double[][] renormed = norm(attended, block.feedForwardNorm());
        double[][] gated = multiply(renormed, block.gate());
        double[][] up = multiply(renormed, block.up());
        for (int t = 0; t < gated.length; t++) {
            for (int i = 0; i < gated[t].length; i++) {
                gated[t][i] = gated[t][i] / (1 + Math.exp(-gated[t][i])) * up[t][i];
            }
        }
        return add(attended, multiply(gated, block.down()));
    }

    private static double[][] norm(double[][] x, Array weight) {
        float[] gains = weight.toFloatArray();
        double[][] normed = new double[x.length][gains.length];
        for (int t = 0; t < x.length; t++) {
            double squares = 0;
            for (double element : x[t]) {
                squares += element * element;
            }
            double scale = 1 / Math.sqrt(squares / gains.length + Block.EPS);
            for (int i = 0; i < gains.length; i++) {
                normed[t][i] = x[t][i] * scale * gains[i];
            }
        }
        return normed;
    }

    private static double[][] rotate(double[][] x) {
        int half = Block.WIDTH / 2;
        double[][] turned = new double[x.length][x[0].length];
        for (int t = 0; t < x.length; t++) {
            for (int head = 0; head < x[t].length; head += Block.WIDTH) {
                for (int i = head; i < head + half; i++) {
                    double angle = t * Math.pow(Block.ROPE_BASE, -(double) (i - head) / half);
                    turned[t][i] = x[t][i] * Math.cos(angle) - x[t][i + half] * Math.sin(angle);
                    turned[t][i + half] = x[t][i] * Math.sin(angle) + x[t][i + half] * Math.cos(angle);
                }
            }
        }
        return turned;
    }

    private static double[][] attend(double[][] queries, double[][] keys, double[][] values) {
        double[][] mixed = new double[queries.length][Block.HIDDEN];
        for (int t = 0; t < queries.length; t++) {
            for (int head = 0; head < Block.HEADS; head++) {
                int own = head * Block.WIDTH;
                int shared = head / (Block.HEADS / Block.KEY_HEADS) * Block.WIDTH;
                double[] weights = new double[t + 1];
                double sum = 0;
                for (int s = 0; s <= t; s++) {
                    double score = 0;
                    for (int i = 0; i < Block.WIDTH; i++) {
                        score += queries[t][own + i] * keys[s][shared + i];
                    }
                    weights[s] = Math.exp(score / Math.sqrt(Block.WIDTH));
                    sum += weights[s];
                }
                for (int s = 0; s <= t; s++) {
                    for (int i = 0; i < Block.WIDTH; i++) {
                        mixed[t][own + i] += weights[s] / sum * values[s][shared + i];
                    }
                }
            }
        }
        return mixed;
    }

    private static double[][] multiply(double[][] x, Array matrix) {
        double[][] rows = rows(matrix);
        double[][] product = new double[x.length][rows[0].length];
        for (int t = 0; t < x.length; t++) {
            for (int i = 0; i < rows.length; i++) {
                for (int j = 0; j < rows[i].length; j++) {
                    product[t][j] += x[t][i] * rows[i][j];
                }
            }
        }
        return product;
    }

    private static double[][] add(double[][] x, double[][] y) {
        double[][] sum = new double[x.length][x[0].length];
        for (int t = 0; t < x.length; t++) {
            for (int i = 0; i < x[t].length; i++) {
                sum[t][i] = x[t][i] + y[t][i];
            }
        }
        return sum;
    }

    private static double[][] rows(Array matrix) {
        float[] elements = matrix.toFloatArray();
        double[][] rows = new double[(int) matrix.dim(0)][(int) matrix.dim(1)];
        for (int i = 0; i < elements.length; i++) {
            rows[i / rows[0].length][i % rows[0].length] = elements[i];
        }
        return rows;
    }
}
