package dev.kiln.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Everything at once, for a while: {@code -Dkiln.soak.seconds} for each seed, 20 by default; {@code -Dkiln.soak.seeds} are
 * the seeds, separated by commas.
 */
class SoakTest {

    private static final int SECONDS = Integer.getInteger("kiln.soak.seconds", 20);

    static LongStream seeds() {
        return Arrays.stream(System.getProperty("kiln.soak.seeds", "1,2,3").split(",")).mapToLong(Long::parseLong);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void threads_that_share_graphs_and_streams_get_right_values_or_the_failures_they_must_get(long seed)
            throws Exception {
        RecordingBackend.stopRecording();
        long active = Settled.active();
        String report = soak(seed);
        long left = Settled.active();
        System.out.println("Soak test with seed " + seed + ": " + report);
        assertTrue(left <= active, () -> active + " bytes before, " + left + " after");
        assertEquals(0, Backlog.evaluations());
        assertEquals(0, Backlog.bytes());
    }

    /** In a method of its own, so that nothing of it is reachable when bytes are counted. */
    private static String soak(long seed) throws Exception {
        return new Soak(seed).run(SECONDS);
    }
}
