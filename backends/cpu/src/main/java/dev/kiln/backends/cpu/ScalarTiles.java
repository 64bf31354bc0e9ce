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
}
