package dev.kiln.backends.cpu.vector;

import dev.kiln.backends.cpu.BlockGrid;
import dev.kiln.backends.cpu.MatrixOperand;
import dev.kiln.streams.Workers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.IntConsumer;

/**
 * The loop nest of a blocked product; its subclasses supply packing and arithmetic for one accumulator type. An instance
 * owns the packed factors and serves one product at a time, with all of its workers. {@link VectorMatrixProduct}
 * explains the blocking.
 */
abstract sealed class TiledProduct permits FloatTiledProduct, DoubleTiledProduct {

    /** Rows of a tile: with two vectors a row, 12 sums, two vectors and a factor take 15 of 16 registers. */
    static final int TILE_ROWS = 6;

    /** Depth of a tile: two vectors of columns of this depth fill two thirds of the first-level cache. */
    private static final int DEPTH = 256;

    /**
     * A depth of a tile and a stride of its panel do not change under these masks, but tell the compiler that an offset fits
     * 32 bits: it becomes part of the load instruction, and so takes no turn of the units that multiply.
     */
    static final int DEPTHS = 0xfff;
    static final int STRIDES = 0x7ffff;

    /** Rows that are swept together: 96 of depth 256 take 96 KiB in float32, part of the second-level cache. */
    private static final int SWEPT_ROWS = 16 * TILE_ROWS;

    /** The most columns of a block: as many of depth 256 take half of the second-level cache. */
    private static final int BLOCK_COLS = 512;

    /**
     * Up to so many rows of a step's depth stay in the second-level cache while the columns pass, whose panels are then packed by
     * whoever uses them, and used where they are.
     */
    private static final int FEW_ROWS = 192;

    /** Steps for which the panels of few rows are packed: the longer a run in memory, the better it is foreseen. */
    private static final int PANEL_STEPS = 4;

    /** The most rows and columns of the result that are worked on at a time; bounds the packed memory. */
    private static final int SLAB = 4032;

    /** The bytes that both packed factors shall take, if they may be cut to it. */
    private static final long PACKED_BYTES = 8 << 20;

    /** Rows of the left factor are read where they are if each element is used fewer times than this. */
    private static final int WORTH_PACKING = 256;

    /** A cache line between packed rows, so that they do not compete for the same places in the cache. */
    private static final int ROW_GAP = 64;

    /** Bytes to pack that are worth a task. */
    private static final long PACKING_TASK = 64 << 10;

    /** Columns are read where they are if all of them, at this depth, fit the first-level cache. */
    private static final long IN_PLACE_BYTES = 32 << 10;

    /** What the first step adds to: a row of a tile. */
    private static final MemorySegment ZEROS = Arena.global().allocate(2L * Lanes.BYTES, Lanes.BYTES);

    private final int tileCols;
    private final int elementBytes;
    private final Scratch columns = new Scratch();
    private final Scratch rows = new Scratch();
    private final Scratch sums = new Scratch();
    private final Scratch edges = new Scratch();

    TiledProduct(int tileCols, int elementBytes) {
        this.tileCols = tileCols;
        this.elementBytes = elementBytes;
    }

    /** Whether rows of the left factor can be read where they are. */
    abstract boolean isPlain(MatrixOperand a);

    /** Packs {@code rows}×{@code depth} elements into rows of accumulators, {@code stride} bytes apart. */
    abstract void packRows(MatrixOperand a, int rows, int depth, long target, long stride);

    /**
     * Packs {@code depth}×{@code cols} elements, at most a tile wide, into a panel of one or two vectors a row, or, if it is a
     * single column, of one element. Padding never reaches the result; it is cleared or other elements, since left-over subnormals
     * would slow the arithmetic down.
     */
    abstract void packPanel(MatrixOperand b, int depth, int cols, long target);

    /**
     * Adds the product of {@code rows} rows of the left factor and one panel to the tile at {@code begin} and leaves the sums at
     * {@code target}. As many columns are written as the panel has, padding included. Strides are bytes from one row to the next.
     */
    abstract void tile(int depth, int rows, int cols, long left, long leftStride, long panel, long panelStride,
            long begin, long beginStride, long target, long targetStride);

