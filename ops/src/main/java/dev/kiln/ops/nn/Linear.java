package dev.kiln.ops.nn;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import dev.kiln.ops.Array;
import dev.kiln.ops.Ops;
import dev.kiln.ops.Random;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * {@code x weightᵀ + bias}.
 *
 * @param weight of shape (outputs, inputs)
 * @param bias of shape (outputs), or null for none
 */
public record Linear(Array weight, @Nullable Array bias) implements Module<Linear>, UnaryOperator<Array> {

    /** With a bias; see {@link #Linear(int, int, boolean)}. */
    public Linear(int inputs, int outputs) {
        this(inputs, outputs, true);
    }

    /** With float32 parameters drawn uniformly between -1/√inputs and 1/√inputs. */
    public Linear(int inputs, int outputs, boolean bias) {
        this(drawn(inputs, outputs, inputs), bias ? drawn(inputs, outputs) : null);
    }

    private static Array drawn(int inputs, long... shape) {
        double bound = Math.sqrt(1.0 / inputs);
        return Random.uniform(-bound, bound, Shape.shape(shape), DType.FLOAT32);
    }

    /** From (..., inputs) to (..., outputs). */
    @Override
    public Array apply(Array x) {
        return bias == null ? x.matmul(weight.transpose()) : Ops.addmm(bias, x, weight.transpose());
    }
}
