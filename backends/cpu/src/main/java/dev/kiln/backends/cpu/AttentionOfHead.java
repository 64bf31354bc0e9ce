package dev.kiln.backends.cpu;

import java.util.List;

/** A way to compute the attention of queries that share a head of keys and values. */
interface AttentionOfHead {

    /** The registers that the block needs. */
    List<Lane> registers();

    /** How many elements each of the registers must hold. */
    int capacity();

    /** Computes {@code count} rows from {@code first} on. */
    void attend(Block block, long[] addresses, long batch, long head, long first, int count);
}
