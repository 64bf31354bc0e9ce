package dev.kiln.graph;

import dev.kiln.streams.Stream;
import java.util.stream.Collectors;

/** How a failure of work reaches whoever reads what depended on it. */
final class Failures {

    private Failures() {}

    /** The failure to throw: the very same exception each time. */
    static RuntimeException again(Throwable failure) {
        return switch (failure) {
            case RuntimeException e -> e;
            case Error e -> throw e;
            default -> new IllegalStateException(failure);
        };
    }

    /** The failure of a launch, saying what ran where, and which lines of the program built it. */
    static KilnException of(Schedule.Step.Launch launch, Stream stream, Capture capture, Throwable cause) {
        String lines = launch.origins().stream().flatMap(part -> capture.line(part).stream()).distinct()
                .collect(Collectors.joining(", "));
        return new KilnException("[" + String.join("+", launch.members()) + "] failed on " + stream + " for "
                + launch.reads().stream().map(Schedule.Place::spec).toList() + " -> "
                + launch.writes().stream().map(Schedule.Place::spec).toList() + ": " + cause + " ("
                + (lines.isEmpty() ? "start with -Dkiln.sites=true to see where it was built" : "built at " + lines)
                + ")", cause);
    }

    /** Why a launch that a closed stream comes to is not run. */
    static IllegalStateException closed(Stream stream) {
        return new IllegalStateException("Stream " + stream + " was closed before it came to this. Let queued work end"
                + " with synchronize() before close()");
    }
}
