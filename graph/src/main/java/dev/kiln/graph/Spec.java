package dev.kiln.graph;

/** What is known of an array before it is computed. */
public record Spec(Shape shape, DType dtype) {

    /**
     * Bytes of a contiguous array like this.
     *
     * @throws ArithmeticException if they are more than a {@code long} can tell
     */
    public long bytes() {
        try {
            return Math.multiplyExact(shape.size(), (long) dtype.size());
        } catch (ArithmeticException overflow) {
            throw new ArithmeticException("An array " + this + " has more than 2^63 - 1 bytes.");
        }
    }

    /** This with another shape. */
    public Spec with(Shape other) {
        return new Spec(other, dtype);
    }

    /** This with another dtype. */
    public Spec with(DType other) {
        return new Spec(shape, other);
    }

    /** For example {@code float32(2,3)}. */
    @Override
    public String toString() {
        return dtype.toString() + shape;
    }
}
