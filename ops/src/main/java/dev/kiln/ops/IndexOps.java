package dev.kiln.ops;

/** The Index family of operations. */
abstract class IndexOps extends ShapeOps {

    IndexOps() {}
}
