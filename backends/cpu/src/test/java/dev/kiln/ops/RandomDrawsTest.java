package dev.kiln.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is drawn, beyond the cases that MLX computed. */
class RandomDrawsTest {

    /** The words of a key by the definition, one counter at a time. */
    private static int[] words(long seed, int count) {
        int[] words = new int[count];
        int half = count / 2;
        for (int i = 0; i < count - half; i++) {
            int[] block = new int[2 * Threefry.BLOCK];
            block[0] = i;
            block[Threefry.BLOCK] = i < half ? i + count - half : 0;
            Threefry.hash((int) (seed >>> 32), (int) seed, block, 1);
            words[i] = block[0];
            if (i < half) {
                words[i + count - half] = block[Threefry.BLOCK];
            }
        }
        return words;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 1023, 2048, 2049, 10_001})
    void words_are_in_the_same_places_however_many_blocks_there_are(int count) {
        long[] expected = Arrays.stream(words(42, count)).mapToLong(Integer::toUnsignedLong).toArray();
        assertArrayEquals(expected, Random.bits(Shape.shape(count), 4, Random.key(42)).toLongArray());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 6, 7, 4099})
    void narrow_elements_are_the_bytes_of_the_words(int count) {
        long[] bytes = Random.bits(Shape.shape(count), 1, Random.key(7)).toLongArray();
        int[] words = words(7, Math.ceilDiv(count, 4));
        for (int i = 0; i < count; i++) {
            assertEquals(words[i / 4] >>> 8 * (i % 4) & 0xff, bytes[i], "byte " + i);
        }
        long[] shorts = Random.bits(Shape.shape(count), 2, Random.key(7)).toLongArray();
        int[] wordsOfShorts = words(7, Math.ceilDiv(count, 2));
        for (int i = 0; i < count; i++) {
            assertEquals(wordsOfShorts[i / 2] >>> 16 * (i % 2) & 0xffff, shorts[i], "short " + i);
        }
    }

    @Test
    void each_of_many_keys_fills_its_own_part() {
        Array keys = Random.split(Random.key(3), 5).eval();
        Array all = Operands.of(new RandomBits(Shape.shape(7), 1), keys.stream(), keys.node());
        assertEquals(Shape.shape(5, 7), all.shape());
        for (int i = 0; i < 5; i++) {
            Array one = Random.bits(Shape.shape(7), 1, Ops.take(keys, i, 0));
            assertArrayEquals(one.toLongArray(), Ops.take(all, i, 0).toLongArray());
        }
    }

    @Test
    void an_empty_array_takes_no_bits() {
        assertEquals(0, Random.bits(Shape.shape(0, 3), 4, Random.key(1)).toLongArray().length);
    }

    @Test
    void draws_without_a_key_differ_and_repeat_after_the_same_seed() {
        Random.seed(11);
        double[] first = Random.uniform(Shape.shape(8)).toDoubleArray();
        double[] second = Random.uniform(Shape.shape(8)).toDoubleArray();
        assertFalse(Arrays.equals(first, second));
        Random.seed(11);
        assertArrayEquals(first, Random.uniform(Shape.shape(8)).toDoubleArray());
    }

    @Test
    void the_default_keys_are_those_that_split_gives() {
        Random.seed(5);
        Array halves = Random.split(Random.key(5));
        assertArrayEquals(Ops.take(halves, 1, 0).toLongArray(), KeySequence.current().next().toLongArray());
        Array next = Random.split(Ops.take(halves, 0, 0));
        assertArrayEquals(Ops.take(next, 1, 0).toLongArray(), KeySequence.current().next().toLongArray());
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT16", "BFLOAT16", "FLOAT32"})
    void uniform_numbers_stay_below_their_upper_bound(DType dtype) {
        double[] drawn = Random.uniform(Shape.shape(200_000), dtype, Random.key(1)).toDoubleArray();
        assertTrue(Arrays.stream(drawn).allMatch(x -> x >= 0 && x < 1));
        assertEquals(0.5, Arrays.stream(drawn).average().orElseThrow(), 0.005);
    }

    @Test
    void normal_numbers_have_the_mean_and_deviation_that_were_asked_for() {
        double[] drawn = Random.normal(Shape.shape(200_000), DType.FLOAT32, 3, 2, Random.key(2)).toDoubleArray();
        double mean = Arrays.stream(drawn).average().orElseThrow();
        double variance = Arrays.stream(drawn).map(x -> (x - mean) * (x - mean)).average().orElseThrow();
        assertEquals(3, mean, 0.02);
        assertEquals(4, variance, 0.05);
        Array byArrays = Random.normal(Shape.shape(200_000), DType.FLOAT32, Array.scalar(3f), Array.scalar(2f),
                Random.key(2));
        assertArrayEquals(drawn, byArrays.toDoubleArray());
    }

    @Test
    void truncated_normal_numbers_keep_their_bounds() {
        double[] drawn = Random.truncatedNormal(Array.scalar(-0.5f), Array.scalar(2f), Shape.shape(10_000),
                DType.FLOAT32, Random.key(3)).toDoubleArray();
        assertTrue(Arrays.stream(drawn).allMatch(x -> x >= -0.5 && x <= 2));
    }

    @Test
    void laplace_numbers_have_twice_the_square_of_their_diversity_as_variance() {
        double[] drawn = Random.laplace(Shape.shape(200_000), DType.FLOAT32, 1, 0.5, Random.key(4)).toDoubleArray();
        assertEquals(1, Arrays.stream(drawn).average().orElseThrow(), 0.01);
        assertEquals(0.5, Arrays.stream(drawn).map(x -> (x - 1) * (x - 1)).average().orElseThrow(), 0.02);
    }

    @Test
    void bounds_may_be_arrays() {
        Array low = Array.of(0, 10, 20);
        long[] drawn = Random.randint(low, low.add(10), Shape.shape(100, 3), DType.INT32, Random.key(5))
                .toLongArray();
        for (int i = 0; i < drawn.length; i++) {
            assertEquals(i % 3, drawn[i] / 10);
        }
    }

    @Test
    void whole_numbers_stay_below_a_bound_that_float32_cannot_hold() {
        long[] drawn = Random.randint(0, 16_777_217, Shape.shape(100_000), DType.INT32, Random.key(6)).toLongArray();
        assertTrue(Arrays.stream(drawn).allMatch(x -> x >= 0 && x < 16_777_217));
    }

    @Test
    void certain_and_impossible_events_are_so() {
        Array p = Array.of(0f, 1f);
        long[] drawn = Random.bernoulli(p, Shape.shape(10_000, 2), Random.key(8)).toLongArray();
        for (int i = 0; i < drawn.length; i++) {
            assertEquals(i % 2, drawn[i]);
        }
    }

    @Test
    void categorical_draws_come_with_their_probabilities() {
        Array logits = Array.of(0f, (float) Math.log(3));
        double[] drawn = Random.categorical(logits, 0, 100_000, Random.key(9)).toDoubleArray();
        assertEquals(0.75, Arrays.stream(drawn).average().orElseThrow(), 0.01);
    }

    @Test
    void a_permutation_has_every_index_once() {
        long[] order = Random.permutation(1000, Random.key(10)).toLongArray();
        assertFalse(Arrays.equals(order, Arrays.stream(order).sorted().toArray()));
        assertArrayEquals(Arrays.stream(order).sorted().toArray(),
                java.util.stream.LongStream.range(0, 1000).toArray());
        Array rows = Random.permutation(Ops.arange(0, 30, 1, DType.INT32), 0, Random.key(10));
        assertEquals(435, Arrays.stream(rows.toLongArray()).sum());
    }
}
