package dev.kiln.backends.cpu;

import dev.kiln.graph.DType;
import dev.kiln.ops.Reduce;

/**
 * What folded numbers are and how they become results.
 *
 * @param op what folds elements, and then folds again what came of that: a mean is a sum until the end
 * @param dtype of the folded numbers; they are rounded to it only at the end
 * @param divisor of the results
 */
record Folded(Reduce.Op op, DType dtype, double divisor, UnaryLoop round, StoreLoop store) {

    static Folded of(Reduce.Op op, long elements, DType out) {
        boolean mean = op == Reduce.Op.MEAN;
        return new Folded(mean ? Reduce.Op.SUM : op, out, mean ? elements : 1, Loops.get().round(out),
                Loops.get().store(out));
    }

    /** Where result number {@code result} of those at {@code address} is. */
    long address(long address, long result) {
        return address + result * dtype.size();
    }

    /** Finishes the first {@code n} numbers, in place, and stores them at {@code address}. */
    void store(Reg numbers, int n, long address) {
        if (divisor != 1) {
            divide(numbers, n);
        }
        if (Loops.rounds(dtype)) {
            round.run(numbers, numbers, n);
        }
        store.run(numbers, 0, address, n);
    }

    private void divide(Reg numbers, int n) {
        for (int i = 0; i < n; i++) {
            switch (numbers.lane()) {
                case F32 -> numbers.f()[i] = (float) (numbers.f()[i] / divisor);
                case F64 -> numbers.d()[i] /= divisor;
                case C64 -> {
                    numbers.c()[2 * i] = (float) (numbers.c()[2 * i] / divisor);
                    numbers.c()[2 * i + 1] = (float) (numbers.c()[2 * i + 1] / divisor);
                }
                case I64 -> throw new IllegalStateException("There is no mean of integers.");
            }
        }
    }
}
