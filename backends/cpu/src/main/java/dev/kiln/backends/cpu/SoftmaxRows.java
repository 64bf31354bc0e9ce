package dev.kiln.backends.cpu;

import dev.kiln.graph.DType;
import dev.kiln.ops.Softmax;
import java.util.List;

/** Softmax as an instruction: computed in the lane, so always precise, and rounded once. */
final class SoftmaxRows {

    private SoftmaxRows() {}

    static Operation of(Softmax softmax, List<DType> in, DType dtype) {
        Loops loops = Loops.get();
        FloatRows along = loops.floatRows(dtype);
        UnaryLoop round = loops.round(dtype);
        return (out, from, rows, columns) -> {
            for (int row = 0; row < rows; row++) {
                along.softmax(out, from[0], row * columns, columns);
            }
            round.run(out, out, rows * columns);
        };
    }

    static int write(Softmax softmax, List<DType> in, DType dtype, Formula.Text text, int[] arguments) {
        // A NaN need not be the maximum: it makes the sum NaN. A factor of all powers is gone when they are divided by it.
        int power = text.apply("scaled_exp_of_difference", arguments[0], text.fold("max_number", arguments[0]));
        return text.rounded(dtype,
                text.apply("multiply", power, text.scalar("reciprocal", text.fold("sum", power))));
    }
}
