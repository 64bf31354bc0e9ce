package dev.kiln.graph;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import java.lang.ref.WeakReference;
import java.util.Objects;
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
    /** About how much heap a node takes that is a kernel by itself; fused ones take less. */
    private static final long NODE_BYTES = 1 << 10;
    /** The part of the heap that plans may take. */
    private static final int HEAP_PART = 8;

    private static final Cache<Structure, Structure> CACHE = CacheBuilder.newBuilder().concurrencyLevel(1)
            .maximumWeight(Runtime.getRuntime().maxMemory() / HEAP_PART / NODE_BYTES)
            .<Structure, Structure>weigher((key, structure) -> (1 + structure.size()) * structure.plans().size())
            .build();

    /** Of small structures those met last, by hash: a look here costs less than the cache, which notes each. */
    private static final AtomicReferenceArray<@Nullable WeakReference<Structure>> MET = new AtomicReferenceArray<>(
            1024);
    private static final int SMALL = 128;

    private Plans() {}

    static Plan of(Capture capture) {
        Structure structure = capture.structure();
        for (Plan plan : structure.plans()) {
            if (plan.holdsFor(capture)) {
                return plan;
            }
        }
        Plan plan = structure.plans().size() < MAX_SPECIALISED ? Plan.specialised(capture) : Plan.general(capture);
        structure.plans().add(plan);
        CACHE.put(structure, structure);
        return plan;
    }

    /** The structure of {@code outline}, of so many {@code nodes}: the known one, if there is one. */
    static Structure structure(Outline outline, int nodes) {
        int place = outline.hash() & MET.length() - 1;
        WeakReference<Structure> last = MET.getAcquire(place);
        Structure met = last == null ? null : last.get();
        if (met != null && outline.isOf(met)) {
            return met;
        }
        Structure copy = outline.structure(nodes);
        Structure structure = Objects.requireNonNullElse(CACHE.getIfPresent(copy), copy);
        if (structure.size() <= SMALL && !structure.plans().isEmpty()) {
            MET.setRelease(place, new WeakReference<>(structure));
        }
        return structure;
    }
}
