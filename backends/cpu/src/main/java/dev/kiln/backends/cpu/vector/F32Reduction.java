package dev.kiln.backends.cpu.vector;

/** Reduces a row of floats. */
@FunctionalInterface
public interface F32Reduction {
    /** The result for {@code cols} elements of {@code x} from {@code at} on. */
    float run(float[] x, int at, int cols, float parameter);
}
