package dev.kiln.backends.cpu;

import dev.kiln.graph.OffHeap;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** The inner axes of a {@link StridedCopy}, in pieces that can be copied by different threads. */
sealed interface CopyOfAxes {

    /** All pieces; 0 if there are no elements. */
    long pieces();

    /** How much is copied. */
    double bytes();

    /** Copies the pieces from {@code start} to before {@code end}. */
    void run(long source, long target, long start, long end);

    /** Elements along one axis, with the steps between them in bytes, each of {@code size} bytes. */
    record Run(long count, long from, long to, int size) implements CopyOfAxes {

        /** Below this a loop is quicker than a call of the system's block copy. */
        private static final int BLOCK = 64;
        private static final long PIECE = 1 << 16;

        @Override
        public long pieces() {
            return Math.ceilDiv(count, PIECE);
        }

        @Override
        public double bytes() {
            return (double) count * size;
        }

        @Override
        public void run(long source, long target, long start, long end) {
            long first = start * PIECE;
            copy(source + first * from, target + first * to, Math.min(count, end * PIECE) - first);
        }

        private void copy(long source, long target, long n) {
            if (from == size && to == size && n * size >= BLOCK) {
                MemorySegment.copy(OffHeap.ALL, source, OffHeap.ALL, target, n * size);
                return;
            }
            switch (size) {
                case 1 -> bytes(source, target, n);
                case 2 -> shorts(source, target, n);
                case 4 -> ints(source, target, n);
                default -> longs(source, target, n);
            }
        }

        private void bytes(long source, long target, long n) {
            for (long i = 0; i < n; i++) {
                OffHeap.ALL.set(Unaligned.BYTE, target + i * to, OffHeap.ALL.get(Unaligned.BYTE, source + i * from));
            }
        }

        private void shorts(long source, long target, long n) {
            for (long i = 0; i < n; i++) {
                OffHeap.ALL.set(Unaligned.SHORT, target + i * to, OffHeap.ALL.get(Unaligned.SHORT, source + i * from));
            }
        }

        private void ints(long source, long target, long n) {
            for (long i = 0; i < n; i++) {
                OffHeap.ALL.set(Unaligned.INT, target + i * to, OffHeap.ALL.get(Unaligned.INT, source + i * from));
            }
        }

        private void longs(long source, long target, long n) {
            for (long i = 0; i < n; i++) {
                OffHeap.ALL.set(Unaligned.LONG, target + i * to, OffHeap.ALL.get(Unaligned.LONG, source + i * from));
            }
        }
    }

    /**
     * Two axes, rows and columns, transposed tile by tile. A row's elements are neighbours in the target, a column's in the source: tile
     * by tile, what has come into a cache with an element is used before it leaves it.
     *
     * @param rows of the target
     * @param from bytes from an element of a row to the next in the source
     * @param to bytes from an element of a column to the next in the target
     */
    record Tiles(long rows, long columns, long from, long to, int size, TransposeLoop loop) implements CopyOfAxes {

        /** The side of a tile in elements: so many lines of either side are in the caches, and pages in the TLB. */
        private static final int SIDE = 256;

        static Tiles of(long rows, long columns, long from, long to, int size) {
            Optional<TransposeLoop> vectors = Loops.get().transpose(size);
            return new Tiles(rows, columns, from, to, size, vectors.orElseGet(() -> new ByRuns(from, size)));
        }

        @Override
        public long pieces() {
            return Math.ceilDiv(rows, SIDE) * Math.ceilDiv(columns, SIDE);
        }

        @Override
        public double bytes() {
            return (double) rows * columns * size;
        }

        @Override
        public void run(long source, long target, long start, long end) {
            long across = Math.ceilDiv(columns, SIDE);
            for (long tile = start; tile < end; tile++) {
                long row = tile / across * SIDE;
                long column = tile % across * SIDE;
                loop.run(source + row * size + column * from, from, (int) Math.min(SIDE, columns - column),
                        (int) Math.min(SIDE, rows - row), target + row * to + column * size, to);
            }
        }
    }

    /** Transposes where there are no vectors for it: in squares whose lines a first-level cache holds. */
    record ByRuns(Run pair) implements TransposeLoop {

        private static final int SIDE = 16;

        ByRuns(long stride, int size) {
            this(new Run(SIDE, stride, size, size));
        }

        @Override
        public void run(long source, long stride, int runs, int length, long target, long targetStride) {
            int size = pair.size;
            for (int i = 0; i < length; i += SIDE) {
                for (int r = 0; r < runs; r += SIDE) {
                    for (int row = i; row < Math.min(length, i + SIDE); row++) {
                        pair.copy(source + r * stride + (long) row * size,
                                target + row * targetStride + (long) r * size,
                                Math.min(SIDE, runs - r));
                    }
                }
            }
        }
    }
}
