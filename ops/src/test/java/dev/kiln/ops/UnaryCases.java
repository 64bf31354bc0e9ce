package dev.kiln.ops;

import static dev.kiln.ops.OpCase.ALL;
import static dev.kiln.ops.OpCase.FLOATING;
import static dev.kiln.ops.OpCase.NUMBERS;

import dev.kiln.graph.DType;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;

/** Elementwise operations of one operand. */
final class UnaryCases {

    private UnaryCases() {}

    private static OpCase row(String name, UnaryOperator<Array> call, DoubleUnaryOperator reference, Domain domain,
            Set<DType> dtypes) {
        return new OpCase(name, List.of(domain), dtypes, shape -> Optional.of(List.of(shape)),
                x -> call.apply(x.getFirst()), x -> x.getFirst().map(reference), 1);
    }

    private static OpCase real(String name, UnaryOperator<Array> call, DoubleUnaryOperator reference, double low,
            double high) {
        return row(name, call, reference, Domain.of(low, high), FLOATING);
    }

    private static OpCase test(String name, UnaryOperator<Array> call, java.util.function.DoublePredicate reference) {
        return row(name, call, x -> reference.test(x) ? 1 : 0, Domain.of(-2, 2).withSpecials(), ALL);
    }

    static List<OpCase> rows() {
        return List.of(
                row("abs", Ops::abs, Math::abs, Domain.of(-9, 9).withSpecials(), NUMBERS),
                row("negative", Ops::negative, x -> -x, Domain.of(-9, 9).withSpecials(), NUMBERS),
                row("sign", Ops::sign, Math::signum, Domain.of(-2, 2), NUMBERS),
                row("square", Ops::square, x -> x * x, Domain.of(-9, 9).withSpecials(), NUMBERS),
                row("ceil", Ops::ceil, Math::ceil, Domain.of(-9, 9).withSpecials(), NUMBERS),
                row("floor", Ops::floor, Math::floor, Domain.of(-9, 9).withSpecials(), NUMBERS),
                row("round", Ops::round, Math::rint, Domain.of(-9, 9).withSpecials(), NUMBERS),
                row("logical_not", Ops::logicalNot, x -> x == 0 ? 1 : 0, Domain.of(-2, 2), ALL),
                row("bitwise_invert", Ops::bitwiseInvert, x -> -1 - x, Domain.of(-9, 9), OpCase.INTEGERS),
                test("isnan", Ops::isnan, Double::isNaN), test("isinf", Ops::isinf, Double::isInfinite),
                test("isfinite", Ops::isfinite, Double::isFinite),
                test("isposinf", Ops::isposinf, x -> x == Double.POSITIVE_INFINITY),
                test("isneginf", Ops::isneginf, x -> x == Double.NEGATIVE_INFINITY),
                row("sqrt", Ops::sqrt, Math::sqrt, Domain.of(0, 9), NUMBERS),
                row("rsqrt", Ops::rsqrt, x -> 1 / Math.sqrt(x), Domain.of(1, 9), NUMBERS),
                row("reciprocal", Ops::reciprocal, x -> 1 / x, Domain.of(1, 9), NUMBERS),
                row("exp", Ops::exp, Math::exp, Domain.of(-5, 5), ALL),
                row("exp of specials", Ops::exp, Math::exp, Domain.of(-5, 5).withSpecials(), FLOATING),
                real("expm1", Ops::expm1, Math::expm1, -2, 2),
                row("log", Ops::log, Math::log, Domain.of(1, 9), NUMBERS),
                row("log of specials", Ops::log, Math::log, Domain.of(0.01, 9).withSpecials(), FLOATING),
                real("log2", Ops::log2, x -> Math.log(x) / Math.log(2), 1.5, 9),
                real("log10", Ops::log10, Math::log10, 1.5, 9), real("log1p", Ops::log1p, Math::log1p, -0.5, 9),
                real("sin", Ops::sin, Math::sin, -7, 7), real("cos", Ops::cos, Math::cos, -7, 7),
                real("tan", Ops::tan, Math::tan, -1.4, 1.4).slack(4), real("arcsin", Ops::arcsin, Math::asin, -1, 1),
                real("arccos", Ops::arccos, Math::acos, -1, 0.9), real("arctan", Ops::arctan, Math::atan, -9, 9),
                real("sinh", Ops::sinh, Math::sinh, -5, 5).slack(2), real("cosh", Ops::cosh, Math::cosh, -5, 5),
                row("tanh", Ops::tanh, Math::tanh, Domain.of(-5, 5).withSpecials(), FLOATING),
                real("arcsinh", Ops::arcsinh, UnaryCases::arcsinh, -9, 9).slack(2),
                real("arccosh", Ops::arccosh, x -> Math.log(x + Math.sqrt(x * x - 1)), 1.5, 9),
                real("arctanh", Ops::arctanh, x -> 0.5 * Math.log((1 + x) / (1 - x)), -0.9, 0.9).slack(2),
                real("erf", Ops::erf, ErrorFunction::erf, -3, 3),
                real("erfinv", Ops::erfinv, ErrorFunction::erfinv, -0.9, 0.9).slack(4),
                row("sigmoid", Ops::sigmoid, x -> 1 / (1 + Math.exp(-x)), Domain.of(-5, 5).withSpecials(), FLOATING),
                real("degrees", Ops::degrees, Math::toDegrees, -7, 7).slack(2),
                real("radians", Ops::radians, Math::toRadians, -400, 400).slack(2),
                cast(DType.FLOAT32), cast(DType.FLOAT16), cast(DType.BFLOAT16), cast(DType.FLOAT64),
                cast(DType.INT32), cast(DType.INT64), cast(DType.UINT8), cast(DType.BOOL));
    }

    private static OpCase cast(DType to) {
        boolean unsigned = to == DType.UINT8;
        return row("astype " + to, x -> Ops.astype(x, to),
                to == DType.BOOL ? x -> x == 0 ? 0 : 1 : to.isIntegral() ? x -> (long) x : x -> x,
                Domain.of(unsigned ? 0 : -9, 9), ALL);
    }

    private static double arcsinh(double x) {
        return Math.copySign(Math.log(Math.abs(x) + Math.sqrt(x * x + 1)), x);
    }
}
