package dev.kiln.graph;

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

    /** The failure of a launch, saying what ran where. */
    static KilnException of(Schedule.Step.Launch launch, Object stream, Throwable cause) {
        return new KilnException("[" + String.join("+", launch.members()) + "] failed on " + stream + " for "
                + launch.reads().stream().map(Schedule.Place::spec).toList() + " -> "
                + launch.writes().stream().map(Schedule.Place::spec).toList() + ": " + cause, cause);
    }
}
