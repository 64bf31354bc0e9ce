package dev.kiln.backends.metal;

import java.util.ArrayList;
import java.util.List;

/**
 * Some axes that several arrays are walked over together. Axes that follow each other without a gap in all of the arrays are
 * one, so most walks have one axis or two.
 *
 * @param dims the lengths, the last axis the fastest
 * @param strides for each array, in elements
 */
record Walk(List<Long> dims, List<List<Long>> strides) {

    /** The walk over {@code dims} of arrays with such strides. */
    static Walk of(long[] dims, List<long[]> arrays) {
        List<Long> lengths = new ArrayList<>();
        List<List<Long>> steps = new ArrayList<>();
        arrays.forEach(array -> steps.add(new ArrayList<>()));
        for (int axis = 0; axis < dims.length; axis++) {
            if (dims[axis] == 1) {
                continue;
            }
            int last = lengths.size() - 1;
            if (last >= 0 && mergeable(dims[axis], axis, last, arrays, steps)) {
                lengths.set(last, lengths.get(last) * dims[axis]);
                for (int i = 0; i < arrays.size(); i++) {
                    steps.get(i).set(last, arrays.get(i)[axis]);
                }
            } else {
                lengths.add(dims[axis]);
                for (int i = 0; i < arrays.size(); i++) {
                    steps.get(i).add(arrays.get(i)[axis]);
                }
            }
        }
        return new Walk(lengths, steps);
    }

    private static boolean mergeable(long dim, int axis, int last, List<long[]> arrays, List<List<Long>> steps) {
        for (int i = 0; i < arrays.size(); i++) {
            if (steps.get(i).get(last) != arrays.get(i)[axis] * dim) {
                return false;
            }
        }
        return true;
    }

    /** How many places there are. */
    long size() {
        return dims.stream().reduce(1L, (m, n) -> m * n);
    }

    /**
     * Writes what finds the places of all arrays from a running number.
     *
     * @param index the variable with the number
     * @param name what the variables that it declares begin with
     * @return for each array an expression of its place
     */
    List<String> write(Text text, String index, String name) {
        if (strides.stream().anyMatch(steps -> !isPlain(steps))) {
            text.line("at " + name + "rest = " + index + ";");
            for (int axis = dims.size() - 1; axis > 0; axis--) {
                String length = text.parameter(dims.get(axis));
                text.line("at " + name + axis + " = " + name + "rest % " + length + "; " + name + "rest /= " + length
                        + ";");
            }
        }
        return strides.stream().map(steps -> place(text, steps, index, name)).toList();
    }

    /** Whether the place is the number itself, or always the first. */
    private boolean isPlain(List<Long> steps) {
        return steps.stream().allMatch(step -> step == 0) || dims.size() == 1 && steps.getFirst() == 1;
    }

    private String place(Text text, List<Long> steps, String index, String name) {
        if (isPlain(steps)) {
            return steps.stream().allMatch(step -> step == 0) ? "0" : index;
        }
        List<String> terms = new ArrayList<>();
        for (int axis = 0; axis < steps.size(); axis++) {
            long step = steps.get(axis);
            if (step != 0) {
                String at = name + (axis == 0 ? "rest" : axis);
                terms.add(step == 1 ? at : at + " * " + text.parameter(step));
            }
        }
        return String.join(" + ", terms);
    }
}
