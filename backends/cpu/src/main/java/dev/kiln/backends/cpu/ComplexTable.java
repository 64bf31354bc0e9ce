package dev.kiln.backends.cpu;

import dev.kiln.ops.BinaryOp;
import dev.kiln.ops.UnaryOp;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.util.function.DoubleBinaryOperator;

/**
 * The operations on complex64. The parts of a float fit double with so much room that no product overflows, and the
 * textbook formulas serve.
 */
final class ComplexTable {
    private static final Lookup LOOKUP = MethodHandles.lookup();

    private ComplexTable() {}

    /** The real and the imaginary part of a function of {@code (re, im)}. */
    record Unary(DoubleBinaryOperator re, DoubleBinaryOperator im) {}

    /** One part of a function of {@code p + qi} and {@code r + si}. */
    @FunctionalInterface
    interface Part {
        double of(double p, double q, double r, double s);
    }

    /** Both parts of a function of two values. */
    record Binary(Part re, Part im) {}

    /** A test of {@code p + qi} and {@code r + si}. */
    @FunctionalInterface
    interface Relation {
        boolean test(double p, double q, double r, double s);
    }

    static void fillUnary(LoopTable<UnaryOp, UnaryLoop> t) {
        put(t, UnaryOp.NEGATIVE, (p, q) -> -p, (p, q) -> -q);
        put(t, UnaryOp.CONJUGATE, (p, q) -> p, (p, q) -> -q);
        put(t, UnaryOp.SQUARE, (p, q) -> p * p - q * q, (p, q) -> 2 * p * q);
        put(t, UnaryOp.RECIPROCAL, (p, q) -> p / (p * p + q * q), (p, q) -> -q / (p * p + q * q));
        put(t, UnaryOp.EXP, (p, q) -> Math.exp(p) * Math.cos(q), (p, q) -> q == 0 ? q : Math.exp(p) * Math.sin(q));
        put(t, UnaryOp.LOG, (p, q) -> Math.log(Math.hypot(p, q)), (p, q) -> Math.atan2(q, p));
        // The half-angle formulas; of the two the one without cancellation, the other part follows from 2ab = q.
        put(t, UnaryOp.SQRT, (p, q) -> p >= 0 ? halfAngle(p, q) : q == 0 ? 0 : Math.abs(q) / (2 * halfAngle(-p, q)),
                (p, q) -> p < 0 ? Math.copySign(halfAngle(-p, q), q) : q == 0 ? q : q / (2 * halfAngle(p, q)));
        put(t, UnaryOp.ABS, (p, q) -> Math.hypot(p, q));
        put(t, UnaryOp.REAL, (p, q) -> p);
        put(t, UnaryOp.IMAG, (p, q) -> q);
    }

    static void fillBinary(LoopTable<BinaryOp, BinaryLoop> t) {
        put(t, BinaryOp.ADD, (p, q, r, s) -> p + r, (p, q, r, s) -> q + s);
        put(t, BinaryOp.SUBTRACT, (p, q, r, s) -> p - r, (p, q, r, s) -> q - s);
        put(t, BinaryOp.MULTIPLY, (p, q, r, s) -> p * r - q * s, (p, q, r, s) -> p * s + q * r);
        put(t, BinaryOp.DIVIDE, (p, q, r, s) -> (p * r + q * s) / (r * r + s * s),
                (p, q, r, s) -> (q * r - p * s) / (r * r + s * s));
        put(t, BinaryOp.EQUAL, (p, q, r, s) -> p == r && q == s);
        put(t, BinaryOp.NOT_EQUAL, (p, q, r, s) -> p != r || q != s);
        put(t, BinaryOp.LOGICAL_AND, (p, q, r, s) -> (p != 0 || q != 0) && (r != 0 || s != 0));
        put(t, BinaryOp.LOGICAL_OR, (p, q, r, s) -> p != 0 || q != 0 || r != 0 || s != 0);
    }

    private static double halfAngle(double p, double q) {
        return Math.sqrt((Math.hypot(p, q) + p) / 2);
    }

    private static void put(LoopTable<UnaryOp, UnaryLoop> t, UnaryOp op, DoubleBinaryOperator re,
            DoubleBinaryOperator im) {
        t.put(op, Arithmetic.COMPLEX,
                () -> LoopTemplate.instantiate(LOOKUP, C64Templates.Unary.class, new Unary(re, im)));
    }

    private static void put(LoopTable<UnaryOp, UnaryLoop> t, UnaryOp op, DoubleBinaryOperator part) {
        t.put(op, Arithmetic.COMPLEX, () -> LoopTemplate.instantiate(LOOKUP, C64Templates.Part.class, part));
    }

    private static void put(LoopTable<BinaryOp, BinaryLoop> t, BinaryOp op, Part re, Part im) {
        t.put(op, Arithmetic.COMPLEX,
                () -> LoopTemplate.instantiate(LOOKUP, C64Templates.Binary.class, new Binary(re, im)));
    }

    private static void put(LoopTable<BinaryOp, BinaryLoop> t, BinaryOp op, Relation test) {
        t.put(op, Arithmetic.COMPLEX, () -> LoopTemplate.instantiate(LOOKUP, C64Templates.Relation.class, test));
    }
}
