package dev.kiln.examples.train;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds the pairs of tokens that stand together most often, one after the other. */
final class Merges {

    /** Two tokens that follow each other. */
    record Pair(int left, int right) {}

    private static final class Word {

        private final int[] tokens;
        private final int count;
        private int length;

        private Word(int[] tokens, int count) {
            this.tokens = tokens;
            this.count = count;
            length = tokens.length;
        }
    }

    private final Map<Pair, Integer> counts = new HashMap<>();
    private final Map<Pair, Set<Word>> places = new HashMap<>();

    /** Adds a word that is there {@code count} times. */
    void add(int[] tokens, int count) {
        count(new Word(tokens, count), 1);
    }

    private void count(Word word, int sign) {
        for (int i = 0; i + 1 < word.length; i++) {
            Pair pair = new Pair(word.tokens[i], word.tokens[i + 1]);
            counts.merge(pair, sign * word.count, (a, b) -> a + b == 0 ? null : a + b);
            if (sign > 0) {
                places.computeIfAbsent(pair, key -> new HashSet<>()).add(word);
            }
        }
    }

    /**
     * The {@code most} pairs to put together, the first of them making token {@code next}; fewer if nothing is left that stands
     * together twice. Of pairs as frequent the one of the earliest tokens comes first.
     */
    List<Pair> most(int most, int next) {
        List<Pair> merges = new ArrayList<>();
        while (merges.size() < most) {
            Pair best = null;
            int bestCount = 1;
            for (Map.Entry<Pair, Integer> entry : counts.entrySet()) {
                int count = entry.getValue();
                if (count > bestCount || count == bestCount && best != null && isEarlier(entry.getKey(), best)) {
                    best = entry.getKey();
                    bestCount = count;
                }
            }
            if (best == null) {
                break;
            }
            merge(best, next + merges.size());
            merges.add(best);
        }
        return merges;
    }

    private static boolean isEarlier(Pair a, Pair b) {
        return a.left < b.left || a.left == b.left && a.right < b.right;
    }

    private void merge(Pair pair, int token) {
        for (Word word : places.getOrDefault(pair, Set.of())) {
            count(word, -1);
            word.length = replace(word.tokens, word.length, pair, token);
            count(word, 1);
        }
        places.remove(pair);
    }

    /** Puts {@code token} where the pair stands; returns how many tokens are left. */
    static int replace(int[] tokens, int length, Pair pair, int token) {
        int kept = 0;
        for (int i = 0; i < length; i++) {
            boolean here = i + 1 < length && tokens[i] == pair.left && tokens[i + 1] == pair.right;
            tokens[kept++] = here ? token : tokens[i];
            i += here ? 1 : 0;
        }
        return kept;
    }
}
