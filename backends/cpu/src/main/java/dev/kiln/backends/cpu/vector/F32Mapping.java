package dev.kiln.backends.cpu.vector;

/** Maps a row of floats. */
@FunctionalInterface
public interface F32Mapping {
    /** Maps {@code cols} elements of {@code x} from {@code at} on to the same places of {@code y}. */
    void run(float[] y, float[] x, int at, int cols, float parameter, float second);
}
