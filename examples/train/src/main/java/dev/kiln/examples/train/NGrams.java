package dev.kiln.examples.train;

import java.util.Arrays;

/**
 * The yardstick: probabilities of the next byte by how often it followed the last {@code order - 1}. Where these were seldom seen, the
 * estimate backs off to that by fewer bytes, as Witten and Bell (1991) do.
 */
final class NGrams {

    private static final int VALUES = 256;
    private static final long EMPTY = -1;
    private static final long MIX = 0x9E3779B97F4A7C15L;

    private final int order;
    private long[] keys = new long[1 << 16];
    private int[] counts = new int[1 << 16];
    private int used;

    /** Counts what follows what in {@code text}, by up to {@code order - 1} bytes; at most 7. */
    NGrams(int order, byte[] text) {
        this.order = order;
        Arrays.fill(keys, EMPTY);
        for (int i = 0; i < text.length; i++) {
            for (int length = 0; length < order && length <= i; length++) {
                long context = context(text, i, length);
                if (increment(gram(context, text[i])) == 1) {
                    increment(kinds(context));
                }
                increment(total(context));
            }
        }
    }

    /** How many bits a byte of {@code text} costs, on average. */
    double bitsPerByte(byte[] text) {
        double bits = 0;
        for (int i = 0; i < text.length; i++) {
            bits -= Math.log(probability(text, i)) / Math.log(2);
        }
        return bits / text.length;
    }

    /** The probability of the byte at {@code at} after those before it. */
    double probability(byte[] text, int at) {
        double probability = 1.0 / VALUES;
        for (int length = 0; length < order && length <= at; length++) {
            long context = context(text, at, length);
            double total = count(total(context));
            if (total == 0) {
                return probability;
            }
            double kinds = count(kinds(context));
            probability = (count(gram(context, text[at])) + kinds * probability) / (total + kinds);
        }
        return probability;
    }

    /** The {@code length} bytes in front of {@code at}, and how many they are. */
    private static long context(byte[] text, int at, int length) {
        long context = length;
        for (int i = at - length; i < at; i++) {
            context = context << Byte.SIZE | text[i] & 0xFF;
        }
        return context;
    }

    private static long gram(long context, byte next) {
        return context << 10 | next & 0xFF;
    }

    private static long total(long context) {
        return context << 10 | VALUES;
    }

    private static long kinds(long context) {
        return context << 10 | VALUES + 1;
    }

    private int count(long key) {
        int at = find(key);
        return keys[at] == key ? counts[at] : 0;
    }

    private int increment(long key) {
        if (used * 2 > keys.length) {
            grow();
        }
        int at = find(key);
        used += keys[at] == key ? 0 : 1;
        keys[at] = key;
        return ++counts[at];
    }

    private int find(long key) {
        int mask = keys.length - 1;
        int at = (int) (key * MIX >>> 32) & mask;
        while (keys[at] != key && keys[at] != EMPTY) {
            at = at + 1 & mask;
        }
        return at;
    }

    private void grow() {
        long[] oldKeys = keys;
        int[] oldCounts = counts;
        keys = new long[2 * oldKeys.length];
        counts = new int[2 * oldKeys.length];
        Arrays.fill(keys, EMPTY);
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] != EMPTY) {
                int at = find(oldKeys[i]);
                keys[at] = oldKeys[i];
                counts[at] = oldCounts[i];
            }
        }
    }
}
