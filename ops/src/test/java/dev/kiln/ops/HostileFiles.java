package dev.kiln.ops;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;

/** Damages valid files at random, and checks that a parser answers each with a result or with one line of refusal. */
final class HostileFiles {
    private static final int MUTATIONS = 1000;
    private static final long ALLOCATION_LIMIT = 1 << 20;
    private static final byte[] TELLING = "{}[]()\",:'0123456789-+eE.\\u TF<>|\0\u00ff".getBytes(
            StandardCharsets.ISO_8859_1);
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private HostileFiles() {}

    /** How many of the damaged files were refused; anything but a worded refusal or success fails the test. */
    static int countRefusals(long seed, byte[] valid, String prefix, Consumer<MemorySegment> parser) {
        Random random = new Random(seed);
        int refusals = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            MemorySegment file = MemorySegment.ofArray(damage(random, valid));
            long before = THREADS.getCurrentThreadAllocatedBytes();
            try {
                parser.accept(file);
            } catch (IllegalArgumentException refused) {
                refusals++;
                assertOneLine(refused, prefix);
            }
            long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
            assertTrue(allocated < ALLOCATION_LIMIT, () -> allocated + " bytes for a file of " + file.byteSize());
        }
        return refusals;
    }

    static void assertOneLine(IllegalArgumentException refused, String prefix) {
        String message = String.valueOf(refused.getMessage());
        assertTrue(message.startsWith(prefix), message);
        assertFalse(message.codePoints().anyMatch(Character::isISOControl), message);
        assertTrue(message.length() < 500, message);
    }

    private static byte[] damage(Random random, byte[] valid) {
        byte[] bytes = valid.clone();
        for (int n = 1 + random.nextInt(3); n > 0 && bytes.length > 0; n--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(6)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1, 2 -> bytes[at] = TELLING[random.nextInt(TELLING.length)];
                case 3 -> bytes = Arrays.copyOf(bytes, at);
                case 4 -> bytes = spliced(bytes, at, random.nextInt(bytes.length));
                default -> bytes[random.nextInt(Math.min(16, bytes.length))] = (byte) random.nextInt(256);
            }
        }
        return bytes;
    }

    /** The bytes up to one place and then those from another: a piece is lost, or comes twice. */
    private static byte[] spliced(byte[] bytes, int head, int tail) {
        byte[] spliced = Arrays.copyOf(bytes, head + bytes.length - tail);
        System.arraycopy(bytes, tail, spliced, head, bytes.length - tail);
        return spliced;
    }
}
