package dev.kiln.backends.cpu;

import dev.kiln.graph.DType;
import dev.kiln.ops.LayerNormVjp;
import dev.kiln.ops.RmsNormVjp;
import java.util.List;

/** The gradients of norms by their rows, as instructions: the statistics of a row, then one pass over it. */
final class NormVjpRows {

    /** One row: x and u from {@code at} on. */
    @FunctionalInterface
    private interface Row {
        void run(Reg out, Reg x, Reg u, int at, int columns);
    }

    private NormVjpRows() {}

    static Operation of(RmsNormVjp norm, List<DType> in, DType dtype) {
        FloatRows along = Loops.get().floatRows(dtype);
        return each(dtype, (out, x, u, at, columns) -> {
            double inverse = along.inverseRms(x, at, columns, norm.eps());
            double slope = slope(along, x, u, at, columns, 0, inverse);
            along.combine(out, x, u, at, columns, inverse, slope, 0, 0);
        });
    }

    static Operation of(LayerNormVjp norm, List<DType> in, DType dtype) {
        FloatRows along = Loops.get().floatRows(dtype);
        return each(dtype, (out, x, u, at, columns) -> {
            double mean = along.mean(x, at, columns);
            double inverse = along.inverseRoot(along.variance(x, at, columns, mean), norm.eps());
            double slope = slope(along, x, u, at, columns, mean, inverse);
            along.combine(out, x, u, at, columns, inverse, slope, mean, -along.mean(u, at, columns));
        });
    }

    /** How much of {@code x - mean} is taken away from u. */
    private static double slope(FloatRows along, Reg x, Reg u, int at, int columns, double mean, double inverse) {
        return -inverse * inverse * (along.dot(x, u, at, columns, mean) / columns);
    }

    private static Operation each(DType dtype, Row row) {
        UnaryLoop round = Loops.get().round(dtype);
        boolean rounds = Loops.rounds(dtype);
        return (out, from, rows, columns) -> {
            int n = rows * columns;
            for (int at = 0; at < n; at += columns) {
                row.run(out, from[0], from[1], at, columns);
            }
            if (rounds) {
                round.run(out, out, n);
            }
        };
    }

    static int write(RmsNormVjp norm, List<DType> in, DType dtype, Formula.Text text, int[] arguments) {
        int none = text.constant(0);
        return combine(text, arguments, dtype, RmsNormRows.inverse(norm.eps(), text, arguments[0]), none, none);
    }

    static int write(LayerNormVjp norm, List<DType> in, DType dtype, Formula.Text text, int[] arguments) {
        int mean = text.scalar("mean", text.fold("sum", arguments[0]));
        int level = text.scalar("negative", text.scalar("mean", text.fold("sum", arguments[1])));
        return combine(text, arguments, dtype, LayerNormRows.inverse(norm.eps(), text, arguments[0], mean), mean,
                level);
    }

    private static int combine(Formula.Text text, int[] arguments, DType dtype, int inverse, int mean, int level) {
        int x = arguments[0];
        int u = arguments[1];
        int slope = text.scalar("slope", inverse, text.fold("dot", x, u, mean));
        return text.rounded(dtype, text.apply("combine", x, u, inverse, slope, mean, level));
    }
}
