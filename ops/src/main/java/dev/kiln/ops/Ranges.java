package dev.kiln.ops;

import dev.kiln.graph.DType;
import dev.kiln.graph.Storage;
import dev.kiln.streams.Stream;

/** Evenly spaced numbers: how many there are, and in which dtype they are computed. */
final class Ranges {

    /** More elements than this no memory holds. */
    private static final double MOST = 0x1p48;

    private Ranges() {}

    /** float32 if one is a fraction, else int64 if one is a {@code Long}, else int32. */
    static DType dtype(Number... numbers) {
        DType dtype = DType.INT32;
        for (Number number : numbers) {
            dtype = DType.promote(dtype, Array.scalar(number).dtype());
        }
        return dtype;
    }

    static Array arange(Number start, Number stop, Number step, DType dtype, Stream stream) {
        Operands.require("arange", "start", start);
        Operands.require("arange", "stop", stop);
        Operands.require("arange", "step", step);
        if (Operands.require("arange", "dtype", dtype) == DType.BOOL) {
            throw new IllegalArgumentException("[arange] bool not supported for arange.");
        }
        if (Numbers.isLong(start) && Numbers.isLong(stop) && Numbers.isLong(step)) {
            long count = count(start.longValue(), stop.longValue(), step.longValue());
            return dtype.isIntegral()
                    ? whole(count, start.longValue(), step.longValue(), dtype, stream)
                    : fractions(count, start.doubleValue(), step.doubleValue(), dtype, stream);
        }
        double first = start.doubleValue();
        double by = step.doubleValue();
        double last = stop.doubleValue();
        if (Double.isNaN(by) || !Double.isFinite(first) || !Double.isFinite(last)) {
            throw new IllegalArgumentException("[arange] Cannot compute length from " + start + " to " + stop + ".");
        }
        long count = Double.isInfinite(by) ? by > 0 == first < last && first != last ? 1 : 0 : count(first, last, by);
        if (dtype.isIntegral()) {
            return whole(count, (long) first, (long) (first + by) - (long) first, dtype, stream);
        }
        return fractions(count, first, count > 1 ? by : 0, dtype, stream);
    }

    private static long count(long start, long stop, long step) {
        if (step == 0) {
            throw zeroStep();
        }
        boolean none = step > 0 ? start >= stop : start <= stop;
        if (none) {
            return 0;
        }
        // The distance may exceed a signed long, but not an unsigned one.
        long distance = step > 0 ? stop - start : start - stop;
        long size = step > 0 ? step : -step;
        long count = Long.divideUnsigned(distance - 1, size) + 1;
        requirePossible(count < 0 ? Double.POSITIVE_INFINITY : count);
        return count;
    }

    private static long count(double start, double stop, double step) {
        if (step == 0) {
            throw zeroStep();
        }
        double count = Math.max(0, Math.ceil((stop - start) / step));
        requirePossible(count);
        return (long) count;
    }

    private static IllegalArgumentException zeroStep() {
        return new IllegalArgumentException("[arange] step must be nonzero.");
    }

    private static void requirePossible(double count) {
        if (count > MOST) {
            throw new IllegalArgumentException("[arange] Maximum size exceeded.");
        }
    }

    /** Whole numbers, exact in all integer dtypes since 32- and 64-bit arithmetic wraps. */
    private static Array whole(long count, long start, long step, DType dtype, Stream stream) {
        DType inner = dtype.size() == Long.BYTES ? DType.INT64 : DType.INT32;
        Array numbers = Operands.of(new Arange(count, inner), stream);
        Array scaled = step == 1
                ? numbers
                : numbers.multiply(Operands.constant(inner, Storage.Scalar.of(inner, step)), stream);
        Array moved = start == 0
                ? scaled
                : scaled.add(Operands.constant(inner, Storage.Scalar.of(inner, start)), stream);
        return moved.astype(dtype, stream);
    }

    /** Computed in float32 or float64 and rounded to narrower dtypes at the end. */
    private static Array fractions(long count, double start, double step, DType dtype, Stream stream) {
        Array numbers = Operands.of(new Arange(count, inner(dtype)), stream);
        Array scaled = step == 1 ? numbers : numbers.multiply(step, stream);
        Array moved = start == 0 ? scaled : scaled.add(start, stream);
        return moved.astype(dtype, stream);
    }

    /** {@code num} numbers from {@code start} to {@code stop}, both included, mixed from the two so that both are exact. */
    static Array linspace(Number start, Number stop, int num, DType dtype, Stream stream) {
        double first = Operands.require("linspace", "start", start).doubleValue();
        double last = Operands.require("linspace", "stop", stop).doubleValue();
        Operands.require("linspace", "dtype", dtype);
        if (num < 0) {
            throw new IllegalArgumentException(
                    "[linspace] number of samples, " + num + ", must be non-negative.");
        }
        if (num == 1) {
            return Array.copyOf(new double[] {first}, dtype);
        }
        Array part = Operands.of(new Arange(num, inner(dtype)), stream).divide(num - 1, stream);
        Array rest = part.negative(stream).add(1, stream);
        return rest.multiply(first, stream).add(part.multiply(last, stream), stream).astype(dtype, stream);
    }

    private static DType inner(DType dtype) {
        return dtype == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
    }
}
