package dev.kiln.ops;

/** The Reduction family as methods of an array. */
sealed interface ReductionMethods permits Array {}
