package dev.kiln.ops;

import static dev.kiln.ops.OpCase.FLOATING;

import dev.kiln.graph.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Softmax and the norms. */
final class RowCases {

    private static final double EPS = 1e-5;

    private RowCases() {}

    /** A case of x and {@code weights} vectors as long as its rows. */
    private static OpCase row(String name, int weights, Function<List<Array>, Array> call,
            Function<List<Values>, Values> reference) {
        Domain any = Domain.of(-3, 3);
        return new OpCase(name, List.of(any, any, any).subList(0, 1 + weights), FLOATING, shape -> {
            if (shape.rank() == 0) {
                return Optional.empty();
            }
            Shape weight = Shape.shape(shape.dim(-1));
            return Optional.of(List.of(shape, weight, weight).subList(0, 1 + weights));
        }, call, reference, 4).filled(1);
    }

    static List<OpCase> rows() {
        return List.of(
                row("softmax", 0, x -> Ops.softmax(x.getFirst(), -1),
                        x -> rows(x.getFirst(), RowCases::softmax)),
                row("softmax, precise", 0, x -> Ops.softmax(x.getFirst(), -1, true),
                        x -> rows(x.getFirst(), RowCases::softmax)),
                row("softmax over columns", 0, x -> Ops.softmax(x.getFirst(), 0),
                        x -> x.getFirst().alongAxis(0, RowCases::softmax)),
                row("softmax over all", 0, x -> Ops.softmax(x.getFirst()),
                        x -> x.getFirst().shape().rank() == 0
                                ? x.getFirst()
                                : new Values(x.getFirst().shape(), softmax(x.getFirst().elements()))),
                row("rms_norm", 1, x -> Fast.rmsNorm(x.get(0), x.get(1), EPS),
                        x -> rows(x.get(0), RowCases::rmsNorm).zip(x.get(1), (a, b) -> a * b)),
                row("rms_norm without weight", 0, x -> Fast.rmsNorm(x.getFirst(), null, EPS),
                        x -> rows(x.getFirst(), RowCases::rmsNorm)),
                row("layer_norm", 2, x -> Fast.layerNorm(x.get(0), x.get(1), x.get(2), EPS),
                        x -> rows(x.get(0), RowCases::layerNorm).zip(x.get(1), (a, b) -> a * b)
                                .zip(x.get(2), Double::sum))
                        .slack(8),
                row("layer_norm without weight and bias", 0, x -> Fast.layerNorm(x.getFirst(), null, null, EPS),
                        x -> rows(x.getFirst(), RowCases::layerNorm)).slack(8));
    }

    private static Values rows(Values x, java.util.function.UnaryOperator<double[]> op) {
        return x.alongAxis(x.shape().rank() - 1, op);
    }

    private static double[] softmax(double[] x) {
        double max = Arrays.stream(x).max().orElse(0);
        double sum = Arrays.stream(x).map(v -> Math.exp(v - max)).sum();
        return Arrays.stream(x).map(v -> Math.exp(v - max) / sum).toArray();
    }

    private static double[] rmsNorm(double[] x) {
        double scale = 1 / Math.sqrt(Arrays.stream(x).map(v -> v * v).average().orElse(0) + EPS);
        return Arrays.stream(x).map(v -> v * scale).toArray();
    }

    private static double[] layerNorm(double[] x) {
        double mean = Arrays.stream(x).average().orElse(0);
        double variance = Arrays.stream(x).map(v -> (v - mean) * (v - mean)).average().orElse(0);
        return Arrays.stream(x).map(v -> (v - mean) / Math.sqrt(variance + EPS)).toArray();
    }
}
