package dev.kiln.ops;

import dev.kiln.graph.Shape;
import dev.kiln.streams.StreamOrDevice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * NumPy's indexing in steps: one slice for all ranges and positions, one reshape that drops the positions' axes and adds new
 * ones, and a take for the one index array that is allowed.
 */
final class Indexing {

    private final long[] start;
    private final long[] stop;
    private final long[] step;
    private final List<Long> dims = new ArrayList<>();
    /** Where in the result the index array's axes stand, and whether an axis separates it from a position. */
    private int listedAt = -1;
    private Array listed = Array.scalar(0);
    private boolean separated;

    private Indexing(Shape shape) {
        start = new long[shape.rank()];
        stop = shape.toArray();
        step = new long[shape.rank()];
        Arrays.fill(step, 1);
    }

    static Array get(Array a, List<Index> indices, StreamOrDevice... on) {
        List<Index> complete = complete(a, indices);
        Indexing plan = new Indexing(a.shape());
        plan.resolve(a, complete);
        Array sliced = Ops.slice(a, plan.start, plan.stop, plan.step, on);
        Array shaped = Ops.reshape(sliced, plan.shape(sliced.shape(), complete), on);
        if (plan.listedAt < 0) {
            return shaped;
        }
        Array taken = Ops.take(shaped, plan.listed, plan.listedAt, on);
        return plan.separated ? toFront(taken, plan.listedAt, plan.listed.ndim(), on) : taken;
    }

    /** The indices with the ellipsis, or what is missing at the end, written out as whole axes. */
    private static List<Index> complete(Array a, List<Index> indices) {
        long ellipses = indices.stream().filter(Index.Ellipsis.class::isInstance).count();
        long used = indices.stream().filter(Indexing::usesAxis).count();
        if (ellipses > 1) {
            throw new IllegalArgumentException("[get] An index can only have a single ellipsis (...)");
        }
        if (used > a.ndim()) {
            throw new IllegalArgumentException("[get] Too many indices for array with " + a.ndim() + " dimensions.");
        }
        List<Index> whole = Collections.nCopies((int) (a.ndim() - used), Index.all());
        List<Index> complete = new ArrayList<>();
        for (Index index : indices) {
            if (index instanceof Index.Ellipsis) {
                complete.addAll(whole);
            } else {
                complete.add(index);
            }
        }
        if (ellipses == 0) {
            complete.addAll(whole);
        }
        return complete;
    }

    private static boolean usesAxis(Index index) {
        return switch (index) {
            case Index.Range range -> true;
            case Index.Position position -> true;
            case Index.Listed list -> true;
            case Index.NewAxis axis -> false;
            case Index.Ellipsis axes -> false;
        };
    }

    private void resolve(Array a, List<Index> indices) {
        int axis = 0;
        int firstPicked = -1;
        int lastPicked = -1;
        int picked = 0;
        int lists = 0;
        for (int i = 0; i < indices.size(); i++) {
            Index index = indices.get(i);
            switch (index) {
                case Index.Range range -> {
                    start[axis] = range.startIn(stop[axis]);
                    step[axis] = range.step();
                    stop[axis] = range.stopIn(stop[axis]);
                }
                case Index.Position(long at) -> {
                    long length = stop[axis];
                    if (at < -length || at >= length) {
                        throw new IllegalArgumentException("[get] Index " + at + " is out of bounds for axis " + axis
                                + " of array with shape " + a.shape() + ".");
                    }
                    start[axis] = at < 0 ? at + length : at;
                    stop[axis] = start[axis] + 1;
                }
                case Index.Listed(Array list) -> {
                    listed = list;
                    lists++;
                }
                case Index.NewAxis added -> {
                }
                case Index.Ellipsis axes -> throw new IllegalStateException("An ellipsis was not written out.");
            }
            if (index instanceof Index.Position || index instanceof Index.Listed) {
                firstPicked = firstPicked < 0 ? i : firstPicked;
                lastPicked = i;
                picked++;
            }
            axis += usesAxis(index) ? 1 : 0;
        }
        if (lists > 1) {
            throw new IllegalArgumentException("[get] Only one of the indices can be an array, but got " + lists
                    + "; take them one after the other.");
        }
        separated = lists == 1 && lastPicked - firstPicked + 1 > picked;
    }

    /** The slice's shape without the positions' axes and with the new ones; finds where the index array applies. */
    private Shape shape(Shape sliced, List<Index> indices) {
        int axis = 0;
        for (Index index : indices) {
            switch (index) {
                case Index.Range range -> dims.add(sliced.dim(axis++));
                case Index.Position position -> axis++;
                case Index.Listed list -> {
                    listedAt = dims.size();
                    dims.add(sliced.dim(axis++));
                }
                case Index.NewAxis added -> dims.add(1L);
                case Index.Ellipsis axes -> throw new IllegalStateException("An ellipsis was not written out.");
            }
        }
        return Shape.shape(dims.stream().mapToLong(Long::longValue).toArray());
    }

    /** NumPy's rule for index arrays that a slice separates from another picked axis: their axes come first. */
    private static Array toFront(Array a, int at, int count, StreamOrDevice... on) {
        Array moved = a;
        for (int i = 0; i < count; i++) {
            moved = Ops.moveaxis(moved, at + i, i, on);
        }
        return moved;
    }
}
