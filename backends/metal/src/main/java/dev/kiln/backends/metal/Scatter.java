package dev.kiln.backends.metal;

import dev.kiln.graph.DType;
import dev.kiln.graph.Layout;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Spec;
import dev.kiln.graph.Work;
import dev.kiln.ops.AddAlongAxis;
import dev.kiln.ops.PutAlongAxis;
import java.util.List;

/**
 * Kernels that put elements where indices say. The array is copied, then a thread for each row along the axis goes through
 * its indices in order: so of equal ones the last wins, and sums do not depend on chance.
 */
final class Scatter {

    private Scatter() {}

    static boolean serves(AddAlongAxis primitive, List<Spec> inputs, Spec output) {
        return output.dtype() != DType.BOOL;
    }

    static MetalKernel put(PutAlongAxis primitive, Work.Single work, Pipelines pipelines) {
        String type = Moves.type(work.output().dtype().size());
        return kernel(primitive.name(), primitive.axis(), work, type, "*there = *value;", Resources.text("values"),
                pipelines);
    }

    static MetalKernel add(AddAlongAxis primitive, Work.Single work, Pipelines pipelines) {
        DType dtype = work.output().dtype();
        return kernel(primitive.name(), primitive.axis(), work, Lane.memory(dtype),
                "store(there, " + Lane.rounded(dtype, "k_add(load(there), load(value))") + ");",
                Resources.text("values") + Resources.text("integers") + Resources.text("floats")
                        + Resources.text("complex"),
                pipelines);
    }

    private static MetalKernel kernel(String name, int axis, Work.Single work, String type, String step,
            String functions, Pipelines pipelines) {
        Spec output = work.output();
        Work.Operand list = work.inputs().get(1);
        Work.Operand values = work.inputs().get(2);
        Layout whole = Layout.contiguous(output.shape());
        int size = output.dtype().size();
        DType indices = list.spec().dtype();
        long length = output.shape().dim(axis);
        Shape rows = list.spec().shape().with(axis, 1);
        List<Range> arrays = List.of(
                Range.of(list.spec().shape(), list.layout(), indices.size(), indices.size()),
                Range.of(values.spec().shape(), values.layout(), size, size), new Range(0, output.bytes(), size),
                Batch.REPORT);
        boolean wide = Dispatch.isWide(arrays, 1, rows.size());
        Text text = new Text();
        Heads.threads(text, wide, List.of("device const " + Lane.memory(indices) + " *indices",
                "device const " + type + " *values", "device " + type + " *to", "device long *report"), rows.size());
        List<String> places = Walk.of(rows.toArray(), List.of(list.layout().strides().toArray(),
                values.layout().strides().toArray(), whole.strides().toArray())).write(text, "i", "x");
        text.line("for (at c = 0; c < " + text.parameter(list.spec().shape().dim(axis)) + "; c++) {").in();
        text.line("const at index = " + Gather.checked("load(indices + (" + places.get(0) + " + c * "
                + text.parameter(list.layout().stride(axis)) + "))", indices, text.parameter(length)) + ";");
        text.line("device const " + type + " *value = values + (" + places.get(1) + " + c * "
                + text.parameter(values.layout().stride(axis)) + ");");
        text.line("device " + type + " *there = to + (" + places.get(2) + " + index * "
                + text.parameter(whole.stride(axis)) + ");");
        text.line(step).out().line("}").out().line("}");
        Dispatch dispatch = Dispatch.each(pipelines.of(Gather.with(functions, text), "program"), arrays, 2,
                Dispatch.numbers(wide, text.numbers()), rows.size());
        Dispatch copy = Moves.copy(output.shape(), work.inputs().getFirst().layout(), whole, size, pipelines);
        Batch.Complaint complaint = Gather.complaint(name, indices, axis, length);
        return (batch, addresses, failed) -> {
            batch.dispatch(copy, new long[] {addresses[0], addresses[3]});
            batch.dispatch(dispatch,
                    new long[] {addresses[1], addresses[2], addresses[3], batch.report(complaint, failed)});
        };
    }
}
