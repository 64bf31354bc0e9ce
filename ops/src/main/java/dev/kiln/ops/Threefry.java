package dev.kiln.ops;

/**
 * The pseudo-random function behind {@link Random}: Threefry-2x32 with 20 rounds (Salmon, Moraes, Dror and Shaw 2011,
 * "Parallel random numbers: as easy as 1, 2, 3", section 4.2). A key of two words turns each counter of two words into two
 * words; there is no state, so any part of a sequence can be computed by itself.
 */
public final class Threefry {

    /** How many counters one call takes at the most, and how far a counter's second word is behind its first. */
    public static final int BLOCK = 1024;

    private static final int PARITY = 0x1BD11BDA;

    private Threefry() {}

    /**
     * Replaces {@code n} counters by their values under a key.
     *
     * @param words counter i is {@code (words[i], words[i + BLOCK])}. One array with a fixed distance rather than two: only
     *        so the JIT compiler knows that the halves do not overlap, and makes vectors of the loops.
     */
    public static void hash(int key0, int key1, int[] words, int n) {
        int key2 = key0 ^ key1 ^ PARITY;
        inject(words, n, key0, key1);
        evenRounds(words, n, key1, key2 + 1);
        oddRounds(words, n, key2, key0 + 2);
        evenRounds(words, n, key0, key1 + 3);
        oddRounds(words, n, key1, key2 + 4);
        evenRounds(words, n, key2, key0 + 5);
    }

    private static void inject(int[] words, int n, int key0, int key1) {
        for (int i = 0; i < n; i++) {
            words[i] += key0;
            words[i + BLOCK] += key1;
        }
    }

    private static void evenRounds(int[] words, int n, int key0, int key1) {
        for (int i = 0; i < n; i++) {
            int a = words[i];
            int b = words[i + BLOCK];
            a += b;
            b = (b << 13 | b >>> 19) ^ a;
            a += b;
            b = (b << 15 | b >>> 17) ^ a;
            a += b;
            b = (b << 26 | b >>> 6) ^ a;
            a += b;
            b = (b << 6 | b >>> 26) ^ a;
            words[i] = a + key0;
            words[i + BLOCK] = b + key1;
        }
    }

    private static void oddRounds(int[] words, int n, int key0, int key1) {
        for (int i = 0; i < n; i++) {
            int a = words[i];
            int b = words[i + BLOCK];
            a += b;
            b = (b << 17 | b >>> 15) ^ a;
            a += b;
            b = (b << 29 | b >>> 3) ^ a;
            a += b;
            b = (b << 16 | b >>> 16) ^ a;
            a += b;
            b = (b << 24 | b >>> 8) ^ a;
            words[i] = a + key0;
            words[i + BLOCK] = b + key1;
        }
    }
}
