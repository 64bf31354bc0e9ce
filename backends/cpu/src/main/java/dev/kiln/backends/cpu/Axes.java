package dev.kiln.backends.cpu;

import com.google.common.primitives.ImmutableLongArray;
import dev.kiln.graph.DType;
import dev.kiln.graph.Layout;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Work;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The axes of an array that a reduction keeps, and those that it folds, each as an array by itself. */
record Axes(DType dtype, Shape kept, Layout keptLayout, Shape folded, Layout foldedLayout) {

    private record Axis(long dim, long stride) {}

    /** The folded axes in their order, in which positions are counted. */
    static Axes inOrder(List<Integer> axes, Work.Operand x) {
        return of(x, pick(axes, x, false), pick(axes, x, true));
    }

    /** The folded axes in whichever order reads memory most nearly from front to back. */
    static Axes inAnyOrder(List<Integer> axes, Work.Operand x) {
        List<Axis> folded = new ArrayList<>(pick(axes, x, true));
        folded.sort(Comparator.comparingLong(axis -> -Math.abs(axis.stride)));
        return of(x, pick(axes, x, false), folded);
    }

    private static List<Axis> pick(List<Integer> axes, Work.Operand x, boolean chosen) {
        List<Axis> picked = new ArrayList<>();
        for (int i = 0; i < x.spec().shape().rank(); i++) {
            if (axes.contains(i) == chosen) {
                picked.add(new Axis(x.spec().shape().dim(i), x.layout().stride(i)));
            }
        }
        return picked;
    }

    private static Axes of(Work.Operand x, List<Axis> kept, List<Axis> folded) {
        return new Axes(x.spec().dtype(), shape(kept), layout(kept), shape(folded), layout(folded));
    }

    private static Shape shape(List<Axis> axes) {
        return Shape.shape(axes.stream().mapToLong(Axis::dim).toArray());
    }

    private static Layout layout(List<Axis> axes) {
        return new Layout(0, ImmutableLongArray.copyOf(axes.stream().mapToLong(Axis::stride)));
    }

    /** Where each result's folded elements start. */
    Walk starts() {
        return Walk.of(kept, keptLayout, dtype.size());
    }

    /** Reads the folded elements of a result. */
    StridedRead read() {
        return StridedRead.of(dtype, folded, foldedLayout);
    }

    /** Bytes that the reduction reads. */
    double bytes() {
        return (double) kept.size() * folded.size() * dtype.size();
    }
}
