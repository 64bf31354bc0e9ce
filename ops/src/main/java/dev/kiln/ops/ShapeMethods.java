package dev.kiln.ops;

/** The Shape family as methods of an array. */
sealed interface ShapeMethods permits Array {}
