package dev.kiln.backends.cpu;

import dev.kiln.graph.Kernel;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Spec;
import dev.kiln.graph.Work;
import dev.kiln.ops.Arange;
import dev.kiln.ops.Concatenate;
import dev.kiln.ops.Pad;
import dev.kiln.ops.Reduce;
import dev.kiln.ops.Take;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The primitives that have a kernel of their own: one row each. What can be fused is in {@link Instructions}. */
final class Table {

    /** Makes the kernel of a primitive for inputs of given specs and layouts. */
    private interface Maker<P extends Primitive> {
        Kernel make(P primitive, Work.Single work);
    }

    /** Whether a kernel serves these dtypes and shapes. */
    private interface Serves<P extends Primitive> {
        boolean test(P primitive, List<Spec> inputs, Spec output);
    }

    private record Row<P extends Primitive>(Class<P> type, Serves<P> serves, Maker<P> maker) {
        boolean has(Primitive primitive, List<Spec> inputs, Spec output) {
            return serves.test(type.cast(primitive), inputs, output);
        }

        Kernel make(Work.Single work) {
            return maker.make(type.cast(work.primitive()), work);
        }
    }

    private static final Map<Class<?>, Row<?>> ROWS = new HashMap<>();

    static {
        row(Arange.class, ArangeKernel::serves, ArangeKernel::of);
        row(Concatenate.class, Table::always, ConcatenateKernel::of);
        row(Pad.class, Table::always, PadKernel::of);
        row(Take.class, Table::always, TakeKernel::of);
        row(Reduce.class, (p, in, out) -> RowFolds.has(p.op(), in.getFirst().dtype()), ReduceKernel::of);
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

    static Kernel kernel(Work.Single work) {
        Row<?> row = ROWS.get(work.primitive().getClass());
        if (row == null) {
            throw new IllegalArgumentException("No kernel for " + work.primitive().name());
        }
        return row.make(work);
    }
}
