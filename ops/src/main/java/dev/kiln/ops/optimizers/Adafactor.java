package dev.kiln.ops.optimizers;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import dev.kiln.ops.Array;
import dev.kiln.ops.Ops;
import java.util.List;

/**
 * Adaptive steps that remember a row and a column for each matrix (Shazeer and Stern 2018, arXiv:1804.04235), without the mean of
 * gradients.
 *
 * @param eps1 added to squared gradients
 * @param eps2 the least length that a parameter counts as having
 * @param clipThreshold the greatest root mean square of a step, before the rate
 * @param decayRate the means of squares forget less and less: in step t as much as {@code t^decayRate}
 * @param weightDecay what part of a parameter goes in a step, times its rate
 * @param scaleParameter whether rates are relative to the root mean square of each parameter
 */
public record Adafactor(Schedule learningRate, double eps1, double eps2, double clipThreshold, double decayRate,
        double weightDecay, boolean scaleParameter) implements Optimizer {

    private static final double RELATIVE_MOST = 1e-2;
    private static final double EPS1 = 1e-30;
    private static final double EPS2 = 1e-3;
    private static final double DECAY = -0.8;
    private static final int ROW = 0;
    private static final int COLUMN = 1;
    private static final int WHOLE = 2;

    /** The paper's own rate, {@code 1/√t} and at most 0.01. */
    public static final Schedule RELATIVE_STEP = step -> step.add(1).astype(DType.FLOAT32).rsqrt()
            .minimum(RELATIVE_MOST);

    /** MLX's defaults, with the paper's rate. */
    public Adafactor() {
        this(RELATIVE_STEP);
    }

    /** MLX's defaults, with another rate. */
    public Adafactor(Schedule learningRate) {
        this(learningRate, EPS1, EPS2, 1, DECAY, 0, true);
    }

    @Override
    public List<String> slots() {
        return List.of("exp_avg_sq_row", "exp_avg_sq_col", "exp_avg_sq");
    }

    /** A matrix has a row and a column, other parameters squares of their own; what is not used is a scalar. */
    @Override
    public Array initial(String slot, Array parameter) {
        Shape shape = parameter.shape();
        int rank = shape.rank();
        Shape needed = switch (slots().indexOf(slot)) {
            case ROW -> rank >= 2 ? shape.with(rank - 1, 1) : Shape.SCALAR;
            case COLUMN -> rank >= 2 ? shape.with(rank - 2, 1) : Shape.SCALAR;
            default -> rank >= 2 ? Shape.SCALAR : shape;
        };
        return Ops.zeros(needed, parameter.dtype());
    }

    @Override
    public List<Array> move(Array parameter, Array gradient, List<Array> slots, Moment moment) {
        Array forgotten = Rates.of(Ops.power(moment.step().astype(DType.FLOAT32), decayRate), parameter);
        Array square = gradient.square().add(eps1);
        Array row = slots.get(ROW);
        Array column = slots.get(COLUMN);
        Array whole = slots.get(WHOLE);
        Array scaled;
        if (parameter.ndim() >= 2) {
            row = mixed(row, square.mean(-1, true), forgotten);
            column = mixed(column, square.mean(-2, true), forgotten);
            scaled = row.divide(row.mean(-2, true)).rsqrt().multiply(column.rsqrt()).multiply(gradient);
        } else {
            whole = mixed(whole, square, forgotten);
            scaled = whole.rsqrt().multiply(gradient);
        }
        Array rate = Rates.of(moment.rate(), parameter);
        if (scaleParameter) {
            rate = rate.multiply(length(parameter).maximum(eps2));
        }
        Array step = scaled.divide(length(scaled).divide(clipThreshold).maximum(1.0)).multiply(rate);
        Array decayed = weightDecay == 0
                ? parameter
                : parameter.subtract(parameter.multiply(rate.multiply(weightDecay)));
        return List.of(decayed.subtract(step), row, column, whole);
    }

    private static Array mixed(Array mean, Array next, Array forgotten) {
        return mean.multiply(Ops.subtract(1, forgotten)).add(next.multiply(forgotten));
    }

    private static Array length(Array a) {
        return a.square().mean().sqrt();
    }
}
