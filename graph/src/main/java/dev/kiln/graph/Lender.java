package dev.kiln.graph;

/** To whom the memory of a buffer goes back. */
sealed interface Lender permits Loan, Chunk {

    /** Takes {@code bytes} back that were lent. Called once for each time they were. */
    void takeBack(long bytes);
}
