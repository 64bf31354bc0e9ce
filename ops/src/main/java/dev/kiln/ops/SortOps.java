package dev.kiln.ops;

/** The Sort family of operations. */
abstract class SortOps extends IndexOps {

    SortOps() {}
}
