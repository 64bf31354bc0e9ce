package dev.kiln.backends.cpu;

import dev.kiln.ops.BinaryOp;
import dev.kiln.ops.UnaryOp;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.util.function.DoubleBinaryOperator;
import org.jspecify.annotations.Nullable;

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

    /** The loop for {@code op}, or null if there is none. */
    static @Nullable UnaryLoop unary(UnaryOp op) {
        return switch (op) {
            case NEGATIVE -> function((p, q) -> -p, (p, q) -> -q);
            case CONJUGATE -> function((p, q) -> p, (p, q) -> -q);
            case SQUARE -> function((p, q) -> p * p - q * q, (p, q) -> 2 * p * q);
            case RECIPROCAL -> function((p, q) -> p / (p * p + q * q), (p, q) -> -q / (p * p + q * q));
            case EXP -> function((p, q) -> Math.exp(p) * Math.cos(q), (p, q) -> q == 0 ? q : Math.exp(p) * Math.sin(q));
            case LOG -> function((p, q) -> Math.log(Math.hypot(p, q)), (p, q) -> Math.atan2(q, p));
            // The half-angle formulas; of the two the one without cancellation, the other part follows from 2ab = q.
            case SQRT ->
                function((p, q) -> p >= 0 ? halfAngle(p, q) : q == 0 ? 0 : Math.abs(q) / (2 * halfAngle(-p, q)),
                        (p, q) -> p < 0 ? Math.copySign(halfAngle(-p, q), q) : q == 0 ? q : q / (2 * halfAngle(p, q)));
            case ABS -> part((p, q) -> Math.hypot(p, q));
            case REAL -> part((p, q) -> p);
            case IMAG -> part((p, q) -> q);
            default -> null;
        };
    }

    /** The loop for {@code op}, or null if there is none. */
    static @Nullable BinaryLoop binary(BinaryOp op) {
        return switch (op) {
            case ADD -> function((p, q, r, s) -> p + r, (p, q, r, s) -> q + s);
            case SUBTRACT -> function((p, q, r, s) -> p - r, (p, q, r, s) -> q - s);
            case MULTIPLY -> function((p, q, r, s) -> p * r - q * s, (p, q, r, s) -> p * s + q * r);
            case DIVIDE -> function((p, q, r, s) -> (p * r + q * s) / (r * r + s * s),
                    (p, q, r, s) -> (q * r - p * s) / (r * r + s * s));
            case EQUAL -> test((p, q, r, s) -> p == r && q == s);
            case NOT_EQUAL -> test((p, q, r, s) -> p != r || q != s);
            case LOGICAL_AND -> test((p, q, r, s) -> (p != 0 || q != 0) && (r != 0 || s != 0));
            case LOGICAL_OR -> test((p, q, r, s) -> p != 0 || q != 0 || r != 0 || s != 0);
            default -> null;
        };
    }

    private static double halfAngle(double p, double q) {
        return Math.sqrt((Math.hypot(p, q) + p) / 2);
    }

    private static UnaryLoop function(DoubleBinaryOperator re, DoubleBinaryOperator im) {
        return LoopTemplate.instantiate(LOOKUP, C64Templates.Unary.class, new Unary(re, im));
    }

    private static UnaryLoop part(DoubleBinaryOperator part) {
        return LoopTemplate.instantiate(LOOKUP, C64Templates.Part.class, part);
    }

    private static BinaryLoop function(Part re, Part im) {
        return LoopTemplate.instantiate(LOOKUP, C64Templates.Binary.class, new Binary(re, im));
    }

    private static BinaryLoop test(Relation fn) {
        return LoopTemplate.instantiate(LOOKUP, C64Templates.Relation.class, fn);
    }
}
