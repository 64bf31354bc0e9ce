package dev.kiln.ops;

/** The Linear family of operations. */
abstract class LinearOps extends SortOps {

    LinearOps() {}
}
