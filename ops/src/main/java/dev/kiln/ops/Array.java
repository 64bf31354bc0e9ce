package dev.kiln.ops;

import dev.kiln.graph.DType;
import dev.kiln.graph.Evaluator;

import dev.kiln.graph.Node;
import dev.kiln.graph.Shape;

import dev.kiln.streams.Stream;

import java.util.List;

/**
 * An n-dimensional array of numbers: immutable, and lazy.
 *
 * <p>
 * An operation on arrays returns at once an array whose shape and dtype are known and whose elements are not computed. They
 * are when somebody asks: {@link #eval}, a reader such as {@link #toFloatArray} or {@link #item}, or {@link #toString}.
 * Reading evaluates, waits, and throws what the computation failed with, each time. Arrays can be used from any thread.
 * Memory is freed some time after an array was dropped; nothing has to be closed.
 */
public final class Array
        implements
            UnaryMethods,
            BinaryMethods,
            ReductionMethods,
            ShapeMethods,
            IndexMethods,
            ReadMethods {

    private final Node node;

    Array(Node node) {
        this.node = node;
    }

    Node node() {
        return node;
    }

    /** The lengths of the axes. */
    public Shape shape() {
        return node.shape();
    }

    /** The type of the elements. */
    public DType dtype() {
        return node.dtype();
    }

    /** The number of axes. */
    public int ndim() {
        return shape().rank();
    }

    /** The number of elements. */
    public long size() {
        return shape().size();
    }

    /** Bytes that the elements take when they lie next to each other. */
    public long nbytes() {
        return node.spec().bytes();
    }

    /** The length of an axis; negative axes count from the end. */
    public long dim(int axis) {
        return shape().dim(shape().axis("dim", axis));
    }

    /** The stream that computes, or has computed, this array. */
    public Stream stream() {
        return node.stream();
    }

    /** Whether the elements are there, so that reading does not compute or wait. */
    public boolean isEvaluated() {
        return node.isReady();
    }

    /** Computes the elements if they are not there, and returns this. */
    public Array eval() {
        Evaluator.eval(List.of(node));
        return this;
    }

    /** The elements' text like NumPy's, shortened in the middle if there are many. Evaluates. */
    @Override
    public String toString() {
        return Reading.of(this).text();
    }
}
