package dev.kiln.ops.nn;

import dev.kiln.ops.Array;
import java.util.List;
import java.util.function.UnaryOperator;

/** Layers and functions one behind the other: {@code new Sequential(new Linear(2, 8), Activations::relu, new Linear(8, 1))}. */
public record Sequential(List<UnaryOperator<Array>> layers) implements Module<Sequential>, UnaryOperator<Array> {

    /** Keeps a copy of the list. */
    public Sequential {
        layers = List.copyOf(layers);
    }

    /** Of {@code layers} in their order. */
    @SafeVarargs
    @SuppressWarnings("varargs") // only read
    public Sequential(UnaryOperator<Array>... layers) {
        this(List.of(layers));
    }

    @Override
    public Array apply(Array x) {
        Array y = x;
        for (UnaryOperator<Array> layer : layers) {
            y = layer.apply(y);
        }
        return y;
    }
}
