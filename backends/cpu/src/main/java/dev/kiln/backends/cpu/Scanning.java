package dev.kiln.backends.cpu;

import dev.kiln.graph.DType;
import dev.kiln.graph.Kernel;
import dev.kiln.graph.Spec;
import dev.kiln.graph.Work;
import dev.kiln.ops.Scan;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.LongBinaryOperator;

/** Running folds of lines. */
final class Scanning implements LineWork {

    private final Scan scan;
    private final DType dtype;
    private final UnaryLoop round;

    private Scanning(Scan scan, DType dtype) {
        this.scan = scan;
        this.dtype = dtype;
        this.round = Loops.get().round(dtype);
    }

    static Kernel of(Scan primitive, Work.Single work) {
        return LineKernel.of(work, () -> new Scanning(primitive, work.output().dtype()));
    }

    /** Complex numbers have sums and products, but no order. */
    static boolean serves(Scan primitive, List<Spec> inputs, Spec output) {
        return output.dtype() != DType.COMPLEX64 || primitive.op() == Scan.Op.SUM || primitive.op() == Scan.Op.PROD;
    }

    @Override
    public Reg run(Reg line, int n) {
        switch (line.lane()) {
            case F32 -> floats(line.f(), n, real());
            case F64 -> doubles(line.d(), n, real());
            case I64 -> longs(line.l(), n, whole());
            case C64 -> complex(line.c(), n);
        }
        round.run(line, line, n);
        return line;
    }

    private DoubleBinaryOperator real() {
        return switch (scan.op()) {
            case SUM -> Double::sum;
            case PROD -> (a, b) -> a * b;
            case MAX -> Math::max;
            case MIN -> Math::min;
        };
    }

    private LongBinaryOperator whole() {
        boolean unsigned = dtype == DType.UINT64;
        return switch (scan.op()) {
            case SUM -> Long::sum;
            case PROD -> (a, b) -> a * b;
            case MAX -> unsigned ? (a, b) -> Long.compareUnsigned(a, b) >= 0 ? a : b : Math::max;
            case MIN -> unsigned ? (a, b) -> Long.compareUnsigned(a, b) <= 0 ? a : b : Math::min;
        };
    }

    /** What folding no numbers gives. */
    private double realIdentity() {
        return switch (scan.op()) {
            case SUM -> 0;
            case PROD -> 1;
            case MAX -> Double.NEGATIVE_INFINITY;
            case MIN -> Double.POSITIVE_INFINITY;
        };
    }

    private long wholeIdentity() {
        boolean signed = dtype.category() == DType.Category.SIGNED;
        int bits = dtype == DType.BOOL ? 1 : dtype.size() * Byte.SIZE;
        return switch (scan.op()) {
            case SUM -> 0;
            case PROD -> 1;
            case MAX -> signed ? -1L << bits - 1 : 0;
            case MIN -> -1L >>> Long.SIZE - bits + (signed ? 1 : 0);
        };
    }

    private void floats(float[] values, int n, DoubleBinaryOperator fold) {
        double folded = realIdentity();
        for (int i = 0; i < n; i++) {
            double with = fold.applyAsDouble(folded, values[i]);
            values[i] = (float) (scan.inclusive() ? with : folded);
            folded = with;
        }
    }

    private void doubles(double[] values, int n, DoubleBinaryOperator fold) {
        double folded = realIdentity();
        for (int i = 0; i < n; i++) {
            double with = fold.applyAsDouble(folded, values[i]);
            values[i] = scan.inclusive() ? with : folded;
            folded = with;
        }
    }

    private void longs(long[] values, int n, LongBinaryOperator fold) {
        long folded = wholeIdentity();
        for (int i = 0; i < n; i++) {
            long with = fold.applyAsLong(folded, values[i]);
            values[i] = scan.inclusive() ? with : folded;
            folded = with;
        }
    }

    private void complex(float[] parts, int n) {
        double real = realIdentity();
        double imaginary = 0;
        for (int i = 0; i < 2 * n; i += 2) {
            double a = parts[i];
            double b = parts[i + 1];
            double withReal = scan.op() == Scan.Op.SUM ? real + a : real * a - imaginary * b;
            double withImaginary = scan.op() == Scan.Op.SUM ? imaginary + b : real * b + imaginary * a;
            parts[i] = (float) (scan.inclusive() ? withReal : real);
            parts[i + 1] = (float) (scan.inclusive() ? withImaginary : imaginary);
            real = withReal;
            imaginary = withImaginary;
        }
    }
}
