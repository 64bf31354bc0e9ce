package dev.kiln.backends.metal;

import com.google.common.primitives.ImmutableLongArray;
import dev.kiln.graph.Layout;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Work;
import dev.kiln.graph.Work.Extent;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The elements that a formula is computed for: rows of columns, and where each array that is read has them.
 */
final class RowSpace {

    private final long[] rows;
    private final long[] columns;
    private final List<long[]> rowStrides;
    private final List<long[]> columnStrides;

    /**
     * A space.
     *
     * @param rows the axes that tell rows apart
     * @param columns the axes within a row
     * @param rowStrides for each array, along the axes of the rows, in elements
     * @param columnStrides for each array, along those of the columns; all 0 if it has one element a row
     */
    RowSpace(long[] rows, long[] columns, List<long[]> rowStrides, List<long[]> columnStrides) {
        this.rows = rows;
        this.columns = columns;
        this.rowStrides = rowStrides;
        this.columnStrides = columnStrides;
    }

    /** The space of a fused program, whose rows lie along the last axis. */
    static RowSpace of(Work.Program program) {
        Shape space = program.space();
        int lead = Math.max(0, space.rank() - 1);
        long[] dims = space.toArray();
        return new RowSpace(Arrays.copyOf(dims, lead), Arrays.copyOfRange(dims, lead, dims.length),
                program.loads().stream().map(load -> Arrays.copyOf(strides(load.layout()), lead)).toList(),
                program.loads().stream().map(load -> load.extent() == Extent.ROW
                        ? new long[dims.length - lead]
                        : Arrays.copyOfRange(strides(load.layout()), lead, dims.length)).toList());
    }

    /** The space of a reduction of one array: the folded axes are the columns. */
    static RowSpace folding(Work.Operand array, List<Integer> folded) {
        long[] dims = array.spec().shape().toArray();
        long[] strides = strides(array.layout());
        int[] kept = IntStream.range(0, dims.length).filter(axis -> !folded.contains(axis)).toArray();
        int[] columns = folded.stream().mapToInt(Integer::intValue).toArray();
        return new RowSpace(pick(dims, kept), pick(dims, columns), List.of(pick(strides, kept)),
                List.of(pick(strides, columns)));
    }

    private static long[] strides(Layout layout) {
        return layout.strides().toArray();
    }

    private static long[] pick(long[] from, int[] axes) {
        return Arrays.stream(axes).mapToLong(axis -> from[axis]).toArray();
    }

    long rowCount() {
        return product(rows);
    }

    long columnCount() {
        return product(columns);
    }

    private static long product(long[] dims) {
        return Arrays.stream(dims).reduce(1, (m, n) -> m * n);
    }

    /** The walk over the rows. */
    Walk alongRows() {
        return Walk.of(rows, rowStrides);
    }

    /** The walk over the columns of a row. */
    Walk alongColumns() {
        return Walk.of(columns, columnStrides);
    }

    /** The walk over all elements. */
    Walk alongAll() {
        long[] dims = concatenate(rows, columns);
        return Walk.of(dims, IntStream.range(0, rowStrides.size())
                .mapToObj(i -> concatenate(rowStrides.get(i), columnStrides.get(i))).toList());
    }

    private static long[] concatenate(long[] a, long[] b) {
        long[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    /** Whether in an array neighbouring rows are neighbours in memory, and the elements of a row are not. */
    boolean isAcross(int array) {
        return array < rowStrides.size() && last(alongRows(), array) == 1 && last(alongColumns(), array) > 1;
    }

    private static long last(Walk walk, int array) {
        return walk.dims().isEmpty() ? 0 : walk.strides().get(array).getLast();
    }

    /** What is touched around the address of an array that is read. */
    Range range(int array, int size) {
        long[] dims = concatenate(rows, columns);
        long[] strides = concatenate(rowStrides.get(array), columnStrides.get(array));
        return Range.of(Shape.shape(dims),
                new Layout(0, ImmutableLongArray.copyOf(strides)), size, size);
    }
}
