package dev.kiln.ops;

/** A primitive that means something to transforms only: its value is its first input. */
interface Identity {}
