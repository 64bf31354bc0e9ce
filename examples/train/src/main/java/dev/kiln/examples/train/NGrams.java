package dev.kiln.examples.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The yardstick: probabilities of the next byte by how often it followed the last ones. Where these were seldom seen, the estimate
 * backs off to that by fewer bytes, as Witten and Bell (1991) do.
 */
final class NGrams {

    private static final int VALUES = 256;

    /**
     * The runs of so many bytes that a text has.
     *
     * @param grams in ascending order, their last byte in the lowest bits
     * @param counts how often each is there
     */
    @SuppressWarnings("ArrayRecordComponent") // searched, never changed
    private record Runs(long[] grams, int[] counts) {}

    private final List<Runs> orders = new ArrayList<>();

    /** Counts what follows what in {@code text}, by up to {@code order - 1} bytes; at most 7. */
    NGrams(int order, byte[] text) {
        for (int length = 1; length <= order; length++) {
            orders.add(runs(text, length));
        }
    }

    private static Runs runs(byte[] text, int length) {
        long[] all = new long[Math.max(0, text.length - length + 1)];
        for (int i = 0; i < all.length; i++) {
            all[i] = gram(text, i, i + length);
        }
        Arrays.parallelSort(all);
        int[] counts = new int[all.length];
        int kinds = 0;
        for (int i = 0; i < all.length; i++) {
            kinds += i == 0 || all[i] != all[i - 1] ? 1 : 0;
            all[kinds - 1] = all[i];
            counts[kinds - 1]++;
        }
        return new Runs(Arrays.copyOf(all, kinds), Arrays.copyOf(counts, kinds));
    }

    private static long gram(byte[] text, int from, int to) {
        long gram = 0;
        for (int i = from; i < to; i++) {
            gram = gram << Byte.SIZE | text[i] & 0xFF;
        }
        return gram;
    }

    /** How many bits a byte of {@code text} costs on average, by runs of up to {@code order} bytes. */
    double bitsPerByte(byte[] text, int order) {
        double bits = 0;
        for (int i = 0; i < text.length; i++) {
            bits -= Math.log(probability(text, i, order)) / Math.log(2);
        }
        return bits / text.length;
    }

    /** The probability of the byte at {@code at} after the {@code order - 1} before it. */
    double probability(byte[] text, int at, int order) {
        double probability = 1.0 / VALUES;
        for (int length = 1; length <= order && length <= at + 1; length++) {
            Runs runs = orders.get(length - 1);
            long wanted = gram(text, at - length + 1, at + 1);
            long first = wanted & -VALUES;
            int found = Arrays.binarySearch(runs.grams(), first);
            int from = found < 0 ? -found - 1 : found;
            double total = 0;
            double count = 0;
            int to = from;
            for (; to < runs.grams().length && runs.grams()[to] < first + VALUES; to++) {
                total += runs.counts()[to];
                count += runs.grams()[to] == wanted ? runs.counts()[to] : 0;
            }
            if (to == from) {
                return probability;
            }
            probability = (count + (to - from) * probability) / (total + (to - from));
        }
        return probability;
    }
}
