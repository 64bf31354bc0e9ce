package dev.kiln.backends.cpu;

import dev.kiln.graph.Work;
import java.util.List;

/**
 * The lengths and byte steps of an attention's arrays.
 *
 * <p>
 * The queries that share keys and values, those of one group of heads, are numbered position by position, so that with a
 * causal mask neighbours see about the same keys.
 *
 * @param heads of the keys and values
 * @param group how many heads of the queries share one of the keys
 * @param depth of queries and keys
 * @param width of the values
 */
record AttentionShape(long batch, long heads, int group, long queries, long keys, int depth, int width,
        List<Steps> steps) {

    /** Byte steps along the four axes of q, k, v or the mask. */
    record Steps(long batch, long head, long position, long column) {
        static Steps of(Work.Operand operand) {
            int size = operand.spec().dtype().size();
            return new Steps(operand.layout().stride(0) * size, operand.layout().stride(1) * size,
                    operand.layout().stride(2) * size, operand.layout().stride(3) * size);
        }

        long offset(long atBatch, long atHead, long atPosition) {
            return atBatch * batch + atHead * head + atPosition * position;
        }

        /** Whether rows of {@code columns} elements follow each other without gaps. */
        boolean isDense(int columns, int size) {
            return column == size && position == (long) columns * size;
        }
    }

    static AttentionShape of(Work.Single work) {
        Work.Operand q = work.inputs().get(0);
        Work.Operand k = work.inputs().get(1);
        Work.Operand v = work.inputs().get(2);
        long heads = k.spec().shape().dim(1);
        return new AttentionShape(q.spec().shape().dim(0), heads,
                Math.toIntExact(q.spec().shape().dim(1) / heads), q.spec().shape().dim(2), k.spec().shape().dim(2),
                Math.toIntExact(q.spec().shape().dim(3)), Math.toIntExact(v.spec().shape().dim(3)),
                work.inputs().stream().map(Steps::of).toList());
    }

    /** Queries that share keys. */
    long rows() {
        return group * queries;
    }

    /** The position of a row's query. */
    long position(long row) {
        return row / group;
    }

    /** The head of a row's query, for the group of this head of the keys. */
    long head(long keyHead, long row) {
        return keyHead * group + row % group;
    }

    /** The number of keys that a row sees with a causal mask. */
    long visible(long row) {
        return Math.clamp(position(row) + keys - queries + 1, 0, keys);
    }
}
