package dev.kiln.ops;

import com.google.common.primitives.ImmutableLongArray;
import java.util.Set;
import java.util.TreeSet;

/** Resolves axes as the user counts them, with MLX's errors, and edits lists of lengths. */
final class Axes {

    private Axes() {}

    /**
     * The axis from 0 that {@code axis}, perhaps negative, means in an array of {@code rank} axes.
     *
     * @throws IllegalArgumentException naming {@code op} if there is no such axis
     */
    static int of(String op, int axis, int rank) {
        if (axis < -rank || axis >= rank) {
            throw new IllegalArgumentException(
                    "[" + op + "] Axis " + axis + " is out of bounds for array with " + rank + " dimensions.");
        }
        return axis < 0 ? axis + rank : axis;
    }

    /** All of {@code axes} from 0, ascending. */
    static Set<Integer> distinct(String op, int[] axes, int rank) {
        Set<Integer> found = new TreeSet<>();
        for (int axis : axes) {
            if (!found.add(of(op, axis, rank))) {
                throw new IllegalArgumentException("[" + op + "] Received duplicate axes.");
            }
        }
        return found;
    }

    /** {@code dims} with those from {@code from} (included) to {@code to} (excluded) replaced. */
    static long[] replace(long[] dims, int from, int to, long... by) {
        long[] replaced = new long[dims.length - (to - from) + by.length];
        System.arraycopy(dims, 0, replaced, 0, from);
        System.arraycopy(by, 0, replaced, from, by.length);
        System.arraycopy(dims, to, replaced, from + by.length, dims.length - to);
        return replaced;
    }

    /** {@code first}, then {@code rest}. */
    static ImmutableLongArray prepend(long first, ImmutableLongArray rest) {
        return ImmutableLongArray.builder(rest.length() + 1).add(first).addAll(rest).build();
    }
}
