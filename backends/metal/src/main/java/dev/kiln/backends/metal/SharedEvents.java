package dev.kiln.backends.metal;

import dev.kiln.streams.Event;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What events of streams are on the device, so that its queues can wait for each other and for the processor. Shared events are
 * used again with a greater value, once what they stood for has happened: whoever still waits for that has no need to.
 */
final class SharedEvents {

    /** When a shared event has a value. */
    record Moment(MtlSharedEvent event, long value) {}

    private final MtlDevice device;
    private final ConcurrentMap<Event, Moment> moments = new ConcurrentHashMap<>();
    private final ConcurrentLinkedDeque<Moment> past = new ConcurrentLinkedDeque<>();
    private final AtomicInteger made = new AtomicInteger();

    SharedEvents(MtlDevice device) {
        this.device = device;
    }

    /**
     * When {@code event} is done. Its queue may let the device know of it, and the processor does when the event is completed, so
     * what the device waits for ends even if a command buffer is given up.
     */
    Moment of(Event event) {
        Moment known = moments.get(event);
        if (known != null) {
            return known;
        }
        Moment next = next();
        Moment before = moments.putIfAbsent(event, next);
        if (before != null) {
            past.push(new Moment(next.event, next.value - 1));
            return before;
        }
        event.onDone(() -> {
            next.event.reach(next.value);
            moments.remove(event);
            past.push(next);
        });
        return next;
    }

    private Moment next() {
        Moment last = past.poll();
        if (last != null) {
            return new Moment(last.event, last.value + 1);
        }
        made.incrementAndGet();
        return new Moment(device.newSharedEvent(), 1);
    }

    /** How many shared events there are. */
    int count() {
        return made.get();
    }
}
