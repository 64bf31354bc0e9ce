package dev.kiln.backends.cpu;

import dev.kiln.graph.Layout;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Work;
import dev.kiln.graph.Work.Extent;

/**
 * How the space of a program is cut into blocks that fit the first-level cache: into groups of whole rows, or, where no
 * instruction looks along a row, each row into pieces.
 *
 * @param rows in the space; the space of a program without rows of its own counts as one row
 * @param columns in a row
 * @param blockRows in a block; the last one may have fewer
 * @param blockColumns in a block; the last one of a row may have fewer
 */
record Grid(long rows, long columns, int blockRows, int blockColumns) {

    private static final int BLOCK = 2048;
    /** A weight of each column is worth blocks of whole rows, into whose registers it is loaded once. */
    private static final int LONGEST_SHARED_ROW = 4 * BLOCK;

    static Grid of(Work.Program program) {
        long columns = program.columns();
        long rows = 1;
        for (int axis = 0; axis < program.space().rank() - 1; axis++) {
            rows *= program.space().dim(axis);
        }
        boolean looksAlongRows = program.body().stream()
                .anyMatch(instruction -> !(instruction.primitive() instanceof Primitive.Elementwise));
        boolean hasRowValues = program.loads().stream().anyMatch(load -> load.extent() == Extent.ROW)
                || program.body().stream().anyMatch(instruction -> instruction.extent() == Extent.ROW);
        if (looksAlongRows || hasRowValues && columns <= BLOCK
                || columns <= LONGEST_SHARED_ROW && sharesRows(program)) {
            long fitting = Math.clamp(BLOCK / Math.max(1, columns), 1, Math.max(1, rows));
            return new Grid(rows, columns, (int) fitting, Math.toIntExact(columns));
        }
        return hasRowValues
                ? new Grid(rows, columns, 1, BLOCK)
                : new Grid(1, program.space().size(), 1, (int) Math.min(BLOCK, program.space().size()));
    }

    private static boolean sharesRows(Work.Program program) {
        return program.columns() > 1 && program.loads().stream()
                .anyMatch(load -> load.extent() == Extent.FULL && load.layout().stride(-1) != 0
                        && sameInEachRow(program, load));
    }

    /** Whether {@code load} reads the same values for every row. */
    static boolean sameInEachRow(Work.Program program, Work.Load load) {
        Layout layout = load.layout();
        for (int axis = 0; axis < program.space().rank() - 1; axis++) {
            if (program.space().dim(axis) > 1 && layout.stride(axis) != 0) {
                return false;
            }
        }
        return true;
    }

    private boolean wholeRows() {
        return blockColumns == columns;
    }

    /** Whether every block reads the same values through {@code load}. */
    boolean sameInEachBlock(Work.Program program, Work.Load load) {
        return load.extent() == Extent.FULL && wholeRows() && rows > 1 && sameInEachRow(program, load);
    }

    /** The number of blocks. */
    long blocks() {
        return wholeRows() ? Math.ceilDiv(rows, blockRows) : rows * Math.ceilDiv(columns, blockColumns);
    }

    /** Moves {@code block} to block number {@code number}. */
    void place(Block block, long number) {
        if (wholeRows()) {
            block.firstRow = number * blockRows;
            block.rows = (int) Math.min(blockRows, rows - block.firstRow);
            block.columns = blockColumns;
            block.firstElement = block.firstRow * columns;
        } else {
            long pieces = Math.ceilDiv(columns, blockColumns);
            long column = number % pieces * blockColumns;
            block.firstRow = number / pieces;
            block.rows = 1;
            block.columns = (int) Math.min(blockColumns, columns - column);
            block.firstElement = block.firstRow * columns + column;
        }
    }

    /** The most elements that a register holds. */
    int capacity() {
        return Math.max(blockRows, Math.multiplyExact(blockRows, blockColumns));
    }
}
