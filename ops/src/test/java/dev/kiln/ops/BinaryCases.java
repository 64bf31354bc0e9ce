package dev.kiln.ops;

import static dev.kiln.ops.OpCase.ALL;
import static dev.kiln.ops.OpCase.BITS;
import static dev.kiln.ops.OpCase.FLOATING;
import static dev.kiln.ops.OpCase.INTEGERS;
import static dev.kiln.ops.OpCase.NUMBERS;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.Stream;

/** Elementwise operations of two and three operands, which broadcast. */
final class BinaryCases {

    /** How the second operand's shape comes from the first's. */
    private enum Second {
        SAME, ROW, ONE;

        Shape of(Shape first) {
            return switch (this) {
                case SAME -> first;
                case ROW -> first.rank() == 0 ? first : Shape.shape(first.dim(-1));
                case ONE -> Shape.SCALAR;
            };
        }
    }

    private BinaryCases() {}

    private static Stream<OpCase> rows(String name, BinaryOperator<Array> call, DoubleBinaryOperator reference,
            Domain a, Domain b, Set<DType> dtypes) {
        return Stream.of(Second.values()).map(second -> new OpCase(name + " " + second.name().toLowerCase(
                java.util.Locale.ROOT), List.of(a, b), dtypes,
                shape -> Optional.of(List.of(shape, second.of(shape))), x -> call.apply(x.get(0), x.get(1)),
                x -> x.get(0).zip(x.get(1), reference), 1));
    }

    private static Stream<OpCase> rows(String name, BinaryOperator<Array> call, DoubleBinaryOperator reference,
            double low, double high, Set<DType> dtypes) {
        return rows(name, call, reference, Domain.of(low, high), Domain.of(low, high), dtypes);
    }

    private static Stream<OpCase> special(String name, BinaryOperator<Array> call, DoubleBinaryOperator reference,
            Set<DType> dtypes) {
        Domain domain = Domain.of(-3, 3).withSpecials();
        return rows(name, call, reference, domain, domain, dtypes);
    }

    private interface Comparison {
        boolean test(double a, double b);
    }

    private static Stream<OpCase> comparison(String name, BinaryOperator<Array> call, Comparison reference) {
        return special(name, call, (a, b) -> reference.test(a, b) ? 1 : 0, ALL);
    }

    private static Stream<OpCase> bits(String name, BinaryOperator<Array> call,
            java.util.function.LongBinaryOperator reference, Domain b, Set<DType> dtypes) {
        return rows(name, call, (x, y) -> reference.applyAsLong((long) x, (long) y), Domain.of(-7, 7), b, dtypes);
    }

    static List<OpCase> rows() {
        Domain any = Domain.of(-7, 7);
        return Stream.of(
                special("add", Ops::add, Double::sum, NUMBERS),
                special("subtract", Ops::subtract, (a, b) -> a - b, NUMBERS),
                special("multiply", Ops::multiply, (a, b) -> a * b, NUMBERS),
                special("maximum", Ops::maximum, Math::max, ALL),
                special("minimum", Ops::minimum, Math::min, ALL),
                rows("divide", Ops::divide, (a, b) -> a / b, Domain.of(-9, 9), Domain.of(1, 9), NUMBERS),
                rows("floor_divide", Ops::floorDivide, (a, b) -> Math.floor(a / b), Domain.of(0, 9),
                        Domain.of(1, 3), NUMBERS),
                rows("remainder", Ops::remainder, (a, b) -> a - b * Math.floor(a / b), Domain.of(-9, 9),
                        Domain.of(1, 4), INTEGERS),
                rows("power", Ops::power, Math::pow, Domain.of(0.5, 3), Domain.of(-2, 3), FLOATING),
                rows("power of integers", Ops::power, Math::pow, Domain.of(-3, 3), Domain.of(0, 4),
                        Set.of(DType.INT32, DType.INT64)),
                rows("logaddexp", Ops::logaddexp, BinaryCases::logaddexp, -5, 5, FLOATING),
                rows("arctan2", Ops::arctan2, Math::atan2, -5, 5, FLOATING),
                comparison("equal", Ops::equal, (a, b) -> a == b),
                comparison("not_equal", Ops::notEqual, (a, b) -> a != b),
                comparison("less", Ops::less, (a, b) -> a < b),
                comparison("less_equal", Ops::lessEqual, (a, b) -> a <= b),
                comparison("greater", Ops::greater, (a, b) -> a > b),
                comparison("greater_equal", Ops::greaterEqual, (a, b) -> a >= b),
                rows("logical_and", Ops::logicalAnd, (a, b) -> a != 0 && b != 0 ? 1 : 0, -2, 2, ALL),
                rows("logical_or", Ops::logicalOr, (a, b) -> a != 0 || b != 0 ? 1 : 0, -2, 2, ALL),
                bits("bitwise_and", Ops::bitwiseAnd, (a, b) -> a & b, any, BITS),
                bits("bitwise_or", Ops::bitwiseOr, (a, b) -> a | b, any, BITS),
                bits("bitwise_xor", Ops::bitwiseXor, (a, b) -> a ^ b, any, BITS),
                bits("left_shift", Ops::leftShift, (a, b) -> a << b, Domain.of(0, 5), INTEGERS),
                bits("right_shift", Ops::rightShift, (a, b) -> a >> b, Domain.of(0, 5), INTEGERS),
                ternary()).flatMap(rows -> rows).toList();
    }

    private static double logaddexp(double a, double b) {
        return Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)));
    }

    private static Stream<OpCase> ternary() {
        Domain any = Domain.of(-7, 7);
        return Stream.of(
                new OpCase("where", List.of(Domain.of(0, 1).as(DType.BOOL), any.withSpecials(), any), ALL,
                        shape -> Optional.of(List.of(shape, shape, shape)),
                        x -> Ops.where(x.get(0), x.get(1), x.get(2)), x -> where(x.get(0), x.get(1), x.get(2)), 1),
                new OpCase("where broadcast", List.of(Domain.of(0, 1).as(DType.BOOL), any, any), ALL,
                        shape -> Optional.of(List.of(shape, Second.ROW.of(shape), Shape.SCALAR)),
                        x -> Ops.where(x.get(0), x.get(1), x.get(2)), x -> where(x.get(0), x.get(1), x.get(2)), 1),
                new OpCase("clip", List.of(any, Domain.of(-3, -1), Domain.of(1, 3)), NUMBERS,
                        shape -> Optional.of(List.of(shape, shape, Shape.SCALAR)),
                        x -> Ops.clip(x.get(0), x.get(1), x.get(2)),
                        x -> x.get(0).zip(x.get(1), Math::max).zip(x.get(2), Math::min), 1));
    }

    private static Values where(Values condition, Values x, Values y) {
        Shape shape = Shape.broadcast(condition.shape(), Shape.broadcast(x.shape(), y.shape()));
        return Values.of(shape, index -> condition.at(index) != 0 ? x.at(index) : y.at(index));
    }
}
