package dev.kiln.backends.metal;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Work;
import dev.kiln.ops.Take;
import dev.kiln.ops.TakeAlongAxis;
import java.util.List;

/** Kernels that pick elements by indices: a thread for each element of the result. */
final class Gather {

    private Gather() {}

    static MetalKernel take(Take primitive, Work.Single work, Pipelines pipelines) {
        Work.Operand array = work.inputs().get(0);
        Work.Operand list = work.inputs().get(1);
        int axis = primitive.axis();
        int rank = list.spec().shape().rank();
        long[] strides = array.layout().strides().toArray();
        long[] picked = list.layout().strides().toArray();
        // along the axes of the indices only these move, along the others only the array
        long[] ofArray = around(strides, axis, new long[rank]);
        long[] ofIndices = around(new long[strides.length], axis, picked);
        return kernel(primitive.name(), axis, work, ofArray, ofIndices, pipelines);
    }

    static MetalKernel takeAlongAxis(TakeAlongAxis primitive, Work.Single work, Pipelines pipelines) {
        long[] ofArray = work.inputs().get(0).layout().strides().toArray();
        ofArray[primitive.axis()] = 0;
        return kernel(primitive.name(), primitive.axis(), work, ofArray,
                work.inputs().get(1).layout().strides().toArray(), pipelines);
    }

    /** {@code outer} with {@code inner} in the place of one axis. */
    private static long[] around(long[] outer, int axis, long[] inner) {
        long[] all = new long[outer.length - 1 + inner.length];
        System.arraycopy(outer, 0, all, 0, axis);
        System.arraycopy(inner, 0, all, axis, inner.length);
        System.arraycopy(outer, axis + 1, all, axis + inner.length, outer.length - axis - 1);
        return all;
    }

    private static MetalKernel kernel(String name, int axis, Work.Single work, long[] ofArray, long[] ofIndices,
            Pipelines pipelines) {
        Work.Operand array = work.inputs().get(0);
        Work.Operand list = work.inputs().get(1);
        Shape shape = work.output().shape();
        DType indices = list.spec().dtype();
        int size = work.output().dtype().size();
        long length = array.spec().shape().dim(axis);
        List<Range> arrays = List.of(Range.of(array.spec().shape(), array.layout(), size, size),
                Range.of(list.spec().shape(), list.layout(), indices.size(), indices.size()),
                new Range(0, work.output().bytes(), size), Batch.REPORT);
        boolean wide = Dispatch.isWide(arrays, 1, shape.size());
        Text text = new Text();
        Heads.threads(text, wide, List.of("device const " + Moves.type(size) + " *from",
                "device const " + Lane.memory(indices) + " *indices", "device " + Moves.type(size) + " *to",
                "device long *report"), shape.size());
        List<String> places = Walk.of(shape.toArray(), List.of(ofArray, ofIndices)).write(text, "i", "x");
        text.line("const at index = " + checked("load(indices + (" + places.get(1) + "))", indices,
                text.parameter(length)) + ";");
        text.line("to[i] = from[" + places.get(0) + " + index * " + text.parameter(array.layout().stride(axis)) + "];")
                .out().line("}");
        Dispatch dispatch = Dispatch.each(pipelines.of(with(Resources.text("values"), text), "program"), arrays, 2,
                Dispatch.numbers(wide, text.numbers()), shape.size());
        Batch.Complaint complaint = complaint(name, indices, axis, length);
        return (batch, addresses, failed) -> batch.dispatch(dispatch, new long[] {addresses[0], addresses[1],
            addresses[2], batch.report(complaint, failed)});
    }

    /** An index that is read by {@code code}, from 0. */
    static String checked(String code, DType indices, String length) {
        return "checked(to_long(" + code + "), " + (indices != DType.UINT64) + ", " + length + ", report)";
    }

    /** What is said of an index that is out of bounds, as the processor's kernels say it. */
    static Batch.Complaint complaint(String name, DType indices, int axis, long length) {
        return index -> new IndexOutOfBoundsException("[" + name + "] Index "
                + (indices == DType.UINT64 ? Long.toUnsignedString(index) : Long.toString(index))
                + " is out of bounds for axis " + axis + " with size " + length + ".");
    }

    /** The whole text of a kernel that uses some functions and checks indices. */
    static String with(String functions, Text text) {
        String kernel = text.toString();
        int begin = kernel.indexOf('\n') + 1; // behind the type of places, which the check uses
        return functions + kernel.substring(0, begin) + Resources.text("indices") + kernel.substring(begin);
    }
}
