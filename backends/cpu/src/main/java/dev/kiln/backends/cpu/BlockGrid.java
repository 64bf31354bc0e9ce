package dev.kiln.backends.cpu;

/**
 * The division of an m×n result into rectangular blocks, one a task.
 *
 * <p>A block starts at the largest size the caller allows and its longer side is halved until there are enough blocks
 * for the workers, or until a block holds too little work to be worth handing over. Blocks near to square pack the
 * fewest elements for each multiplication.
 *
 * @param m    rows of the result
 * @param n    columns of the result
 * @param rows rows of a block
 * @param cols columns of a block
 */
public record BlockGrid(int m, int n, int rows, int cols) {

    private static final long LEAST_WORK = 1L << 19;

    /**
     * Divides an m×n result of depth {@code k} into blocks of at most {@code maxRows}×{@code maxCols}, which are multiples of
     * {@code rowUnit} and {@code colUnit} but for the last ones.
     */
    public static BlockGrid divide(int m, int n, int k, int maxRows, int maxCols, int rowUnit, int colUnit,
            int workers) {
        int rows = Math.min(m, maxRows);
        int cols = Math.min(n, maxCols);
        int wanted = workers == 1 ? 1 : 4 * workers;
        BlockGrid grid = new BlockGrid(m, n, rows, cols);
        while (grid.count() < wanted && (long) rows * cols * k >= 2 * LEAST_WORK && Math.max(rows, cols) >= 64) {
            if (rows > cols) {
                rows = roundUp(rows / 2, rowUnit);
            } else {
                cols = roundUp(cols / 2, colUnit);
            }
            if (rows == grid.rows && cols == grid.cols) {
                break;
            }
            grid = new BlockGrid(m, n, rows, cols);
        }
        return grid;
    }

    /**
     * Divides an m×n result of depth {@code k} into blocks of as many columns, or fewer, and of all rows, if there are columns for
     * all workers.
     */
    public static BlockGrid columns(int m, int n, int k, int maxCols, int rowUnit, int colUnit, int workers) {
        int parts = Math.clamp((long) m * n * k / LEAST_WORK, 1, Math.ceilDiv(workers, Math.max(1, n / colUnit)));
        int rows = Math.min(m, roundUp(Math.ceilDiv(m, parts), rowUnit));
        long worthHandingOver = Math.ceilDiv(LEAST_WORK, Math.max(1L, (long) rows * k));
        long wanted = workers == 1 ? n : Math.ceilDiv(n, 4 * workers);
        long cols = Math.min(maxCols, Math.max(wanted, worthHandingOver));
        return new BlockGrid(m, n, rows, roundUp((int) cols, colUnit));
    }

    /** The number of blocks. */
    public int count() {
        return Math.multiplyExact(down(), across());
    }

    /** The first row of block {@code index}. */
    public int row(int index) {
        return index / across() * rows;
    }

    /** The first column of block {@code index}. */
    public int col(int index) {
        return index % across() * cols;
    }

    /** The rows of block {@code index}, fewer at the lower edge. */
    public int rowsOf(int index) {
        return Math.min(rows, m - row(index));
    }

    /** The columns of block {@code index}, fewer at the right edge. */
    public int colsOf(int index) {
        return Math.min(cols, n - col(index));
    }

    private int down() {
        return Math.ceilDiv(m, rows);
    }

    private int across() {
        return Math.ceilDiv(n, cols);
    }

    private static int roundUp(int value, int multiple) {
        return Math.ceilDiv(value, multiple) * multiple;
    }
}
