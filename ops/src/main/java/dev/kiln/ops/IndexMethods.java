package dev.kiln.ops;

/** The Index family as methods of an array. */
sealed interface IndexMethods permits Array {}
