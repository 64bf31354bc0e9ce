package dev.kiln.backends.metal;

import dev.kiln.backends.metal.MtlCommands.Extent3;
import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Spec;
import dev.kiln.graph.Work;
import dev.kiln.ops.Attention;
import java.util.ArrayList;
import java.util.List;

/**
 * Attention without storing the scores: a threadgroup for each query of each head. That is what decoding wants; of a long
 * prompt the keys are read once for each query.
 */
final class AttentionKernel {

    private static final int SIMDGROUPS = 8;
    private static final int SIMD = 32;
    /** What the registers of a thread and threadgroup memory have room for. */
    private static final long MOST_FEATURES = 256;

    private AttentionKernel() {}

    static boolean serves(Attention attention, List<Spec> inputs, Spec output) {
        return output.dtype().isFloating() && inputs.get(0).shape().dim(-1) <= MOST_FEATURES
                && inputs.get(2).shape().dim(-1) <= MOST_FEATURES;
    }

    static MetalKernel of(Attention attention, Work.Single work, Pipelines pipelines) {
        Work.Operand q = work.inputs().get(0);
        Work.Operand k = work.inputs().get(1);
        Work.Operand v = work.inputs().get(2);
        boolean hasMask = work.inputs().size() > 3;
        DType dtype = work.output().dtype();
        Shape shape = q.spec().shape();
        long queries = shape.dim(2);
        long keys = k.spec().shape().dim(2);
        long depth = shape.dim(3);
        long width = v.spec().shape().dim(3);
        List<Range> arrays = new ArrayList<>();
        work.inputs().forEach(input -> arrays.add(Range.of(input.spec().shape(), input.layout(),
                input.spec().dtype().size(), input.spec().dtype().size())));
        arrays.add(new Range(0, work.output().bytes(), dtype.size()));
        boolean wide = Dispatch.isWide(arrays, 1, shape.size());
        String type = Lane.memory(dtype);
        Text text = new Text();
        List<String> arguments = new ArrayList<>(List.of("device const " + type + " *q", "device const " + type + " *k",
                "device const " + type + " *v"));
        if (hasMask) {
            arguments.add("device const " + Lane.memory(work.inputs().get(3).spec().dtype()) + " *mask");
        }
        arguments.add("device " + type + " *out");
        Heads.groups3(text, wide, arguments);
        text.line("threadgroup float largest[" + SIMDGROUPS + "];")
                .line("threadgroup float totals[" + SIMDGROUPS + "];")
                .line("threadgroup float sums[" + SIMDGROUPS * MOST_FEATURES + "];");
        text.line("const at position = at(group.x);").line("const at head = at(group.y);")
                .line("const at batch = at(group.z);");
        text.line("const at keys_head = head / " + text.parameter(shape.dim(1) / k.spec().shape().dim(1)) + ";");
        text.line("Attending a;");
        field(text, "keys", text.parameter(keys));
        field(text, "seen", attention.causal()
                ? "clamp(position + " + text.parameter(keys - queries + 1) + ", at(0), a.keys)"
                : "a.keys");
        field(text, "depth", text.parameter(depth));
        field(text, "width", text.parameter(width));
        field(text, "key_step", text.parameter(k.layout().stride(2)));
        field(text, "key_column", text.parameter(k.layout().stride(3)));
        field(text, "value_step", text.parameter(v.layout().stride(2)));
        field(text, "value_column", text.parameter(v.layout().stride(3)));
        field(text, "scale", RowFormulas.literal(attention.scale()));
        String place = place(text, q, "head") + " + position * " + text.parameter(q.layout().stride(2));
        String mask = hasMask
                ? "mask + (" + place(text, work.inputs().get(3), "head") + " + position * "
                        + text.parameter(work.inputs().get(3).layout().stride(2)) + "), "
                        + text.parameter(work.inputs().get(3).layout().stride(3))
                : "q, at(0)";
        text.line("attend(q + (" + place + "), " + text.parameter(q.layout().stride(3)) + ", k + ("
                + place(text, k, "keys_head") + "), v + (" + place(text, v, "keys_head") + "), " + mask
                + ", out + ((batch * "
                + text.parameter(shape.dim(1)) + " + head) * " + text.parameter(queries)
                + " + position) * a.width, a, largest, totals, sums, lane, simdgroup, thread_number);").out().line("}");
        long share = Math.ceilDiv(Math.max(Math.max(depth, width), 1), SIMD);
        String constants = "#define SHARE " + share + "\n#define MASKED " + hasMask + "\n\n";
        MtlPipeline pipeline = pipelines.of(Heads.with("values", "attention", constants, text), "program");
        Dispatch dispatch = new Dispatch(pipeline, arrays, arrays.size() - 1, Dispatch.numbers(wide, text.numbers()),
                true, new Extent3(width == 0 ? 0 : queries, shape.dim(1), shape.dim(0)),
                new Extent3(SIMDGROUPS * SIMD, 1, 1));
        return (commands, addresses, failed) -> commands.dispatch(dispatch, addresses);
    }

    private static void field(Text text, String name, String value) {
        text.line("a." + name + " = " + value + ";");
    }

    private static String place(Text text, Work.Operand operand, String head) {
        return "batch * " + text.parameter(operand.layout().stride(0)) + " + " + head + " * "
                + text.parameter(operand.layout().stride(1));
    }
}
