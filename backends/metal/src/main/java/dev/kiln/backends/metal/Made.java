package dev.kiln.backends.metal;

import dev.kiln.graph.Shape;
import dev.kiln.graph.Spec;
import dev.kiln.graph.Work;
import dev.kiln.graph.Work.Extent;
import dev.kiln.ops.Arange;
import dev.kiln.ops.RandomBits;
import java.util.Arrays;
import java.util.List;

/** Kernels that make elements from next to nothing. */
final class Made {

    private Made() {}

    static boolean serves(Arange primitive, List<Spec> inputs, Spec output) {
        return switch (primitive.dtype()) {
            case INT32, INT64, FLOAT32 -> true;
            default -> false;
        };
    }

    static MetalKernel arange(Arange primitive, Work.Single work, Pipelines pipelines) {
        Formula.Builder formula = new Formula.Builder();
        Lane lane = Lane.of(primitive.dtype());
        formula.store(new Formula.Term(formula.number(lane), primitive.dtype()), Extent.FULL);
        return ProgramKernel.of(formula.build(),
                new RowSpace(new long[0], new long[] {primitive.count()}, List.of(), List.of()), 0, pipelines);
    }

    /** A thread for each counter of each key. */
    static MetalKernel randomBits(RandomBits primitive, Work.Single work, Pipelines pipelines) {
        Work.Operand keys = work.inputs().getFirst();
        Shape shape = keys.spec().shape();
        int last = shape.rank() - 1;
        long keyCount = shape.size() / 2;
        long bytes = primitive.shape().size() * primitive.width();
        long counters = Math.ceilDiv(Math.ceilDiv(bytes, Integer.BYTES), 2);
        boolean inWords = bytes % Integer.BYTES == 0;
        int unit = inWords ? Integer.BYTES : 1;
        List<Range> arrays = List.of(Range.of(shape, keys.layout(), Integer.BYTES, Integer.BYTES),
                new Range(0, work.output().bytes(), unit));
        boolean wide = Dispatch.isWide(arrays, 1, keyCount * counters);
        Text text = new Text();
        Heads.threads(text, wide, List.of("device const uint *keys",
                "device " + (inWords ? "uint" : "uchar") + " *out"), keyCount * counters);
        String counted = text.parameter(counters);
        text.line("const at key = i / " + counted + ";");
        List<String> places = Walk.of(Arrays.copyOf(shape.toArray(), last),
                List.of(Arrays.copyOf(keys.layout().strides().toArray(), last))).write(text, "key", "x");
        text.line("draw(keys + (" + places.getFirst() + "), " + text.parameter(keys.layout().stride(last))
                + ", out + key * " + text.parameter(bytes / unit) + ", " + text.parameter(bytes) + ", i % " + counted
                + ");").out().line("}");
        String kernel = text.toString();
        int begin = kernel.indexOf('\n') + 1; // behind the type of places
        MtlPipeline pipeline = pipelines.of(Resources.text("values") + kernel.substring(0, begin)
                + Resources.text("random") + kernel.substring(begin), "program");
        Dispatch dispatch = Dispatch.each(pipeline, arrays, 1, Dispatch.numbers(wide, text.numbers()),
                keyCount * counters);
        return (batch, addresses, failed) -> batch.dispatch(dispatch, addresses);
    }
}
