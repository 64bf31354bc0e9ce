package dev.kiln.streams;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Events and streams under races, millions of times. */
@Timeout(3600)
class StressTest {

    @Test
    void no_race_over_an_event_or_a_stream_ends_in_a_forbidden_way() throws Exception {
        Stress.run(EventStress.class, StreamStress.class);
    }
}
