package dev.kiln.backends.cpu.vector;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** What stands in a template for the function that {@link FilledTemplate} puts there. */
@SuppressWarnings("DoNotCallSuggester") // templates call them, copies do not
final class Hole {

    private Hole() {}

    static FloatVector floats(FloatVector v) {
        throw unfilled();
    }

    static FloatVector floats(FloatVector a, FloatVector b) {
        throw unfilled();
    }

    static VectorMask<Float> testFloats(FloatVector v) {
        throw unfilled();
    }

    static VectorMask<Float> testFloats(FloatVector a, FloatVector b) {
        throw unfilled();
    }

    static DoubleVector doubles(DoubleVector v) {
        throw unfilled();
    }

    static DoubleVector doubles(DoubleVector a, DoubleVector b) {
        throw unfilled();
    }

    static VectorMask<Double> testDoubles(DoubleVector v) {
        throw unfilled();
    }

    static VectorMask<Double> testDoubles(DoubleVector a, DoubleVector b) {
        throw unfilled();
    }

    private static IllegalStateException unfilled() {
        return new IllegalStateException("A template runs only as a copy.");
    }
}
