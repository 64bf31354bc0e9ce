package dev.kiln.backends.cpu;

import dev.kiln.graph.OffHeap;
import java.lang.foreign.MemorySegment;

/**
 * An elementwise formula over float32, put together from loops that are there already, so that it runs at once. Arguments are read
 * where they are and the last result is written where it goes, so that memory is waited for while something is computed; what is
 * between is in scratch areas, piece by piece so that it stays in the first-level cache.
 */
@SuppressWarnings("ArrayRecordComponent") // read at each run, never written
record Composed(Spread[] spread, Step[] prologue, Step[] body, int arrays) implements RowCode {

    /** Rows or pieces of rows of at least so many elements are served; they are computed in pieces of as many. */
    static final int PIECE = 1024;

    /** Something that is done with a piece; places are numbers in the array of addresses. */
    sealed interface Step {
        void run(long[] at, int n);
    }

    /** A loop. */
    record Loop(FloatLoop loop, int out, int a, int b) implements Step {
        @Override
        public void run(long[] at, int n) {
            loop.run(at[out], at[a], at[b], n);
        }

        void rest(long[] at, int from, int n) {
            long skipped = (long) from * Float.BYTES;
            loop.run(at[out] + skipped, at[a] + skipped, at[b] + skipped, n - from);
        }
    }

    /** Several at once, and the loops for elements that are too few for that. */
    @SuppressWarnings("ArrayRecordComponent")
    record Chain(ChainLoop chain, int[] functions, int[] operands, int out, Loop[] loops) implements Step {
        @Override
        public void run(long[] at, int n) {
            int whole = n - n % ChainLoop.ELEMENTS;
            chain.run(at, functions, operands, out, whole);
            if (whole < n) {
                for (Loop loop : loops) {
                    loop.rest(at, whole, n);
                }
            }
        }
    }

    /** Result number {@code from}, written once more. */
    record Copy(int from, int to) implements Step {
        @Override
        public void run(long[] at, int n) {
            MemorySegment.copy(OffHeap.ALL, at[from], OffHeap.ALL, at[to], (long) n * Float.BYTES);
        }
    }

    /** A number that is the same along the row, repeated. It is a constant, or the one at {@code from}. */
    record Spread(int from, float constant, int to) {
        void run(long[] at, int n) {
            float value = from < 0 ? constant : Elements.getFloat(at[from]);
            for (int i = 0; i < n; i++) {
                Elements.putFloat(at[to] + (long) i * Float.BYTES, value);
            }
        }
    }

    @Override
    public void run(long[] at, float[] row, float[][] staged, int columns) {
        int most = Math.min(columns, PIECE);
        for (Spread each : spread) {
            each.run(at, most);
        }
        for (Step step : prologue) {
            step.run(at, most);
        }
        for (int start = 0; start < columns; start += PIECE) {
            int n = Math.min(PIECE, columns - start);
            for (Step step : body) {
                step.run(at, n);
            }
            for (int i = 0; i < arrays; i++) { // these go on, scratch areas are used again
                at[i] += (long) PIECE * Float.BYTES;
            }
        }
    }
}
