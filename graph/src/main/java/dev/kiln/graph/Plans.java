package dev.kiln.graph;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

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

    /** The structures met last, by hash: a look here costs less than the cache, which notes each. */
    private static final AtomicReferenceArray<@Nullable Met> MET = new AtomicReferenceArray<>(1024);

    private Plans() {}

    private record Met(Structure structure, List<Plan> plans) {}

    static Plan of(Capture capture) {
        List<Plan> known = known(capture.structure());
        for (Plan plan : known) {
            if (plan.holdsFor(capture)) {
                return plan;
            }
        }
        Plan plan = Plan.make(capture, known.size() < MAX_SPECIALISED);
        known.add(plan);
        return plan;
    }

    private static List<Plan> known(Structure structure) {
        int place = structure.hashCode() & MET.length() - 1;
        Met met = MET.getAcquire(place);
        if (met != null && met.structure.equals(structure)) {
            return met.plans;
        }
        List<Plan> known = CACHE.getIfPresent(structure);
        if (known == null) {
            known = new CopyOnWriteArrayList<>();
            CACHE.put(structure, known);
        }
        MET.setRelease(place, new Met(structure, known));
        return known;
    }
}
