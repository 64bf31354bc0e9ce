package dev.kiln.backends.metal;

import dev.kiln.backends.metal.Formula.Term;
import dev.kiln.graph.DType;
import dev.kiln.ops.Binary;
import dev.kiln.ops.BinaryOp;
import dev.kiln.ops.Unary;
import dev.kiln.ops.UnaryOp;
import java.util.List;

/** The elementwise functions: which there are in the kernels' text, where each is called {@code k_} and MLX's name. */
final class Functions {

    private Functions() {}

    static boolean has(UnaryOp op, Lane lane) {
        return switch (op) {
            case NEGATIVE, ABS, SQUARE -> true;
            case SIGN, CEIL, FLOOR, ROUND, LOGICAL_NOT, ISNAN, ISINF, ISFINITE, ISPOSINF, ISNEGINF ->
                lane != Lane.COMPLEX;
            case SQRT, RECIPROCAL, EXP, LOG -> !lane.isIntegral();
            case RSQRT, EXPM1, LOG2, LOG10, LOG1P, SIN, COS, TAN, ARCSIN, ARCCOS, ARCTAN, SINH, COSH, TANH, ARCSINH,
                    ARCCOSH, ARCTANH, ERF, ERFINV, SIGMOID ->
                lane == Lane.FLOAT;
            case BITWISE_INVERT -> lane.isIntegral();
            case REAL, IMAG, CONJUGATE -> lane == Lane.COMPLEX;
            default -> false;
        };
    }

    static boolean has(BinaryOp op, Lane lane) {
        return switch (op) {
            case ADD, SUBTRACT, MULTIPLY, EQUAL, NOT_EQUAL, LOGICAL_AND, LOGICAL_OR -> true;
            case DIVIDE -> !lane.isIntegral();
            case FLOOR_DIVIDE, REMAINDER, POWER, MAXIMUM, MINIMUM, LESS, LESS_EQUAL, GREATER, GREATER_EQUAL ->
                lane != Lane.COMPLEX;
            case LOGADDEXP, ARCTAN2 -> lane == Lane.FLOAT;
            case BITWISE_AND, BITWISE_OR, BITWISE_XOR, LEFT_SHIFT, RIGHT_SHIFT -> lane.isIntegral();
        };
    }

    static int unary(Unary unary, Formula.Builder formula, List<Term> in, DType out) {
        return formula.each(Lane.of(out), Lane.rounded(out, "k_" + unary.op() + "($0)"), in.getFirst().value());
    }

    static int binary(Binary binary, Formula.Builder formula, List<Term> in, DType out) {
        return formula.each(Lane.of(out), Lane.rounded(out, "k_" + binary.op() + "($0, $1)"), in.get(0).value(),
                in.get(1).value());
    }
}
