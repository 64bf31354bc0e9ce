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
}
