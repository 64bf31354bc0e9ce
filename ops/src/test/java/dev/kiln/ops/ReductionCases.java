package dev.kiln.ops;

import static dev.kiln.ops.OpCase.ALL;
import static dev.kiln.ops.OpCase.FLOATING;
import static dev.kiln.ops.OpCase.NUMBERS;

import dev.kiln.graph.DType;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Reductions over the last axis, the first, and all of them. */
final class ReductionCases {

    private interface Reduction {
        Array apply(Array a, int[] axes, boolean keepdims);
    }

    private ReductionCases() {}

    private static OpCase row(String name, Domain domain, Set<DType> dtypes, Function<Array, Array> call,
            Function<Values, Values> reference, int rank) {
        return new OpCase(name, List.of(domain), dtypes,
                shape -> shape.rank() < rank ? Optional.empty() : Optional.of(List.of(shape)),
                x -> call.apply(x.getFirst()), x -> reference.apply(x.getFirst()), 1);
    }

    private static Stream<OpCase> rows(String name, Domain domain, Set<DType> dtypes, Reduction call,
            ToDoubleFunction<double[]> fold) {
        return Stream.of(
                row(name + " over rows, kept", domain, dtypes, x -> call.apply(x, new int[] {-1}, true),
                        x -> x.fold(x.shape().rank() - 1, fold), 1),
                row(name + " over rows", domain, dtypes, x -> call.apply(x, new int[] {-1}, false),
                        x -> x.fold(x.shape().rank() - 1, fold).squeeze(x.shape().rank() - 1), 1),
                row(name + " over columns", domain, dtypes, x -> call.apply(x, new int[] {0}, false),
                        x -> x.fold(0, fold).squeeze(0), 1),
                row(name + " over all", domain, dtypes,
                        x -> call.apply(x, IntStream.range(0, x.ndim()).toArray(), false), x -> x.foldAll(fold), 0));
    }

    private static Stream<OpCase> filled(Stream<OpCase> rows) {
        return rows.map(row -> row.filled(0));
    }

    private static Stream<OpCase> index(String name, Reduction call, ToDoubleFunction<double[]> fold) {
        return filled(rows(name, Domain.of(-9, 9), ALL, call, fold).limit(3));
    }

    static List<OpCase> rows() {
        Domain any = Domain.of(-3, 3);
        return Stream.of(
                rows("sum", any, ALL, Ops::sum, x -> Arrays.stream(x).sum()),
                filled(rows("mean", any, ALL, Ops::mean, ReductionCases::mean)),
                rows("prod", Domain.of(0.8, 1.2), FLOATING, Ops::prod, ReductionCases::product)
                        .map(row -> row.slack(4)),
                filled(rows("max", Domain.of(-9, 9), ALL, Ops::max, x -> Arrays.stream(x).max().orElseThrow())),
                filled(rows("min", Domain.of(-9, 9), ALL, Ops::min, x -> Arrays.stream(x).min().orElseThrow())),
                filled(rows("max of specials", any.withSpecials(), FLOATING, Ops::max,
                        x -> Arrays.stream(x).max().orElseThrow())),
                rows("all", Domain.of(-9, 9), ALL, Ops::all, x -> Arrays.stream(x).allMatch(v -> v != 0) ? 1 : 0),
                rows("any", Domain.of(-1, 1), ALL, Ops::any, x -> Arrays.stream(x).anyMatch(v -> v != 0) ? 1 : 0),
                filled(rows("logsumexp", any, FLOATING, Ops::logsumexp,
                        x -> Math.log(Arrays.stream(x).map(Math::exp).sum()))),
                filled(rows("var", any, FLOATING, Ops::var, ReductionCases::variance)).map(row -> row.slack(4)),
                filled(rows("std", any, FLOATING, Ops::std, x -> Math.sqrt(variance(x)))).map(row -> row.slack(4)),
                index("argmax", (a, axes, keep) -> Ops.argmax(a, axes[0], keep), ReductionCases::argmax),
                index("argmin", (a, axes, keep) -> Ops.argmin(a, axes[0], keep),
                        x -> argmax(Arrays.stream(x).map(v -> -v).toArray())),
                scan("cumsum", any, NUMBERS, x -> Ops.cumsum(x, -1), Double::sum),
                scan("cumprod", Domain.of(0.8, 1.2), FLOATING, x -> Ops.cumprod(x, -1), (a, b) -> a * b)
                        .map(row -> row.slack(8)),
                scan("cummax", any, NUMBERS, x -> Ops.cummax(x, -1), Math::max),
                scan("cummin", any, NUMBERS, x -> Ops.cummin(x, -1), Math::min),
                Stream.of(row("cumsum of columns, backwards", any, NUMBERS, x -> Ops.cumsum(x, 0, true, false),
                        x -> x.alongAxis(0, ReductionCases::behind), 1),
                        row("sort", Domain.of(-9, 9), ALL, x -> Ops.sort(x, -1),
                                x -> x.alongAxis(x.shape().rank() - 1, ReductionCases::sorted), 1)))
                .flatMap(rows -> rows).toList();
    }

    private static Stream<OpCase> scan(String name, Domain domain, Set<DType> dtypes, Function<Array, Array> call,
            java.util.function.DoubleBinaryOperator op) {
        return Stream.of(row(name, domain, dtypes, call, x -> x.alongAxis(x.shape().rank() - 1, line -> {
            double[] out = line.clone();
            Arrays.parallelPrefix(out, op);
            return out;
        }), 1));
    }

    private static double mean(double[] x) {
        return Arrays.stream(x).sum() / x.length;
    }

    private static double product(double[] x) {
        return Arrays.stream(x).reduce(1, (a, b) -> a * b);
    }

    private static double variance(double[] x) {
        double mean = mean(x);
        return Arrays.stream(x).map(v -> (v - mean) * (v - mean)).sum() / x.length;
    }

    private static double argmax(double[] x) {
        int best = 0;
        for (int i = 1; i < x.length; i++) {
            best = x[i] > x[best] ? i : best;
        }
        return best;
    }

    /** The sums of what comes behind each element. */
    private static double[] behind(double[] x) {
        double[] out = new double[x.length];
        for (int i = x.length - 2; i >= 0; i--) {
            out[i] = out[i + 1] + x[i + 1];
        }
        return out;
    }

    private static double[] sorted(double[] x) {
        double[] out = x.clone();
        Arrays.sort(out);
        return out;
    }
}
