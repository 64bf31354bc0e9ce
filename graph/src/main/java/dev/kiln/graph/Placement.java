package dev.kiln.graph;

import dev.kiln.graph.Schedule.Slot;
import dev.kiln.graph.Schedule.Step;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * Where the temporaries of a schedule lie in the one block of memory that a run takes.
 *
 * <p>
 * The releases of a schedule say when memory is free again, so the places can be chosen once, when planning: running costs
 * neither an allocation nor a lock for each temporary. Each stream has a region of its own, since only the order within a
 * stream is known; what several streams touch is never given to another.
 */
final class Placement {

    private static final long ALIGNMENT = 64;

    private final Map<Integer, Long> offsets = new HashMap<>();
    private long end;

    /** Places the temporaries behind {@code reserved} bytes. */
    Placement(List<Slot> slots, List<Step> steps, long reserved) {
        end = align(reserved);
        Set<Integer> shared = shared(steps);
        Map<Integer, Region> regions = new HashMap<>();
        Map<Integer, Integer> streamOf = new HashMap<>();
        for (Step step : steps) {
            Region region = regions.computeIfAbsent(step.stream(), stream -> new Region());
            if (step instanceof Step.Launch launch) {
                for (Schedule.Place write : launch.writes()) {
                    int slot = write.slot();
                    if (slots.get(slot) instanceof Slot.Temporary(long bytes) && !offsets.containsKey(slot)) {
                        if (shared.contains(slot)) {
                            offsets.put(slot, end);
                            end += align(bytes);
                        } else {
                            offsets.put(slot, region.take(align(bytes)));
                            streamOf.put(slot, step.stream());
                        }
                    }
                }
            } else if (step instanceof Step.Release release && streamOf.containsKey(release.slot())
                    && slots.get(release.slot()) instanceof Slot.Temporary(long bytes)) {
                region.free(offsets.getOrDefault(release.slot(), 0L), align(bytes));
            }
        }
        regions.forEach((stream, region) -> {
            streamOf.forEach((slot, owner) -> {
                if (owner.equals(stream)) {
                    offsets.merge(slot, end, Long::sum);
                }
            });
            end += region.size;
        });
    }

    /** The slots that more than one stream touches. */
    private static Set<Integer> shared(List<Step> steps) {
        Map<Integer, Integer> owner = new HashMap<>();
        Set<Integer> shared = new HashSet<>();
        for (Step step : steps) {
            if (step instanceof Step.Release(int stream, int slot)) {
                Integer other = owner.put(slot, stream);
                if (other != null && other != stream) {
                    shared.add(slot);
                }
            }
        }
        return shared;
    }

    /** The byte of the block at which a temporary's slot begins. */
    long offset(int slot) {
        return offsets.getOrDefault(slot, 0L);
    }

    /** Bytes of the block. */
    long bytes() {
        return end;
    }

    private static long align(long bytes) {
        return Math.max(ALIGNMENT, (bytes + ALIGNMENT - 1) & -ALIGNMENT);
    }

    /** First fit over the free stretches of a growing range. */
    private static final class Region {
        private final TreeMap<Long, Long> free = new TreeMap<>();
        private long size;

        long take(long bytes) {
            Long fits = free.entrySet().stream().filter(stretch -> stretch.getValue() >= bytes).map(Map.Entry::getKey)
                    .findFirst().orElse(null);
            if (fits != null) {
                long length = Objects.requireNonNull(free.remove(fits));
                if (length > bytes) {
                    free.put(fits + bytes, length - bytes);
                }
                return fits;
            }
            Map.Entry<Long, Long> last = free.lastEntry();
            long at = size;
            if (last != null && last.getKey() + last.getValue() == size) {
                at = last.getKey();
                free.remove(at);
            }
            size = at + bytes;
            return at;
        }

        void free(long at, long bytes) {
            long start = at;
            long length = bytes;
            Map.Entry<Long, Long> before = free.floorEntry(at);
            if (before != null && before.getKey() + before.getValue() == at) {
                start = before.getKey();
                length += before.getValue();
            }
            Long after = free.remove(at + bytes);
            free.put(start, length + (after == null ? 0 : after));
        }
    }
}
