package dev.kiln.ops;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** Gradients of functions whose first result is one number. */
final class Gradients {

    private Gradients() {}

    /** Value and gradient at {@code argument}, with respect to all arrays in it. */
    static <P, R> ValueAndGrad<R, P> of(String transform, Function<P, R> function, P argument) {
        try (Linearized<P, R> at = Linearized.of(transform, function, argument)) {
            Array value = scalar(transform, at.outputs().leaves());
            List<Array> grads = at.pull(List.of(Ops.onesLike(value)));
            return new ValueAndGrad<>(at.value(), at.inputs().with(grads));
        }
    }

    /** Value and gradient at {@code arguments}, with respect to those of these numbers. */
    static <R> ValueAndGrad<R, List<Array>> of(String transform, Function<List<Array>, R> function,
            List<Array> arguments, int... argnums) {
        if (argnums.length == 0) {
            return of(transform, function, arguments);
        }
        for (int number : argnums) {
            if (number < 0 || number >= arguments.size()) {
                throw new IllegalArgumentException(
                        "[" + transform + "] Can't compute the gradient of argument index " + number
                                + " because the function is called with " + arguments.size() + " arguments.");
            }
        }
        if (Arrays.stream(argnums).distinct().count() != argnums.length) {
            throw new IllegalArgumentException(
                    "[" + transform + "] Duplicate argument indices " + Arrays.toString(argnums)
                            + " are not allowed.");
        }
        return of(transform, chosen -> {
            List<Array> all = new ArrayList<>(arguments);
            for (int i = 0; i < argnums.length; i++) {
                all.set(argnums[i], chosen.get(i));
            }
            return function.apply(all);
        }, Arrays.stream(argnums).mapToObj(arguments::get).toList());
    }

    private static Array scalar(String transform, List<Array> results) {
        if (results.isEmpty() || results.getFirst().ndim() != 0) {
            throw new IllegalArgumentException("[" + transform
                    + "] The return value of the function whose gradient we want"
                    + " to compute should be a scalar array; but "
                    + (results.isEmpty() ? "no array" : results.getFirst().node().spec() + " came first in what")
                    + " was returned. Sum it, or use vjp with a cotangent of that shape.");
        }
        Array value = results.getFirst();
        if (!Reverse.isSmooth(value.dtype())) {
            throw new IllegalArgumentException("[" + transform + "] The function returned " + value.node().spec()
                    + ", and only floating-point and complex numbers have gradients.");
        }
        return value;
    }
}
