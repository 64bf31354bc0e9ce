package dev.kiln.backends.cpu;

import dev.kiln.graph.DType;
import dev.kiln.ops.BinaryOp;
import dev.kiln.ops.LayerNorm;
import java.util.List;

/** Layer norm as an instruction: the statistics in the lane, and a rounding wherever the definition has one. */
final class LayerNormRows {

    private LayerNormRows() {}

    static Operation of(LayerNorm norm, List<DType> in, DType dtype) {
        Loops loops = Loops.get();
        FloatRows along = loops.floatRows(dtype);
        UnaryLoop round = Loops.rounds(dtype) ? loops.round(dtype) : (out, x, n) -> {};
        BinaryLoop multiply = loops.binary(BinaryOp.MULTIPLY, dtype);
        BinaryLoop add = loops.binary(BinaryOp.ADD, dtype);
        return (out, from, rows, columns) -> {
            int n = rows * columns;
            for (int at = 0; at < n; at += columns) {
                double mean = along.mean(from[0], at, columns);
                double variance = along.variance(from[0], at, columns, mean);
                along.standardize(out, from[0], at, columns, mean, along.inverseRoot(variance, norm.eps()));
            }
            round.run(out, out, n);
            if (in.size() > 1) {
                multiply.run(out, out, from[1], n);
                round.run(out, out, n);
            }
            if (in.size() > 2) {
                add.run(out, out, from[2], n);
                round.run(out, out, n);
            }
        };
    }

    static int write(LayerNorm norm, List<DType> in, DType dtype, Formula.Text text, int[] arguments) {
        int x = arguments[0];
        int mean = text.scalar("mean", text.fold("sum", x));
        int out = text.rounded(dtype, text.apply("standardize", x, mean, inverse(norm.eps(), text, x, mean)));
        if (in.size() > 1) {
            out = text.rounded(dtype, text.apply("multiply", out, arguments[1]));
        }
        return in.size() > 2 ? text.rounded(dtype, text.apply("add", out, arguments[2])) : out;
    }

    /** As {@link FloatRows#inverseRoot} of the variance. */
    static int inverse(double eps, Formula.Text text, int x, int mean) {
        int variance = text.scalar("mean", text.fold("sum_of_squared_deviations", x, mean));
        return text.scalar("inverse_root", variance, text.constant(eps));
    }
}
