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
    private static final double LN_2 = Math.log(2);
    private static final double LN_10 = Math.log(10);

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
            case RECIPROCAL -> function((p, q) -> ComplexFunctions.divideRe(1, 0, p, q),
                    (p, q) -> ComplexFunctions.divideIm(1, 0, p, q));
            case SIGN ->
                function((p, q) -> p == 0 ? p : p / Math.hypot(p, q), (p, q) -> q == 0 ? q : q / Math.hypot(p, q));
            case EXP -> function((p, q) -> Math.exp(p) * Math.cos(q), (p, q) -> q == 0 ? q : Math.exp(p) * Math.sin(q));
            case EXPM1 -> function(ComplexFunctions::expm1Re,
                    (p, q) -> q == 0 ? q : Math.exp(p) * Math.sin(q));
            case LOG -> function(ComplexFunctions::logAbs, (p, q) -> Math.atan2(q, p));
            case LOG2 -> function((p, q) -> ComplexFunctions.logAbs(p, q) / LN_2, (p, q) -> Math.atan2(q, p) / LN_2);
            case LOG10 -> function((p, q) -> ComplexFunctions.logAbs(p, q) / LN_10, (p, q) -> Math.atan2(q, p) / LN_10);
            case LOG1P -> function((p, q) -> Math.log1p(p * (p + 2) + q * q) / 2, (p, q) -> Math.atan2(q, 1 + p));
            case SIN -> function((p, q) -> ComplexFunctions.times(Math.sin(p), Math.cosh(q)),
                    (p, q) -> ComplexFunctions.times(Math.sinh(q), Math.cos(p)));
            case COS -> function((p, q) -> Math.cos(p) * Math.cosh(q),
                    (p, q) -> -ComplexFunctions.times(Math.sin(p), Math.sinh(q)));
            case SINH -> function((p, q) -> ComplexFunctions.times(Math.sinh(p), Math.cos(q)),
                    (p, q) -> ComplexFunctions.times(Math.sin(q), Math.cosh(p)));
            case COSH -> function((p, q) -> Math.cos(q) * Math.cosh(p),
                    (p, q) -> ComplexFunctions.times(Math.sin(q), Math.sinh(p)));
            case TANH -> function(ComplexFunctions::tanhRe, ComplexFunctions::tanhIm);
            // tan(z) is -i tanh(iz).
            case TAN -> function((p, q) -> ComplexFunctions.tanhIm(q, p), (p, q) -> ComplexFunctions.tanhRe(q, p));
            case SIGMOID -> function(ComplexFunctions::sigmoidRe, ComplexFunctions::sigmoidIm);
            case SQRT -> function(ComplexFunctions::sqrtRe, ComplexFunctions::sqrtIm);
            case RSQRT -> function(
                    (p, q) -> ComplexFunctions.divideRe(1, 0, ComplexFunctions.sqrtRe(p, q),
                            ComplexFunctions.sqrtIm(p, q)),
                    (p, q) -> ComplexFunctions.divideIm(1, 0, ComplexFunctions.sqrtRe(p, q),
                            ComplexFunctions.sqrtIm(p, q)));
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
            case DIVIDE -> function(ComplexFunctions::divideRe, ComplexFunctions::divideIm);
            case POWER -> function((p, q, r, s) -> ComplexFunctions.power(p, q, r, s, false),
                    (p, q, r, s) -> ComplexFunctions.power(p, q, r, s, true));
            case EQUAL -> test((p, q, r, s) -> p == r && q == s);
            case NOT_EQUAL -> test((p, q, r, s) -> p != r || q != s);
            case LOGICAL_AND -> test((p, q, r, s) -> (p != 0 || q != 0) && (r != 0 || s != 0));
            case LOGICAL_OR -> test((p, q, r, s) -> p != 0 || q != 0 || r != 0 || s != 0);
            default -> null;
        };
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
