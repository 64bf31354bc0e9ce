package dev.kiln.backends.cpu;

/** What is done to each line of an array; an instance may own scratch and serves one thread. */
@FunctionalInterface
interface LineWork {

    /** Works on the first {@code n} elements of {@code line}, which it may change, and returns where the result is. */
    Reg run(Reg line, int n);
}
