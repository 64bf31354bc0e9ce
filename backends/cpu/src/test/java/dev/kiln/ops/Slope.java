package dev.kiln.ops;

import dev.kiln.graph.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * A trial in float64 with directions to move in: what derivatives are compared with. The number that is differentiated is the
 * sum of the result's elements, weighted by chance.
 *
 * @param smooth the numbers of the operands that have derivatives
 * @param weights of the result's elements, as an array
 */
record Slope(Trial trial, List<Integer> smooth, Array weights, Random random) {

    private static final double STEP = 1e-5;
    private static final double KINK = 1e-3;

    /** Empty if the result, or no operand, has derivatives. */
    static Optional<Slope> of(Trial trial, long seed) {
        Random random = new Random(seed);
        Array result = trial.result();
        List<Integer> smooth = IntStream.range(0, trial.arrays().size())
                .filter(i -> trial.arrays().get(i).dtype() == DType.FLOAT64).boxed().toList();
        if (!result.dtype().isFloating() || smooth.isEmpty() || isRootOfZero(trial)) {
            return Optional.empty();
        }
        return Optional.of(new Slope(trial, smooth, drawn(result, random), random));
    }

    /** A deviation of equal numbers has no derivative. */
    private static boolean isRootOfZero(Trial trial) {
        return trial.row().name().startsWith("std")
                && Arrays.stream(trial.expected().elements()).anyMatch(v -> v == 0);
    }

    /** Numbers around 1 in the shape of {@code like}. */
    private static Array drawn(Array like, Random random) {
        double[] values = random.doubles(like.size(), 0.5, 1.5).map(v -> random.nextBoolean() ? v : -v).toArray();
        return Ops.reshape(Array.copyOf(values, like.dtype()), like.shape());
    }

    /** The operands that have derivatives. */
    List<Array> primals() {
        return smooth.stream().map(trial.arrays()::get).toList();
    }

    /** The operation as a function of those. */
    Array call(List<Array> primals) {
        List<Array> all = new ArrayList<>(trial.arrays());
        for (int i = 0; i < primals.size(); i++) {
            all.set(smooth.get(i), primals.get(i));
        }
        return trial.row().call().apply(all);
    }

    /** A direction to move the primals in. */
    List<Array> direction() {
        return primals().stream().map(primal -> drawn(primal, random)).toList();
    }

    /** How fast the weighted reference grows in a direction; empty where it has a kink. */
    Optional<Double> rate(List<Array> direction) {
        double[] weight = weights.toDoubleArray();
        ToDoubleFunction<Double> at = step -> {
            double[] result = trial.row().reference().apply(moved(direction, step)).elements();
            return IntStream.range(0, result.length).mapToDouble(i -> weight[i] * result[i]).sum();
        };
        double here = at.applyAsDouble(0.0);
        double before = (here - at.applyAsDouble(-STEP)) / STEP;
        double after = (at.applyAsDouble(STEP) - here) / STEP;
        return Math.abs(after - before) > KINK * Math.max(10, Math.abs(after) + Math.abs(before))
                ? Optional.empty()
                : Optional.of((after + before) / 2);
    }

    private List<Values> moved(List<Array> direction, double step) {
        List<Values> moved = new ArrayList<>(trial.values());
        for (int i = 0; i < direction.size(); i++) {
            Values by = new Values(direction.get(i).shape(), direction.get(i).toDoubleArray());
            moved.set(smooth.get(i), moved.get(smooth.get(i)).zip(by, (x, v) -> x + step * v));
        }
        return moved;
    }

    /** The primals moved in a direction. */
    List<Array> movedArrays(List<Array> direction, double step) {
        List<Array> primals = primals();
        return IntStream.range(0, primals.size())
                .mapToObj(i -> primals.get(i).add(direction.get(i).multiply(step))).toList();
    }

    /** The sum of products of elements. */
    static double dot(List<Array> a, List<Array> b) {
        double sum = 0;
        for (int i = 0; i < a.size(); i++) {
            double[] left = a.get(i).toDoubleArray();
            double[] right = b.get(i).toDoubleArray();
            sum += IntStream.range(0, left.length).mapToDouble(j -> left[j] * right[j]).sum();
        }
        return sum;
    }

    /** Requires two numbers to agree, relative to the largest of 1 and themselves. */
    void requireClose(String what, double expected, double actual, double tolerance) {
        double scale = Math.max(1, Math.abs(expected)) * Math.max(1, Math.sqrt(weights.size()));
        if (!(Math.abs(actual - expected) <= tolerance * scale)) {
            throw new AssertionError(
                    "%s: %s is %s, expected %s".formatted(trial.what(), what, actual, expected));
        }
    }
}
