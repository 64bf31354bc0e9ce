package dev.kiln.backends.cpu;

/** Folds a row into one element. */
@FunctionalInterface
interface RowFold {

    /** Sets element {@code to} of {@code out} to the fold of the {@code columns} elements of {@code x} from {@code at} on. */
    void run(Reg out, int to, Reg x, int at, int columns);
}
