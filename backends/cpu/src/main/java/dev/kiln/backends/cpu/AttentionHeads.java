package dev.kiln.backends.cpu;

import dev.kiln.backends.cpu.AttentionShape.Steps;
import dev.kiln.graph.DType;
import java.util.Arrays;

/** Reads queries, keys and values of heads as rows of floats, padded with zeros, and writes what belongs to queries. */
final class AttentionHeads {

    private final AttentionShape shape;
    private final LoadLoop load;
    private final UnaryLoop round;
    private final StoreLoop store;
    private final int size;

    AttentionHeads(AttentionShape shape, DType dtype) {
        this.shape = shape;
        load = Loops.get().load(dtype);
        round = Loops.get().round(dtype);
        store = Loops.get().store(dtype);
        size = dtype.size();
    }

    /** Reads {@code columns} of {@code count} rows from {@code first} on, of an array at {@code address} that has queries' rows. */
    void readQueries(Reg to, long address, Steps steps, long batch, long head, long first, int count, int columns,
            int padded) {
        for (int row = 0; row < count; row++) {
            long at = steps.offset(batch, shape.head(head, first + row), shape.position(first + row));
            load.run(to, row * padded, address + at, steps.column(), columns);
            Arrays.fill(to.f(), row * padded + columns, (row + 1) * padded, 0);
        }
    }

    /** Reads {@code columns} of {@code count} keys or values, the first of which is at {@code address}. */
    void readKeys(Reg to, long address, Steps steps, int count, int columns, int padded) {
        if (columns == padded && steps.isDense(columns, size)) {
            load.run(to, 0, address, size, count * columns);
            return;
        }
        for (int key = 0; key < count; key++) {
            load.run(to, key * padded, address + key * steps.position(), steps.column(), columns);
            Arrays.fill(to.f(), key * padded + columns, (key + 1) * padded, 0);
        }
    }

    /** Writes {@code columns} of {@code count} rows from {@code first} on to the queries of a batch at {@code address}. */
    void writeQueries(Reg from, long address, long head, long first, int count, int columns, int padded) {
        round.run(from, from, count * padded);
        for (int row = 0; row < count; row++) {
            long at = shape.head(head, first + row) * shape.queries() + shape.position(first + row);
            store.run(from, row * padded, address + at * columns * size, columns);
        }
    }

    /** Writes {@code columns} of {@code count} keys or values one after the other to {@code address}. */
    void writeKeys(Reg from, long address, int count, int columns, int padded) {
        round.run(from, from, count * padded);
        for (int key = 0; key < count; key++) {
            store.run(from, key * padded, address + (long) key * columns * size, columns);
        }
    }
}
