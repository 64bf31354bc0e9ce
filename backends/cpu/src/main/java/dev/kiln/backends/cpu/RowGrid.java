package dev.kiln.backends.cpu;

import com.google.common.primitives.ImmutableLongArray;
import dev.kiln.graph.DType;
import dev.kiln.graph.Layout;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Work;
import dev.kiln.graph.Work.Extent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How {@link RowCode} goes over the space of a program: by rows or, where nothing looks along rows, by pieces of rows, which may
 * then be several axes long.
 *
 * @param rows in the space
 * @param columns in a row
 * @param piece columns in a piece of a row; the last one may have fewer
 * @param places what is read, then what is written
 */
record RowGrid(long rows, int columns, int piece, List<Place> places) {

    /** Elements that are worth a call and fit a first-level cache. */
    private static final int PIECE = 4096;
    /** Rows so short that the loops over blocks of them are better. */
    private static final int SHORTEST = 32;

    /**
     * An array.
     *
     * @param walk over the first elements of rows
     * @param step bytes from an element of a row to the next, 0 if there is but one
     */
    record Place(DType dtype, Walk walk, int step) {
        long address(long base, long row, int column) {
            return base + walk.offset(row) + (long) column * step;
        }

        boolean sameInEachRow() {
            return walk.rank() == 1 && (walk.steps[0] == 0 || walk.dims[0] == 1);
        }
    }

    /** Empty if a load jumps along rows, or rows are too short or too long. */
    static Optional<RowGrid> of(Work.Program program) {
        int rank = program.space().rank();
        if (rank == 0 || program.space().size() == 0) {
            return Optional.empty();
        }
        int first = knowsRows(program) ? rank - 1 : firstAxis(program);
        long columns = size(program.space(), first, rank);
        if (columns < SHORTEST || columns > Integer.MAX_VALUE - PIECE) {
            return Optional.empty();
        }
        List<Place> places = new ArrayList<>();
        for (Work.Load load : program.loads()) {
            long step = load.extent() == Extent.ROW ? 0 : load.layout().stride(-1);
            if (step != 0 && step != 1) {
                return Optional.empty();
            }
            places.add(place(program, first, load.layout(), load.dtype(), (int) step));
        }
        for (int store : program.stores()) {
            boolean byRow = program.extent(store) == Extent.ROW;
            Layout layout = Layout
                    .contiguous(byRow ? program.space().with(-1, 1) : program.space());
            places.add(place(program, first, layout, program.dtype(store), byRow ? 0 : 1));
        }
        int piece = (int) (wholeRows(program) ? columns : Math.min(columns, PIECE));
        return Optional.of(new RowGrid(size(program.space(), 0, first), (int) columns, piece, List.copyOf(places)));
    }

    /** Whether something is the same along a row, or looks along it. */
    private static boolean knowsRows(Work.Program program) {
        return wholeRows(program) || program.loads().stream().anyMatch(load -> load.extent() == Extent.ROW)
                || program.body().stream().anyMatch(i -> i.extent() == Extent.ROW);
    }

    /** Whether a row cannot be done in pieces. */
    private static boolean wholeRows(Work.Program program) {
        return program.stores().stream().anyMatch(store -> program.extent(store) == Extent.ROW)
                || program.body().stream().anyMatch(i -> !(i.primitive() instanceof Primitive.Elementwise));
    }

    /** The first of the last axes that every load reads as if they were one. */
    private static int firstAxis(Work.Program program) {
        int first = program.space().rank() - 1;
        while (first > 0) {
            int axis = first;
            long dim = program.space().dim(axis);
            if (!program.loads().stream()
                    .allMatch(load -> load.layout().stride(axis - 1) == load.layout().stride(axis) * dim)) {
                return first;
            }
            first--;
        }
        return first;
    }

    private static Place place(Work.Program program, int first, Layout layout, DType dtype, int step) {
        long[] dims = new long[first];
        long[] strides = new long[first];
        for (int axis = 0; axis < first; axis++) {
            dims[axis] = program.space().dim(axis);
            strides[axis] = layout.stride(axis);
        }
        return new Place(dtype,
                Walk.of(Shape.shape(dims), new Layout(0, ImmutableLongArray.copyOf(strides)), dtype.size()),
                step * dtype.size());
    }

    private static long size(Shape shape, int from, int to) {
        long size = 1;
        for (int axis = from; axis < to; axis++) {
            size *= shape.dim(axis);
        }
        return size;
    }

    /** All pieces of all rows. */
    long pieces() {
        return rows * perRow();
    }

    /** Runs {@code code} over some of the pieces. */
    void run(Generated.Code code, long[] addresses, long start, long end) {
        RowMemory memory = RowMemory.lend(code, piece);
        long[] at = memory.at();
        int perRow = perRow();
        boolean loadedOnce = false;
        for (long number = start; number < end; number++) {
            long row = perRow == 1 ? number : number / perRow;
            int column = perRow == 1 ? 0 : (int) (number % perRow) * piece;
            for (int i = 0; i < addresses.length; i++) {
                at[i] = places.get(i).address(addresses[i], row, column);
            }
            int n = Math.min(piece, columns - column);
            for (int place : code.loads()) {
                if (!loadedOnce || perRow > 1 || !places.get(place).sameInEachRow()) {
                    DType dtype = places.get(place).dtype;
                    Loops.get().load(dtype).run(memory.staged(place), 0, at[place], dtype.size(), n);
                }
            }
            loadedOnce = true;
            code.code().run(at, memory.row(), memory.staged(), n);
            for (int place : code.stores()) {
                Loops.get().store(places.get(place).dtype).run(memory.staged(place), 0, at[place], n);
            }
        }
        memory.giveBack();
    }

    private int perRow() {
        return Math.ceilDiv(columns, piece);
    }
}
