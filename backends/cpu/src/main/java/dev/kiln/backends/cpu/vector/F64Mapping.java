package dev.kiln.backends.cpu.vector;

/** Maps a row of doubles. */
@FunctionalInterface
public interface F64Mapping {
    /** Maps {@code cols} elements of {@code x} from {@code at} on to the same places of {@code y}. */
    void run(double[] y, double[] x, int at, int cols, double parameter, double second);
}
