package dev.kiln.backends.cpu.vector;

import dev.kiln.backends.cpu.MatrixOperand;

/**
 * The loop nest of a blocked product of one block of the result; its subclasses supply packing and arithmetic for one
 * accumulator type. An instance owns the packed panels and serves one thread at a time. {@link VectorMatrixProduct}
 * explains the blocking.
 */
abstract sealed class TiledProduct permits FloatTiledProduct, DoubleTiledProduct {

    /** Rows of a tile: with two vectors a row, 8 accumulators cover the latency of two multiply-add units. */
    static final int TILE_ROWS = 4;

    /** Depth of a packed panel: a column panel of this depth fills half of a 32 KiB first-level cache. */
    static final int DEPTH = 256;

    /** Rows packed at a time: 128 rows of depth 256 take 128 KiB in float32, part of the second-level cache. */
    static final int PACKED_ROWS = 128;

    /** The largest block of the result; its packed columns take 1 MiB in float32. */
    static final int MAX_ROWS = 512;
    static final int MAX_COLS = 1024;

    private final int tileCols;
    private final int elementBytes;
    private final Scratch columns = new Scratch();
    private final Scratch block = new Scratch();
    private final long edge;
    private final Scratch edgeMemory = new Scratch();

    TiledProduct(int tileCols, int elementBytes) {
        this.tileCols = tileCols;
        this.elementBytes = elementBytes;
        this.edge = edgeMemory.reserve((long) TILE_ROWS * tileCols * elementBytes);
    }

    /** Packs {@code rows}×{@code depth} elements from {@code source} into row panels, padding with zero rows. */
    abstract void packRows(MatrixOperand a, long source, int rows, int depth);

    /**
     * Packs {@code depth}×{@code cols} elements into column panels at {@code target}. Padding is cleared: it never
     * reaches the result, but left-over subnormals in it would slow the arithmetic down.
     */
    abstract void packColumns(MatrixOperand b, long source, int depth, int cols, long target);

    /** Adds the product of packed rows {@code row..} and one column panel to the full tile at {@code target}. */
    abstract void tile(int depth, int row, long panel, long target, long targetStride);

    /** Whether tiles may be added up in the result itself. */
    abstract boolean accumulatesIn(MatrixOperand c);

    /** Rounds {@code count} accumulators into elements that lie {@code stride} bytes apart. */
    abstract void scatter(long source, MatrixOperand c, long target, long stride, int count);

    /** Computes rows {@code i..i+rows} and columns {@code j..j+cols} of {@code c = a · b}. */
    final void multiply(int i, int j, int rows, int cols, int k, MatrixOperand a, MatrixOperand b, MatrixOperand c) {
        if (accumulatesIn(c)) {
            accumulate(i, j, rows, cols, k, a, b, c.at(i, j), c.rowBytes());
            return;
        }
        long stride = (long) cols * elementBytes;
        long sums = block.reserve(rows * stride);
        accumulate(i, j, rows, cols, k, a, b, sums, stride);
        for (int row = 0; row < rows; row++) {
            scatter(sums + row * stride, c, c.at((long) i + row, j), c.colBytes(), cols);
        }
    }

    private void accumulate(int i, int j, int rows, int cols, int k, MatrixOperand a, MatrixOperand b, long target,
            long targetStride) {
        for (int row = 0; row < rows; row++) {
            Spans.clear(target + row * targetStride, (long) cols * elementBytes);
        }
        long padded = (long) Math.ceilDiv(cols, tileCols) * tileCols;
        long packed = columns.reserve(padded * Math.min(k, DEPTH) * elementBytes);
        for (long p = 0; p < k; p += DEPTH) {
            int depth = (int) Math.min(DEPTH, k - p);
            packColumns(b, b.at(p, j), depth, cols, packed);
            for (int row = 0; row < rows; row += PACKED_ROWS) {
                int some = Math.min(PACKED_ROWS, rows - row);
                packRows(a, a.at((long) i + row, p), some, depth);
                sweep(some, cols, depth, packed, target + row * targetStride, targetStride);
            }
        }
    }

    private void sweep(int rows, int cols, int depth, long packed, long target, long targetStride) {
        long panelBytes = (long) depth * tileCols * elementBytes;
        long panel = packed;
        for (int col = 0; col < cols; col += tileCols, panel += panelBytes) {
            int width = Math.min(tileCols, cols - col);
            for (int row = 0; row < rows; row += TILE_ROWS) {
                long corner = target + row * targetStride + (long) col * elementBytes;
                if (width == tileCols && rows - row >= TILE_ROWS) {
                    tile(depth, row, panel, corner, targetStride);
                } else {
                    edgeTile(depth, row, panel, corner, targetStride, Math.min(TILE_ROWS, rows - row), width);
                }
            }
        }
    }

    /** A tile that hangs over the edge is computed in full beside the result; the part inside is copied. */
    private void edgeTile(int depth, int row, long panel, long target, long targetStride, int rows, int cols) {
        long edgeStride = (long) tileCols * elementBytes;
        long bytes = (long) cols * elementBytes;
        for (int r = 0; r < rows; r++) {
            Spans.copy(target + r * targetStride, edge + r * edgeStride, bytes);
        }
        tile(depth, row, panel, edge, edgeStride);
        for (int r = 0; r < rows; r++) {
            Spans.copy(edge + r * edgeStride, target + r * targetStride, bytes);
        }
    }
}
