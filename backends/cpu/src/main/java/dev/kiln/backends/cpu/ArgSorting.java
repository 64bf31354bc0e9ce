package dev.kiln.backends.cpu;

import dev.kiln.graph.DType;
import dev.kiln.graph.Kernel;
import dev.kiln.graph.Work;
import dev.kiln.ops.ArgSort;
import java.util.Arrays;

/**
 * Finds the order of lines. Each element becomes a whole number of the same order, equal for -0 and 0, and largest for NaN.
 * Where that has 32 bits it is sorted together with the index in one {@code long}; wider ones are merged.
 */
final class ArgSorting implements LineWork {

    private final DType dtype;
    private final Reg result;
    private final long[] keys;

    private ArgSorting(DType dtype, int length) {
        this.dtype = dtype;
        this.result = new Reg(Lane.I64, length);
        this.keys = new long[length];
    }

    static Kernel of(ArgSort primitive, Work.Single work) {
        DType dtype = work.inputs().getFirst().spec().dtype();
        int length = (int) work.output().shape().dim(-1);
        return LineKernel.of(work, () -> new ArgSorting(dtype, length));
    }

    @Override
    public Reg run(Reg line, int n) {
        for (int i = 0; i < n; i++) {
            keys[i] = key(line, i);
        }
        if (dtype.size() <= Integer.BYTES) {
            sortPacked(n);
        } else {
            mergeSort(n);
        }
        return result;
    }

    private long key(Reg line, int i) {
        return switch (line.lane()) {
            case F32 -> ordered(Float.floatToIntBits(line.f()[i] + 0f));
            case F64 -> ordered(Double.doubleToLongBits(line.d()[i] + 0d));
            case I64 -> switch (dtype) {
                case UINT64 -> line.l()[i] ^ Long.MIN_VALUE;
                case UINT32 -> line.l()[i] + Integer.MIN_VALUE;
                default -> line.l()[i];
            };
            case C64 -> throw new IllegalArgumentException("[argsort] Complex numbers have no order.");
        };
    }

    private static int ordered(int bits) {
        return bits ^ bits >> 31 & Integer.MAX_VALUE;
    }

    private static long ordered(long bits) {
        return bits ^ bits >> 63 & Long.MAX_VALUE;
    }

    private void sortPacked(int n) {
        long[] packed = result.l();
        for (int i = 0; i < n; i++) {
            packed[i] = keys[i] << Integer.SIZE | i;
        }
        Arrays.sort(packed, 0, n);
        for (int i = 0; i < n; i++) {
            packed[i] &= 0xffffffffL;
        }
    }

    private void mergeSort(int n) {
        long[] from = new long[n];
        long[] to = new long[n];
        for (int i = 0; i < n; i++) {
            from[i] = i;
        }
        for (long width = 1; width < n; width *= 2) {
            for (long low = 0; low < n; low += 2 * width) {
                merge(from, to, (int) low, (int) Math.min(low + width, n), (int) Math.min(low + 2 * width, n));
            }
            long[] merged = to;
            to = from;
            from = merged;
        }
        System.arraycopy(from, 0, result.l(), 0, n);
    }

    private void merge(long[] from, long[] to, int low, int middle, int high) {
        int left = low;
        int right = middle;
        for (int i = low; i < high; i++) {
            boolean takeLeft = left < middle
                    && (right == high || keys[(int) from[left]] <= keys[(int) from[right]]);
            to[i] = takeLeft ? from[left++] : from[right++];
        }
    }
}
