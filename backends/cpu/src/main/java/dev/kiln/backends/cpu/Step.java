package dev.kiln.backends.cpu;

import com.google.common.primitives.ImmutableIntArray;
import dev.kiln.graph.Work.Extent;
import java.util.Arrays;

/** One thing to do for each block of a fused program; values are named by their registers. */
sealed interface Step {

    /** Does it for {@code block}; {@code addresses} are the kernel's. */
    void run(Block block, long[] addresses);

    /** Loads input number {@code input}. */
    record Load(StridedRead read, int input, Extent extent, int to) implements Step {
        @Override
        public void run(Block block, long[] addresses) {
            read.read(block.register(to), addresses[input], block.first(extent), block.count(extent), block.index);
        }
    }

    /** Stores to address number {@code output}. */
    record Store(StoreLoop store, int size, int output, Extent extent, int from) implements Step {
        @Override
        public void run(Block block, long[] addresses) {
            store.run(block.register(from), 0, addresses[output] + block.first(extent) * size, block.count(extent));
        }
    }

    /** Runs an instruction that goes through elements of {@code extent}. */
    record Apply(Operation operation, Extent extent, ImmutableIntArray from, int to) implements Step {
        @Override
        public void run(Block block, long[] addresses) {
            operation.run(block.register(to), block.arguments(from), block.rows,
                    extent == Extent.FULL ? block.columns : 1);
        }
    }

    /** Repeats the one element of each row along the row. */
    record Spread(int from, int to) implements Step {
        @Override
        public void run(Block block, long[] addresses) {
            Reg x = block.register(from);
            Reg out = block.register(to);
            for (int row = 0; row < block.rows; row++) {
                spread(x, row, out, row * block.columns, block.columns);
            }
        }

        private static void spread(Reg x, int row, Reg out, int at, int columns) {
            switch (x.lane()) {
                case F32 -> Arrays.fill(out.f(), at, at + columns, x.f()[row]);
                case F64 -> Arrays.fill(out.d(), at, at + columns, x.d()[row]);
                case I64 -> Arrays.fill(out.l(), at, at + columns, x.l()[row]);
                case C64 -> {
                    for (int i = 2 * at; i < 2 * (at + columns); i += 2) {
                        out.c()[i] = x.c()[2 * row];
                        out.c()[i + 1] = x.c()[2 * row + 1];
                    }
                }
            }
        }
    }
}
