package dev.kiln.backends.cpu;

import dev.kiln.graph.DType;
import dev.kiln.ops.BinaryOp;
import dev.kiln.ops.RmsNorm;
import java.util.List;

/** RMS norm as an instruction: the statistics in the lane, the normed row rounded to the dtype before it is weighted. */
final class RmsNormRows {

    private RmsNormRows() {}

    static Operation of(RmsNorm norm, List<DType> in, DType dtype) {
        Loops loops = Loops.get();
        FloatRows along = loops.floatRows(dtype);
        UnaryLoop round = loops.round(dtype);
        boolean rounds = Loops.rounds(dtype);
        BinaryLoop multiply = loops.binary(BinaryOp.MULTIPLY, dtype);
        boolean weighted = in.size() == 2;
        return (out, from, rows, columns) -> {
            int n = rows * columns;
            for (int at = 0; at < n; at += columns) {
                along.scale(out, from[0], at, columns, along.inverseRms(from[0], at, columns, norm.eps()));
            }
            if (rounds) {
                round.run(out, out, n);
            }
            if (weighted) {
                multiply.run(out, out, from[1], n);
                if (rounds) {
                    round.run(out, out, n);
                }
            }
        };
    }

    static int write(RmsNorm norm, List<DType> in, DType dtype, Formula.Text text, int[] arguments) {
        int inverse = inverse(norm.eps(), text, arguments[0]);
        int normed = text.rounded(dtype, text.apply("multiply", arguments[0], inverse));
        return in.size() == 1 ? normed : text.rounded(dtype, text.apply("multiply", normed, arguments[1]));
    }

    /** As {@link FloatRows#inverseRms}. */
    static int inverse(double eps, Formula.Text text, int x) {
        return text.scalar("inverse_root", text.scalar("mean", text.fold("sum_of_squares", x)), text.constant(eps));
    }
}
