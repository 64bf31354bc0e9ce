package dev.kiln.ops;

/** The Shape family of operations. */
abstract class ShapeOps extends CreationOps {

    ShapeOps() {}
}
