package dev.kiln.ops;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** How the elements of an operand lie in memory. */
enum Placing {
    CONTIGUOUS {
        @Override
        Optional<Array> view(Values values, DType dtype) {
            return Optional.of(contiguous(values, dtype));
        }
    },
    TRANSPOSED {
        @Override
        Optional<Array> view(Values values, DType dtype) {
            int rank = values.shape().rank();
            return rank < 2
                    ? Optional.empty()
                    : Optional.of(Ops.swapaxes(contiguous(values.swap(rank - 2, rank - 1), dtype), -1, -2));
        }
    },
    /** Every second element of the last axis, from the second one. */
    STRIDED {
        @Override
        Optional<Array> view(Values values, DType dtype) {
            Shape shape = values.shape();
            int rank = shape.rank();
            if (rank == 0) {
                return Optional.empty();
            }
            Values wide = Values.of(shape.with(-1, 2 * shape.dim(-1)), index -> {
                index[rank - 1] /= 2;
                return values.at(index);
            });
            long[] start = new long[rank];
            long[] strides = new long[rank];
            java.util.Arrays.fill(strides, 1);
            start[rank - 1] = Math.min(1, shape.dim(-1));
            strides[rank - 1] = 2;
            return Optional.of(Ops.slice(contiguous(wide, dtype), start, wide.shape().toArray(), strides));
        }
    },
    REVERSED {
        @Override
        Optional<Array> view(Values values, DType dtype) {
            int rank = values.shape().rank();
            return rank == 0
                    ? Optional.empty()
                    : Optional.of(Ops.flip(contiguous(Values.of(values.shape(), index -> {
                        index[rank - 1] = values.shape().dim(-1) - 1 - index[rank - 1];
                        return values.at(index);
                    }), dtype), -1));
        }
    },
    /** The first axis repeats one element. */
    BROADCAST {
        @Override
        Values fit(Values values) {
            return values.shape().rank() == 0 || values.shape().size() == 0
                    ? values
                    : Values.of(values.shape(), index -> {
                        index[0] = 0;
                        return values.at(index);
                    });
        }

        @Override
        Optional<Array> view(Values values, DType dtype) {
            Shape shape = values.shape();
            if (shape.rank() == 0 || shape.size() == 0) {
                return Optional.empty();
            }
            Values one = Values.of(shape.with(0, 1), values::at);
            return Optional.of(Ops.broadcastTo(contiguous(one, dtype), shape));
        }
    };

    /** An array of these elements, placed so if their shape allows it; a lazy view, unless contiguous. */
    abstract Optional<Array> view(Values values, DType dtype);

    /** The values changed so that this placing can hold them. */
    Values fit(Values values) {
        return values;
    }

    /** One by chance. */
    static Placing any(Random random) {
        List<Placing> all = List.of(values());
        return all.get(random.nextInt(all.size()));
    }

    private static Array contiguous(Values values, DType dtype) {
        return Ops.reshape(Array.copyOf(values.elements(), dtype), values.shape());
    }
}
