package dev.kiln.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class RandomTest {

    private static long[] words(Array key) {
        return key.toLongArray();
    }

    @Test
    void a_key_holds_the_upper_and_the_lower_half_of_its_seed() {
        assertArrayEquals(new long[] {0x12345678L, 0xFEDCBA98L}, words(Random.key(0x12345678FEDCBA98L)));
    }

    @Test
    void a_thread_that_is_seeded_again_gets_the_same_keys() {
        Random.seed(7);
        long[] first = words(KeySequence.current().next());
        long[] second = words(KeySequence.current().next());
        assertFalse(Arrays.equals(first, second));
        Random.seed(7);
        assertArrayEquals(first, words(KeySequence.current().next()));
        assertArrayEquals(second, words(KeySequence.current().next()));
    }

    @Test
    void every_thread_has_keys_of_its_own() throws InterruptedException {
        AtomicReference<long[]> other = new AtomicReference<>();
        Thread.ofVirtual().start(() -> other.set(words(KeySequence.current().next()))).join();
        assertFalse(Arrays.equals(other.get(), words(KeySequence.current().next())));
    }

    @Test
    void threefry_of_zeros_is_what_its_authors_publish() {
        int[] words = new int[2 * Threefry.BLOCK];
        Threefry.hash(0, 0, words, 1);
        assertEquals(0x6b200159, words[0]);
        assertEquals(0x99ba4efe, words[Threefry.BLOCK]);
    }

    @Test
    void threefry_of_ones_is_what_its_authors_publish() {
        int[] words = new int[2 * Threefry.BLOCK];
        words[0] = -1;
        words[Threefry.BLOCK] = -1;
        Threefry.hash(-1, -1, words, 1);
        assertEquals(0x1cb996fc, words[0]);
        assertEquals(0xbb002be7, words[Threefry.BLOCK]);
    }

    @Test
    void something_that_is_no_key_is_refused() {
        Shape shape = Shape.shape(3);
        assertEquals("[bits] Expected key type uint32 but received int32.",
                assertThrows(IllegalArgumentException.class, () -> Random.bits(shape, 4, Array.of(1, 2))).getMessage());
        assertEquals("[bits] Expected key shape (2) but received (3).",
                assertThrows(IllegalArgumentException.class,
                        () -> Random.bits(shape, 4, Array.of(1, 2, 3).astype(DType.UINT32))).getMessage());
        assertEquals("[bits] Bit width must be in {1, 2, 4} but got 8.",
                assertThrows(IllegalArgumentException.class, () -> Random.bits(shape, 8, Random.key(0))).getMessage());
    }

    @Test
    void uniform_numbers_are_floats_of_at_most_32_bits() {
        Shape shape = Shape.shape(3);
        assertThrows(IllegalArgumentException.class, () -> Random.uniform(shape, DType.INT32));
        assertThrows(IllegalArgumentException.class, () -> Random.uniform(shape, DType.FLOAT64));
        assertEquals(DType.BFLOAT16, Random.normal(shape, DType.BFLOAT16, Random.key(1)).dtype());
    }

    @Test
    void bounds_must_broadcast_to_the_shape() {
        assertThrows(IllegalArgumentException.class, () -> Random.uniform(Array.of(0f, 1f, 2f), Array.scalar(4f),
                Shape.shape(2), DType.FLOAT32, Random.key(1)));
    }

    @Test
    void categorical_draws_have_the_shape_of_the_rows() {
        Array logits = Array.copyOf(new float[24], Shape.shape(2, 3, 4));
        Array key = Random.key(1);
        assertEquals(Shape.shape(2, 3), Random.categorical(logits, -1, key).shape());
        assertEquals(Shape.shape(2, 4), Random.categorical(logits, 1, key).shape());
        assertEquals(Shape.shape(2, 4, 5), Random.categorical(logits, 1, 5, key).shape());
        assertEquals(Shape.shape(7, 2, 3), Random.categorical(logits, -1, Shape.shape(7, 2, 3), key).shape());
        assertThrows(IllegalArgumentException.class, () -> Random.categorical(logits, 3, key));
    }
}
