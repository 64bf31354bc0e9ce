package dev.kiln.backends.cpu.vector;

/** Reduces a row of doubles. */
@FunctionalInterface
public interface F64Reduction {
    /** The result for {@code cols} elements of {@code x} from {@code at} on. */
    double run(double[] x, int at, int cols, double parameter);
}
