package dev.kiln.backends.metal;

import dev.kiln.backends.metal.Formula.Term;
import dev.kiln.graph.DType;
import dev.kiln.ops.LayerNorm;
import dev.kiln.ops.LayerNormVjp;
import dev.kiln.ops.Reduce;
import dev.kiln.ops.RmsNorm;
import dev.kiln.ops.RmsNormVjp;
import dev.kiln.ops.Softmax;
import java.util.List;

/** Row-wise operations and reductions of rows as folds and elementwise steps. Statistics are float32. */
final class RowFormulas {

    private RowFormulas() {}

    static int rmsNorm(RmsNorm norm, Formula.Builder f, List<Term> in, DType out) {
        int x = in.getFirst().value();
        int inverse = inverseRms(f, x, norm.eps());
        int normed = f.each(Lane.FLOAT, Lane.rounded(out, "$0 * $1"), x, inverse);
        return in.size() < 2 ? normed : f.each(Lane.FLOAT, Lane.rounded(out, "$0 * $1"), normed, in.get(1).value());
    }

    static int layerNorm(LayerNorm norm, Formula.Builder f, List<Term> in, DType out) {
        int x = in.getFirst().value();
        int mean = mean(f, x);
        int inverse = inverseDeviation(f, x, mean, norm.eps());
        int result = f.each(Lane.FLOAT, Lane.rounded(out, "($0 - $1) * $2"), x, mean, inverse);
        if (in.size() > 1) {
            result = f.each(Lane.FLOAT, Lane.rounded(out, "$0 * $1"), result, in.get(1).value());
        }
        if (in.size() > 2) {
            result = f.each(Lane.FLOAT, Lane.rounded(out, "$0 + $1"), result, in.get(2).value());
        }
        return result;
    }

    static int rmsNormVjp(RmsNormVjp norm, Formula.Builder f, List<Term> in, DType out) {
        int x = in.get(0).value();
        int u = in.get(1).value();
        int inverse = inverseRms(f, x, norm.eps());
        int along = mean(f, f.each(Lane.FLOAT, "$0 * $1", x, u));
        return f.each(Lane.FLOAT, Lane.rounded(out, "$2 * ($1 - $0 * ($2 * $2 * $3))"), x, u, inverse, along);
    }

    static int layerNormVjp(LayerNormVjp norm, Formula.Builder f, List<Term> in, DType out) {
        int x = in.get(0).value();
        int u = in.get(1).value();
        int mean = mean(f, x);
        int inverse = inverseDeviation(f, x, mean, norm.eps());
        int along = mean(f, f.each(Lane.FLOAT, "($0 - $2) * $1", x, u, mean));
        int level = mean(f, u);
        return f.each(Lane.FLOAT, Lane.rounded(out, "$2 * ($1 - $5 - ($0 - $4) * ($2 * $2 * $3))"), x, u, inverse,
                along,
                mean, level);
    }

    static int softmax(Softmax softmax, Formula.Builder f, List<Term> in, DType out) {
        int x = in.getFirst().value();
        int power = f.each(Lane.FLOAT, "exp($0 - $1)", x, f.fold("Max", x));
        return f.each(Lane.FLOAT, Lane.rounded(out, "$0 / $1"), power, f.fold("Add", power));
    }

    private static int mean(Formula.Builder f, int x) {
        return f.each(Lane.FLOAT, "$0 / float(n)", f.fold("Add", x));
    }

    private static int inverseRms(Formula.Builder f, int x, double eps) {
        return f.each(Lane.FLOAT, "rsqrt($0 / float(n) + " + literal(eps) + ")",
                f.fold("Add", f.each(Lane.FLOAT, "$0 * $0", x)));
    }

    private static int inverseDeviation(Formula.Builder f, int x, int mean, double eps) {
        int square = f.each(Lane.FLOAT, "($0 - $1) * ($0 - $1)", x, mean);
        return f.each(Lane.FLOAT, "rsqrt($0 / float(n) + " + literal(eps) + ")", f.fold("Add", square));
    }

    /** The float nearest to a number. */
    static String literal(double value) {
        float nearest = (float) value;
        return Float.isFinite(nearest)
                ? nearest + "f"
                : Float.isNaN(nearest)
                        ? "NAN"
                        : nearest > 0
                                ? "INFINITY"
                                : "-INFINITY";
    }

    /** Whether {@code op} folds elements of {@code dtype}. */
    static boolean has(Reduce.Op op, DType dtype) {
        return switch (op) {
            case SUM, PROD, ALL, ANY -> true;
            case MEAN -> !dtype.isIntegral();
            case MAX, MIN, ARGMAX, ARGMIN -> dtype != DType.COMPLEX64;
            case LOGSUMEXP -> dtype.isFloating();
        };
    }

    static int reduce(Reduce reduce, Formula.Builder f, List<Term> in, DType out) {
        Lane lane = Lane.of(out);
        int x = in.getFirst().value();
        boolean truth = f.lane(x) == Lane.BOOL;
        return switch (reduce.op()) {
            case SUM -> f.each(lane, Lane.rounded(out, "$0"), f.fold("Add", number(f, x, out)));
            case PROD -> f.each(lane, Lane.rounded(out, "$0"), f.fold("Multiply", number(f, x, out)));
            case MEAN -> f.each(lane, Lane.rounded(out, "$0 / float(n)"), f.fold("Add", x));
            case MAX -> f.each(lane, truth ? "$0 != 0u" : "$0", f.fold("Max", ordered(f, x)));
            case MIN -> f.each(lane, truth ? "$0 != 0u" : "$0", f.fold("Min", ordered(f, x)));
            case ALL -> f.each(lane, "$0 != 0u", f.fold("Min", f.each(Lane.UINT, "(to_bool($0) ? 1u : 0u)", x)));
            case ANY -> f.each(lane, "$0 != 0u", f.fold("Max", f.each(Lane.UINT, "(to_bool($0) ? 1u : 0u)", x)));
            case LOGSUMEXP -> {
                int most = f.fold("Max", x);
                int sum = f.fold("Add", f.each(Lane.FLOAT, "exp($0 - $1)", x, most));
                yield f.each(lane, Lane.rounded(out, "(isinf($0) ? $0 : $0 + log($1))"), most, sum);
            }
            case ARGMAX -> position(f, ordered(f, x), "Max");
            case ARGMIN -> position(f, ordered(f, x), "Min");
        };
    }

    /** A truth value as a number of the result's. */
    private static int number(Formula.Builder f, int x, DType out) {
        return f.lane(x) == Lane.BOOL ? f.each(Lane.of(out), "to_" + Lane.of(out) + "($0)", x) : x;
    }

    private static int ordered(Formula.Builder f, int x) {
        return f.lane(x) == Lane.BOOL ? f.each(Lane.UINT, "to_uint($0)", x) : x;
    }

    /** Where the first extreme element is; a NaN is one. */
    private static int position(Formula.Builder f, int x, String extreme) {
        int value = f.fold(extreme, x);
        boolean floating = f.lane(x) == Lane.FLOAT;
        int place = f.each(Lane.UINT,
                floating
                        ? "($0 == $1 || (isnan($0) && isnan($1)) ? $2 : 0xffffffffu)"
                        : "($0 == $1 ? $2 : 0xffffffffu)",
                x, value, f.column());
        return f.fold("Min", place);
    }
}
