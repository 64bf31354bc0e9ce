package dev.kiln.backends.cpu;

/** Products of blocks without vectors. */
final class ScalarTiles implements TileLoops {

    @Override
    public void dots(float[] out, int step, float[] a, int rows, float[] b, int columns, int depth) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                float sum = 0;
                for (int d = 0; d < depth; d++) {
                    sum += a[i * depth + d] * b[j * depth + d];
                }
                out[i * step + j] = sum;
            }
        }
    }

    @Override
    public void accumulate(float[] out, float[] a, int step, int rows, float[] b, int depth, int width) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < depth; j++) {
                float factor = a[i * step + j];
                for (int d = 0; d < width; d++) {
                    out[i * width + d] += factor * b[j * width + d];
                }
            }
        }
    }

    @Override
    public void softmax(float[] a, int rows, int width) {
        for (int column = 0; column < width; column++) {
            float largest = -Float.MAX_VALUE;
            for (int at = column; at < rows * width; at += width) {
                largest = Math.max(largest, a[at]);
            }
            float total = 0;
            for (int at = column; at < rows * width; at += width) {
                a[at] = (float) Math.exp(a[at] - largest);
                total += a[at];
            }
            float inverse = total == 0 ? 0 : 1 / total;
            for (int at = column; at < rows * width; at += width) {
                a[at] *= inverse;
            }
        }
    }

    @Override
    public void slopes(float[] slopes, float[] weights, int rows, int width, float[] common) {
        for (int at = 0; at < rows * width; at++) {
            slopes[at] = weights[at] * (slopes[at] - common[at % width]);
        }
    }
}
