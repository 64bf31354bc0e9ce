package dev.kiln.streams;

import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.stream.Collectors;

/** Knows the streams that are still reachable, to tell what they are doing. */
final class Report {

    private static final Set<Stream> STREAMS = Collections.newSetFromMap(new WeakHashMap<>());

    private Report() {}

    /** Called once for each stream. */
    static void add(Stream stream) {
        synchronized (STREAMS) {
            STREAMS.add(stream);
        }
    }

    static String text() {
        List<Stream> streams;
        synchronized (STREAMS) {
            streams = List.copyOf(STREAMS);
        }
        List<String> lines = streams.stream().sorted(Comparator.comparingLong(Stream::id)).map(Stream::status)
                .flatMap(Optional::stream).toList();
        return lines.stream()
                .map(line -> System.lineSeparator() + line)
                .collect(Collectors.joining("", lines.size() + " of " + streams.size() + " streams have work; "
                        + WorkerPool.SHARED, ""));
    }
}
