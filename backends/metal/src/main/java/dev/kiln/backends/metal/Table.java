package dev.kiln.backends.metal;

import dev.kiln.graph.Kernel;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Spec;
import dev.kiln.graph.Work;
import dev.kiln.ops.AddAlongAxis;
import dev.kiln.ops.Arange;
import dev.kiln.ops.Attention;
import dev.kiln.ops.Concatenate;
import dev.kiln.ops.Matmul;
import dev.kiln.ops.Pad;
import dev.kiln.ops.PutAlongAxis;
import dev.kiln.ops.RandomBits;
import dev.kiln.ops.Reduce;
import dev.kiln.ops.Rope;
import dev.kiln.ops.SliceUpdate;
import dev.kiln.ops.Take;
import dev.kiln.ops.TakeAlongAxis;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The primitives that have a kernel of their own: one row each. What can be fused is in {@link Instructions}. */
final class Table {

    /** Makes the kernel of a primitive for inputs of given specs and layouts. */
    private interface Maker<P extends Primitive> {
        Kernel make(P primitive, Work.Single work, Pipelines pipelines);
    }

    /** Whether a kernel serves these dtypes and shapes. */
    private interface Serves<P extends Primitive> {
        boolean test(P primitive, List<Spec> inputs, Spec output);
    }

    private record Row<P extends Primitive>(Class<P> type, Serves<P> serves, Maker<P> maker) {
        boolean has(Primitive primitive, List<Spec> inputs, Spec output) {
            return serves.test(type.cast(primitive), inputs, output);
        }

        Kernel make(Work.Single work, Pipelines pipelines) {
            return maker.make(type.cast(work.primitive()), work, pipelines);
        }
    }

    private static final Map<Class<?>, Row<?>> ROWS = new HashMap<>();

    static {
        row(AddAlongAxis.class, Scatter::serves, Scatter::add);
        row(Arange.class, Made::serves, Made::arange);
        row(Attention.class, AttentionKernel::serves, AttentionKernel::of);
        row(Concatenate.class, Table::always, Moves::concatenate);
        row(Matmul.class, MatmulKernel::serves, MatmulKernel::of);
        row(Pad.class, Table::always, Moves::pad);
        row(PutAlongAxis.class, Table::always, Scatter::put);
        row(RandomBits.class, Table::always, Made::randomBits);
        row(Rope.class, RopeKernel::serves, RopeKernel::of);
        row(SliceUpdate.class, Table::always, Moves::sliceUpdate);
        row(Take.class, Table::always, Gather::take);
        row(TakeAlongAxis.class, Table::always, Gather::takeAlongAxis);
        row(Reduce.class, (p, in, out) -> RowFormulas.has(p.op(), in.getFirst().dtype()), ProgramKernel::of);
    }

    private Table() {}

    private static <P extends Primitive> void row(Class<P> type, Serves<P> serves, Maker<P> maker) {
        ROWS.put(type, new Row<>(type, serves, maker));
    }

    private static boolean always(Primitive primitive, List<Spec> inputs, Spec output) {
        return true;
    }

    static boolean has(Primitive primitive, List<Spec> inputs, Spec output) {
        Row<?> row = ROWS.get(primitive.getClass());
        return row != null && row.has(primitive, inputs, output);
    }

    /** The kernel for {@code work}; empty if there is none. */
    static Optional<Kernel> kernel(Work.Single work, Pipelines pipelines) {
        Row<?> row = ROWS.get(work.primitive().getClass());
        List<Spec> inputs = work.inputs().stream().map(Work.Operand::spec).toList();
        return row != null && row.has(work.primitive(), inputs, work.output())
                ? Optional.of(row.make(work, pipelines))
                : Optional.empty();
    }
}
