package dev.kiln.ops;

/** The Creation family of operations. */
abstract class CreationOps extends ReductionOps {

    CreationOps() {}
}