    /** Whether tiles may be added up in the result itself. */
    abstract boolean accumulatesIn(MatrixOperand c);

    /** Rounds {@code count} accumulators into elements that lie {@code stride} bytes apart. */
    abstract void scatter(long source, MatrixOperand c, long target, long stride, int count);

    /** Computes {@code c = a · b}. */
    final void multiply(int m, int n, int k, MatrixOperand a, MatrixOperand b, MatrixOperand c, Workers workers) {
        for (int j = 0; j < n; j += SLAB) {
            for (int i = 0; i < m; i += SLAB) {
                slab(Math.min(SLAB, m - i), Math.min(SLAB, n - j), k, a.from(i, 0), b.from(0, j), c.from(i, j),
                        workers);
            }
        }
        sums.keepAtMost(PACKED_BYTES);
    }

    private void slab(int m, int n, int k, MatrixOperand a, MatrixOperand b, MatrixOperand c, Workers workers) {
        Sums to = sums(m, n, c);
        boolean inPlace = isPlain(a) && (n <= WORTH_PACKING || k <= DEPTH);
        int step = Math.ceilDiv(k, Math.max(1, Math.ceilDiv(k, DEPTH)));
        if (m <= FEW_ROWS) {
            fewRows(m, n, k, step, a, b, to, inPlace, workers);
        } else {
            manyRows(m, n, k, step, a, b, to, inPlace, workers);
        }
    }

    private void manyRows(int m, int n, int k, int step, MatrixOperand a, MatrixOperand b, Sums to, boolean inPlace,
            Workers workers) {
        int chunk = chunk(m + n, k, step);
        BlockGrid grid = BlockGrid.divide(m, n, k, SLAB, BLOCK_COLS, TILE_ROWS, tileCols, workers.count());
        long edge = edges.reserve(edgeBytes() * grid.count());
        int p = 0;
        do {
            int depth = Math.min(chunk, k - p);
            MatrixOperand left = pack(m, n, depth, a.from(0, p), b.from(p, 0), inPlace, workers);
            Layer layer = new Layer(left, depth, step, p == 0, p + depth == k);
            run(workers, grid.count(), index -> block(grid, index, layer, to, edge + index * edgeBytes()));
            p += depth;
        } while (p < k);
    }

    private void fewRows(int m, int n, int k, int step, MatrixOperand a, MatrixOperand b, Sums to, boolean inPlace,
            Workers workers) {
        int chunk = chunk(m, k, step);
        BlockGrid grid = BlockGrid.columns(m, n, k, BLOCK_COLS, TILE_ROWS, tileCols, workers.count());
        long own = edgeBytes() + PANEL_STEPS * step * panelBytes(tileCols);
        long scratch = edges.reserve(own * grid.count());
        int p = 0;
        do {
            int depth = Math.min(chunk, k - p);
            MatrixOperand right = b.from(p, 0);
            MatrixOperand left = pack(m, 0, depth, a.from(0, p), right, inPlace, workers);
            Layer layer = new Layer(left, depth, step, p == 0, p + depth == k);
            run(workers, grid.count(), index -> columns(grid, index, layer, right, to, scratch + index * own));
            p += depth;
        } while (p < k);
    }

    /**
     * The rows of some columns: panels are packed some steps deep, so that runs in memory are long, and used at once, for rows of
     * that depth, which stay in the second-level cache.
     */
    private void columns(BlockGrid grid, int index, Layer layer, MatrixOperand right, Sums to, long edge) {
        int row = grid.row(index);
        int col = grid.col(index);
        int rows = grid.rowsOf(index);
        int cols = grid.colsOf(index);
        long corner = to.address + row * to.stride + (long) col * elementBytes;
        int p = 0;
        do {
            int packed = Math.min(PANEL_STEPS * layer.step, layer.depth - p);
            for (int j = 0, width; j < cols; j += width) {
                width = panelOf(cols - j);
                MatrixOperand panel = panel(right.from(p, (long) col + j), packed, width, edge + edgeBytes());
                int q = 0;
                do {
                    sweepPanel(layer, p + q, rows, width, layer.left.at(row, (long) p + q),
                            Math.min(layer.step, packed - q), panel.at(q, 0), panel.rowBytes(),
                            corner + (long) j * elementBytes, to.stride, edge);
                    q += layer.step;
                } while (q < packed);
            }
            p += packed;
        } while (p < layer.depth);
        end(layer, row, rows, col, cols, corner, to);
    }

