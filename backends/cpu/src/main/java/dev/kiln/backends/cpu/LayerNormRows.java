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
}
