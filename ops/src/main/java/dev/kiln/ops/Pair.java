package dev.kiln.ops;

import java.util.function.BiFunction;
import java.util.function.Function;

/** Two arguments as one tree. */
record Pair<A, B>(A a, B b) {

    /** {@code function} as a function of one argument. */
    static <A, B, R> Function<Pair<A, B>, R> of(BiFunction<A, B, R> function) {
        return pair -> function.apply(pair.a, pair.b);
    }
}
