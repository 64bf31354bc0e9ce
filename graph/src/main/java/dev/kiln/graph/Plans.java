package dev.kiln.graph;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The plans made so far, by structure: bounded, shared by all threads.
 *
 * <p>
 * A plan that looked at scalars holds only for those. A structure may have a few such plans; where scalars keep changing,
 * one that looks at none is made and serves from then on.
 */
final class Plans {

    private static final int MAX_SPECIALISED = 4;
    private static final int MAX_NODES = 2_000_000;

    private static final Cache<Structure, List<Plan>> CACHE = CacheBuilder.newBuilder().maximumWeight(MAX_NODES)
            .<Structure, List<Plan>>weigher((structure, plans) -> 1 + structure.size()).build();

    private Plans() {}

    static Plan of(Capture capture) {
        List<Plan> known = CACHE.getIfPresent(capture.structure());
        if (known == null) {
            known = new CopyOnWriteArrayList<>();
            CACHE.put(capture.structure(), known);
        }
        for (Plan plan : known) {
            if (plan.holdsFor(capture)) {
                return plan;
            }
        }
        Plan plan = Plan.make(capture, known.size() < MAX_SPECIALISED);
        known.add(plan);
        return plan;
    }
}
