package dev.kiln.ops;

/** The Read family as methods of an array. */
sealed interface ReadMethods permits Array {}
