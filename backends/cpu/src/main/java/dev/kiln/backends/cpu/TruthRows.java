package dev.kiln.backends.cpu;

/** Whether all or any elements of a row differ from 0. They stop where that is decided. */
final class TruthRows {

    private TruthRows() {}

    /** A test of an element. */
    @FunctionalInterface
    private interface Test {
        boolean isZero(Reg x, int i);
    }

    static RowFold all(Lane lane) {
        Test test = test(lane);
        return (out, to, x, at, columns) -> {
            int i = at;
            while (i < at + columns && !test.isZero(x, i)) {
                i++;
            }
            out.l()[to] = i == at + columns ? 1 : 0;
        };
    }

    static RowFold any(Lane lane) {
        Test test = test(lane);
        return (out, to, x, at, columns) -> {
            int i = at;
            while (i < at + columns && test.isZero(x, i)) {
                i++;
            }
            out.l()[to] = i == at + columns ? 0 : 1;
        };
    }

    private static Test test(Lane lane) {
        return switch (lane) {
            case F32 -> (x, i) -> x.f()[i] == 0;
            case F64 -> (x, i) -> x.d()[i] == 0;
            case I64 -> (x, i) -> x.l()[i] == 0;
            case C64 -> (x, i) -> x.c()[2 * i] == 0 && x.c()[2 * i + 1] == 0;
        };
    }
}
