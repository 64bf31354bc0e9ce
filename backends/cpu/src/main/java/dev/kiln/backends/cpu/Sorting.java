package dev.kiln.backends.cpu;

import dev.kiln.graph.DType;
import dev.kiln.graph.Kernel;
import dev.kiln.graph.Work;
import dev.kiln.ops.Sort;
import java.util.Arrays;

/** Sorts lines. Java's order of floating-point numbers is the one wanted: -0 before 0, and NaN last. */
final class Sorting {

    private Sorting() {}

    static Kernel of(Sort primitive, Work.Single work) {
        boolean unsigned = work.output().dtype() == DType.UINT64;
        return LineKernel.of(work, () -> unsigned ? Sorting::sortUnsigned : Sorting::sort);
    }

    private static Reg sort(Reg line, int n) {
        switch (line.lane()) {
            case F32 -> Arrays.sort(line.f(), 0, n);
            case F64 -> Arrays.sort(line.d(), 0, n);
            case I64 -> Arrays.sort(line.l(), 0, n);
            case C64 -> throw new IllegalArgumentException("[sort] Complex numbers have no order.");
        }
        return line;
    }

    private static Reg sortUnsigned(Reg line, int n) {
        flip(line.l(), n);
        Arrays.sort(line.l(), 0, n);
        flip(line.l(), n);
        return line;
    }

    /** Turns the order of unsigned numbers into that of signed ones, and back. */
    private static void flip(long[] values, int n) {
        for (int i = 0; i < n; i++) {
            values[i] ^= Long.MIN_VALUE;
        }
    }
}
