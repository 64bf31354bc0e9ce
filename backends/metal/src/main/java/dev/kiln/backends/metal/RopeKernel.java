package dev.kiln.backends.metal;

import dev.kiln.graph.DType;
import dev.kiln.graph.Layout;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Spec;
import dev.kiln.graph.Work;
import dev.kiln.ops.Rope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rotary position embedding: a thread for each pair of features that is turned, and for each feature that is not. */
final class RopeKernel {

    private RopeKernel() {}

    static boolean serves(Rope rope, List<Spec> inputs, Spec output) {
        return output.dtype().isFloating();
    }

    static MetalKernel of(Rope rope, Work.Single work, Pipelines pipelines) {
        Work.Operand x = work.inputs().get(0);
        Work.Operand offset = work.inputs().get(1);
        Shape shape = x.spec().shape();
        DType dtype = x.spec().dtype();
        int last = shape.rank() - 1;
        long columns = shape.dim(last);
        long pairs = rope.dims() / 2;
        long width = columns - pairs;
        long rows = shape.with(last, 1).size();
        long count = rows * width;
        boolean given = rope.base().isEmpty();
        List<Range> arrays = new ArrayList<>();
        work.inputs().forEach(input -> arrays.add(Range.of(input.spec().shape(), input.layout(),
                input.spec().dtype().size(), input.spec().dtype().size())));
        arrays.add(new Range(0, work.output().bytes(), dtype.size()));
        boolean wide = Dispatch.isWide(arrays, dtype.size(), count);
        Text text = new Text();
        String type = Lane.memory(dtype);
        List<String> arguments = new ArrayList<>(List.of("device const " + type + " *x", "device const int *offset"));
        if (given) {
            arguments.add("device const float *wavelengths");
        }
        arguments.add("device " + type + " *out");
        Heads.threads(text, wide, arguments, count);
        text.line("const at width = " + text.parameter(width) + ";")
                .line("const at pairs = " + text.parameter(pairs) + ";")
                .line("const at columns = " + text.parameter(columns) + ";")
                .line("const at row = i / width;").line("const at feature = i % width;");
        List<String> places = Walk.of(Arrays.copyOf(shape.toArray(), last),
                List.of(Arrays.copyOf(x.layout().strides().toArray(), last))).write(text, "row", "r");
        String step = text.parameter(x.layout().stride(last));
        text.line("device const " + type + " *from = x + (" + places.getFirst() + ");");
        text.line("device " + type + " *to = out + row * columns;");
        text.line("if (feature >= pairs) {").in();
        text.line("store(to + (feature + pairs), load(from + (feature + pairs) * " + step + "));").line("return;").out()
                .line("}");
        text.line("const at time = row % " + text.parameter(shape.dim(last - 1)) + ";");
        text.line("const int start = offset[" + place(offset, rows, shape, text) + "];");
        text.line("const float moment = float(int(time) + start) * " + RowFormulas.literal(rope.scale()) + ";");
        text.line("const float angle = moment * " + (given
                ? "(1.0f / wavelengths[feature * " + text.parameter(work.inputs().get(2).layout().stride(0)) + "])"
                : "frequency(" + RowFormulas.literal(Math.log((float) rope.base().getAsDouble())) + ", pairs, feature)")
                + ";");
        String first = rope.traditional() ? "2 * feature" : "feature";
        String apart = rope.traditional() ? "1" : "pairs";
        text.line("turn(from + " + first + " * " + step + ", " + apart + " * " + step + ", to + " + first + ", " + apart
                + ", angle, " + (rope.forward() ? "1.0f" : "-1.0f") + ");").out().line("}");
        MtlPipeline pipeline = pipelines.of(Heads.with("values", "rope", text), "program");
        Dispatch dispatch = Dispatch.each(pipeline, arrays, arrays.size() - 1, Dispatch.numbers(wide, text.numbers()),
                count);
        return (batch, addresses, failed) -> batch.dispatch(dispatch, addresses);
    }

    /** Where the offset of a row's batch is. */
    private static String place(Work.Operand offset, long rows, Shape shape, Text text) {
        if (offset.spec().shape().size() == 1) {
            return "0";
        }
        Layout layout = offset.layout();
        return "row / " + text.parameter(rows / shape.dim(0)) + " * " + text.parameter(layout.stride(0));
    }
}
