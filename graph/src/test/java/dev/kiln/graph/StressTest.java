package dev.kiln.graph;

import dev.kiln.streams.Stress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Claims, evaluations, plans and memory under races, many thousands of times. */
@Timeout(3600)
class StressTest {

    @Test
    void no_race_over_nodes_plans_or_memory_ends_in_a_forbidden_way() throws Exception {
        Stress.run(ClaimStress.class, EvaluatorStress.class, MemoryStress.class);
    }
}
