package dev.kiln.ops;

import com.google.common.base.CaseFormat;
import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import dev.kiln.ops.Conformance.Case;
import dev.kiln.streams.StreamOrDevice;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What Kiln computes for the cases of {@link Conformance}. */
final class Conforming {

    private Conforming() {}

    /** The case's operation on its inputs: nothing is computed yet. */
    static Array result(Case given) {
        return switch (given.op()) {
            case "fast.rms_norm" -> Fast.rmsNorm(seen(given), optional(given, "weight"), given.number("eps"));
            case "fast.layer_norm" -> Fast.layerNorm(given.input("x"), optional(given, "weight"),
                    optional(given, "bias"), given.number("eps"));
            case "fast.rope" -> Fast.rope(given.input("x"), (int) given.number("dims"),
                    given.attributes().get("traditional").equals(new Json.Bool(true)), given.number("base"),
                    given.number("scale"), (int) given.number("offset"));
            case "fast.scaled_dot_product_attention" -> attention(given);
            case "random.key" -> Random.key((long) given.number("seed"));
            case "random.split" -> Random.split(given.input("key"), (int) given.number("num"));
            case "random.categorical" -> Random.categorical(given.input("logits"), -1, given.input("key"));
            case "random.uniform" -> Random.uniform(given.number("low"), given.number("high"), shape(given),
                    DType.FLOAT32, given.input("key"));
            case "random.normal" -> Random.normal(shape(given), DType.FLOAT32, given.input("key"));
            case "random.gumbel" -> Random.gumbel(shape(given), DType.FLOAT32, given.input("key"));
            case "random.bernoulli" -> Random.bernoulli(given.number("p"), shape(given), given.input("key"));
            case "random.randint" -> Random.randint(given.number("low"), given.number("high"), shape(given),
                    DType.INT32, given.input("key"));
            default -> elementwise(given);
        };
    }

    /** The input of a norm as the case views it. */
    static Array seen(Case given) {
        Array x = given.input("x");
        return given.text("view").map(view -> see(x, view)).orElse(x);
    }

    private static Array see(Array x, String view) {
        int rank = x.ndim();
        long[] from = new long[rank];
        long[] to = x.shape().toArray();
        long[] step = new long[rank];
        Arrays.fill(step, 1);
        return switch (view) {
            case "transpose" -> Ops.swapaxes(x, -1, -2);
            case "broadcast" -> {
                long[] dims = new long[rank + 1];
                dims[0] = 3;
                System.arraycopy(to, 0, dims, 1, rank);
                yield Ops.broadcastTo(x, Shape.shape(dims));
            }
            case "slice" -> {
                step[rank - 1] = 2;
                yield Ops.slice(x, from, to, step);
            }
            case "reverse" -> {
                from[rank - 1] = to[rank - 1] - 1;
                to[rank - 1] = -to[rank - 1] - 1;
                step[rank - 1] = -1;
                yield Ops.slice(x, from, to, step);
            }
            default -> throw new IllegalArgumentException("no view " + view);
        };
    }

    private static Array attention(Case given) {
        Array q = given.input("q");
        Array k = given.input("k");
        Array v = given.input("v");
        double scale = given.number("scale");
        return given.text("mask").orElse("").equals("causal")
                ? Fast.scaledDotProductAttention(q, k, v, scale, "causal")
                : Fast.scaledDotProductAttention(q, k, v, scale, optional(given, "mask"));
    }

    private static Array elementwise(Case given) {
        String name = CaseFormat.LOWER_UNDERSCORE.to(CaseFormat.LOWER_CAMEL, given.op());
        int arrays = given.inputs().size();
        Class<?>[] types = new Class<?>[arrays + 1];
        Arrays.fill(types, Array.class);
        types[arrays] = StreamOrDevice[].class;
        Object[] arguments = given.inputs().values().toArray(new Object[arrays + 1]);
        arguments[arrays] = new StreamOrDevice[0];
        try {
            return (Array) Ops.class.getMethod(name, types).invoke(null, arguments);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("no operation for " + given, e);
        }
    }

    private static @Nullable Array optional(Case given, String name) {
        return given.inputs().get(name);
    }

    private static Shape shape(Case given) {
        return Shape.shape(given.numbers("shape"));
    }
}