    /** The columns as they lie in memory, if that will do, or else packed. */
    private MatrixOperand panel(MatrixOperand right, int depth, int cols, long room) {
        if (cols > 1 && isPlain(right) && cols == panelCols(cols) && right.rowStride() >= 0
                && depth * right.rowBytes() <= IN_PLACE_BYTES) {
            return right;
        }
        packPanel(right, depth, cols, room);
        return packed(room, panelBytes(cols));
    }

    /**
     * Where a slab of {@code c} is added up.
     *
     * @param address of element (0, 0)
     * @param stride bytes from one row to the next
     * @param direct whether that is {@code c} itself
     */
    private record Sums(MatrixOperand c, long address, long stride, boolean direct) {}

    /**
     * A part of the depth that is worked on between two packings.
     *
     * @param left the rows of it
     * @param depth of the part
     * @param step the depth of a tile
     */
    private record Layer(MatrixOperand left, int depth, int step, boolean first, boolean last) {

        /** Whether nothing has been summed up before this depth of it. */
        boolean begins(int p) {
            return first && p == 0;
        }
    }

    private Sums sums(int m, int n, MatrixOperand c) {
        if (accumulatesIn(c)) {
            return new Sums(c, c.address(), c.rowBytes(), true);
        }
        long stride = (long) n * elementBytes;
        return new Sums(c, sums.reserve(m * stride), stride, false);
    }

    private void block(BlockGrid grid, int index, Layer layer, Sums to, long edge) {
        int row = grid.row(index);
        int col = grid.col(index);
        int rows = grid.rowsOf(index);
        int cols = grid.colsOf(index);
        long corner = to.address + row * to.stride + (long) col * elementBytes;
        int q = 0;
        do {
            for (int r = 0; r < rows; r += SWEPT_ROWS) {
                sweep(Math.min(SWEPT_ROWS, rows - r), col, cols, layer, q, layer.left.at((long) row + r, q),
                        corner + r * to.stride, to.stride, edge);
            }
            q += layer.step;
        } while (q < layer.depth);
        end(layer, row, rows, col, cols, corner, to);
    }

    private void end(Layer layer, int row, int rows, int col, int cols, long corner, Sums to) {
        if (layer.last && !to.direct) {
            for (int r = 0; r < rows; r++) {
                scatter(corner + r * to.stride, to.c, to.c.at((long) row + r, col), to.c.colBytes(), cols);
            }
        }
    }

    /** Adds the product of {@code rows} rows and the panels of {@code cols} columns, one step deep. */
    private void sweep(int rows, int col, int cols, Layer layer, int q, long left, long target, long targetStride,
            long edge) {
        int depth = Math.min(layer.step, layer.depth - q);
        for (int j = 0, width; j < cols; j += width) {
            width = panelOf(cols - j);
            long panel = panel(col + j, layer.depth) + q * panelBytes(width);
            sweepPanel(layer, q, rows, width, left, depth, panel, panelBytes(width), target + (long) j * elementBytes,
                    targetStride, edge);
        }
    }

    private void sweepPanel(Layer layer, int q, int rows, int width, long left, int depth, long panel, long panelStride,
            long target, long targetStride, long edge) {
        long leftStride = layer.left.rowBytes();
        long begin = layer.begins(q) ? ZEROS.address() : target;
        long beginStride = layer.begins(q) ? 0 : targetStride;
        for (int r = 0; r < rows; r += TILE_ROWS) {
            int present = Math.min(TILE_ROWS, rows - r);
            if (width == panelCols(width)) {
                tile(depth, present, width, left + r * leftStride, leftStride, panel, panelStride,
                        begin + r * beginStride, beginStride, target + r * targetStride, targetStride);
            } else {
                edgeTile(depth, present, width, left + r * leftStride, leftStride, panel, panelStride,
                        begin + r * beginStride, beginStride, target + r * targetStride, targetStride, edge);
            }
        }
    }

