package dev.kiln.graph;

import java.util.OptionalDouble;

/** What a rewrite may learn beyond the structure of a graph. */
public interface Facts {

    /**
     * The number that {@code node} is, if it is a scalar from outside (perhaps broadcast or cast). Whoever asks makes the
     * plan depend on the answer: with another number the graph is planned again. So ask last, when all else fits.
     */
    OptionalDouble scalar(Node node);
}
