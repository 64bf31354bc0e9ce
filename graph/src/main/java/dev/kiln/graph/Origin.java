package dev.kiln.graph;

/** Where a node comes from. */
sealed interface Origin {

    /** A line of the program, for example {@code com.acme.Model.forward(Model.java:42)}. */
    record Line(String text) implements Origin {}

    /** In a graph that is being planned: the part of this number of the structure that an evaluation found. */
    record Part(int number) implements Origin {}
}
