package dev.kiln.ops.optimizers;

import dev.kiln.graph.DType;
import dev.kiln.ops.Array;
import dev.kiln.ops.Ops;
import java.util.List;

/** A learning rate for each step, as an operation on arrays: a compiled step of training computes it, and never traces again. */
@FunctionalInterface
public interface Schedule {

    /** The rate, a float32 scalar, at {@code step}, an integer scalar that counts from 0. */
    Array at(Array step);

    /** The same rate for ever. */
    static Schedule constant(double rate) {
        return step -> Array.scalar(rate, DType.FLOAT32);
    }

    /** A line from {@code init} to {@code end} in {@code steps} steps, then {@code end}: warm-up, for example. */
    static Schedule linearSchedule(double init, double end, int steps) {
        requirePositive("linear_schedule", steps);
        return step -> step.minimum(steps).astype(DType.FLOAT32).multiply((end - init) / steps).add(init);
    }

    /** {@code init decay^step}. */
    static Schedule exponentialDecay(double init, double decay) {
        return step -> Ops.power(decay, step.astype(DType.FLOAT32)).multiply(init);
    }

    /** {@code init}, times {@code decay} after every {@code size} steps. */
    static Schedule stepDecay(double init, double decay, int size) {
        requirePositive("step_decay", size);
        return step -> Ops.power(decay, step.floorDivide(size).astype(DType.FLOAT32)).multiply(init);
    }

    /** Half a wave of the cosine from {@code init} to 0 in {@code steps} steps, then 0. */
    static Schedule cosineDecay(double init, int steps) {
        return cosineDecay(init, steps, 0);
    }

    /** Half a wave of the cosine from {@code init} to {@code end} in {@code steps} steps, then {@code end}. */
    static Schedule cosineDecay(double init, int steps, double end) {
        requirePositive("cosine_decay", steps);
        return step -> step.minimum(steps).astype(DType.FLOAT32).multiply(Math.PI / steps).cos().add(1)
                .multiply((init - end) / 2).add(end);
    }

    /**
     * One schedule after the other, each counting its steps from 0.
     *
     * @param boundaries the steps at which the second and following begin, in ascending order
     * @throws IllegalArgumentException if there is not one boundary between each two schedules
     */
    static Schedule joinSchedules(List<Schedule> schedules, List<Integer> boundaries) {
        if (schedules.isEmpty() || boundaries.size() != schedules.size() - 1) {
            throw new IllegalArgumentException("[join_schedules] " + schedules.size() + " schedules have "
                    + boundaries.size() + " boundaries between them.");
        }
        List<Schedule> parts = List.copyOf(schedules);
        List<Integer> starts = List.copyOf(boundaries);
        return step -> {
            Array rate = parts.getFirst().at(step);
            for (int i = 0; i < starts.size(); i++) {
                Array later = step.subtract(starts.get(i));
                rate = Ops.where(later.less(0), rate, parts.get(i + 1).at(later));
            }
            return rate;
        };
    }

    private static void requirePositive(String schedule, int steps) {
        if (steps < 1) {
            throw new IllegalArgumentException("[" + schedule + "] The number of steps " + steps + " is not positive.");
        }
    }
}