    private long edgeBytes() {
        return (long) TILE_ROWS * tileCols * elementBytes;
    }

    /** The bytes of one row of a packed panel of {@code cols} columns. */
    private long panelBytes(int cols) {
        return (long) panelCols(cols) * elementBytes;
    }

    /** How wide a panel of {@code cols} columns is: two vectors, or one if that is enough, or a single column. */
    private int panelCols(int cols) {
        return cols > tileCols / 2 ? tileCols : cols > 1 ? tileCols / 2 : 1;
    }

    /** How many columns the first panel of so many takes: few that no vector is worth are taken one by one. */
    private int panelOf(int cols) {
        int vector = tileCols / 2;
        int over = cols % vector;
        if (cols >= tileCols || over == 0 || over > Math.max(1, vector / 8)) {
            return Math.min(tileCols, cols);
        }
        return cols > vector ? vector : 1;
    }

    /** How deep {@code lines} packed rows and columns are: a multiple of {@code step}, or all of it. */
    private int chunk(int lines, int k, int step) {
        long fitting = PACKED_BYTES / elementBytes / lines;
        return fitting >= k ? k : (int) Math.max(1, fitting / step) * step;
    }

    private long panel(int col, int depth) {
        return columns.reserve(0) + (long) col * depth * elementBytes;
    }

    /** Packs the columns of {@code b} and, unless they are read in place, the rows of {@code a}, which it returns. */
    private MatrixOperand pack(int m, int n, int depth, MatrixOperand a, MatrixOperand b, boolean inPlace,
            Workers workers) {
        int panels = Math.ceilDiv(n, tileCols);
        columns.reserve((long) panels * tileCols * depth * elementBytes);
        long rowBytes = (long) depth * elementBytes + ROW_GAP;
        long packedRows = inPlace ? 0 : rows.reserve(m * rowBytes);
        long bytes = (inPlace ? 0 : m * rowBytes) + (long) n * depth * elementBytes;
        int tasks = Math.clamp(bytes / PACKING_TASK, 1, workers.count() == 1 ? 1 : 4 * workers.count());
        run(workers, tasks, task -> {
            int end = Math.min(n, share(panels, tasks, task + 1) * tileCols);
            for (int col = share(panels, tasks, task) * tileCols, width; col < end; col += width) {
                width = panelOf(end - col);
                packPanel(b.from(0, col), depth, width, panel(col, depth));
            }
            if (!inPlace) {
                int row = share(m, tasks, task);
                packRows(a.from(row, 0), share(m, tasks, task + 1) - row, depth, packedRows + row * rowBytes, rowBytes);
            }
        });
        return inPlace ? a : packed(packedRows, rowBytes);
    }

    /** What was packed as a matrix of accumulators. */
    abstract MatrixOperand packed(long address, long rowBytes);

    private static int share(int pieces, int tasks, int task) {
        return (int) ((long) pieces * task / tasks);
    }

    private static void run(Workers workers, int tasks, IntConsumer body) {
        if (tasks == 1) {
            body.accept(0);
        } else {
            workers.run(tasks, body);
        }
    }

    /** A tile that hangs over the edge is computed in full beside the result; the part inside is copied. */
    private void edgeTile(int depth, int rows, int cols, long left, long leftStride, long panel, long panelStride,
            long begin, long beginStride, long target, long targetStride, long edge) {
        long edgeStride = (long) tileCols * elementBytes;
        long bytes = (long) cols * elementBytes;
        for (int r = 0; r < rows; r++) {
            Spans.copy(begin + r * beginStride, edge + r * edgeStride, bytes);
        }
        tile(depth, rows, cols, left, leftStride, panel, panelStride, edge, edgeStride, edge, edgeStride);
        for (int r = 0; r < rows; r++) {
            Spans.copy(edge + r * edgeStride, target + r * targetStride, bytes);
        }
    }
}
