package dev.kiln.graph;

import dev.kiln.streams.Stream;
import java.util.List;

/**
 * What an evaluation would do.
 *
 * @param schedule the steps
 * @param streams the streams that the schedule's numbers mean
 */
public record Explanation(Schedule schedule, List<Stream> streams) {

    /** Copies the streams. */
    public Explanation {
        streams = List.copyOf(streams);
    }
}
