package dev.kiln.backends.cpu;

import dev.kiln.graph.DType;
import dev.kiln.graph.Kernel;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Spec;
import dev.kiln.graph.Work;
import dev.kiln.ops.AddAlongAxis;
import dev.kiln.ops.Arange;
import dev.kiln.ops.ArgSort;
import dev.kiln.ops.Attention;
import dev.kiln.ops.AttentionVjp;
import dev.kiln.ops.Concatenate;
import dev.kiln.ops.DynamicSliceUpdate;
import dev.kiln.ops.Matmul;
import dev.kiln.ops.NormWeightVjp;
import dev.kiln.ops.Pad;
import dev.kiln.ops.RandomBits;
import dev.kiln.ops.Reduce;
import dev.kiln.ops.RmsNormGradient;
import dev.kiln.ops.PutAlongAxis;
import dev.kiln.ops.Scan;
import dev.kiln.ops.SliceUpdate;
import dev.kiln.ops.Sort;
import dev.kiln.ops.Rope;
import dev.kiln.ops.Take;
import dev.kiln.ops.TakeAlongAxis;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The primitives that have a kernel of their own: one row each. What can be fused is in {@link Instructions}. */
final class Table {

    /** Makes the kernel of a primitive for inputs of given specs and layouts. */
    private interface Maker<P extends Primitive, W extends Work> {
        Kernel make(P primitive, W work);
    }

    /** Whether a kernel serves these dtypes and shapes. */
    private interface Serves<P extends Primitive> {
        boolean test(P primitive, List<Spec> inputs, Spec output);
    }

    private record Row<P extends Primitive, W extends Work>(Class<P> type, Serves<P> serves, Class<W> work,
            Maker<P, W> maker) {
        boolean has(Primitive primitive, List<Spec> inputs, Spec output) {
            return serves.test(type.cast(primitive), inputs, output);
        }

        Kernel make(Primitive primitive, Work of) {
            return maker.make(type.cast(primitive), work.cast(of));
        }
    }

    private static final Map<Class<?>, Row<?, ?>> ROWS = new HashMap<>();

    static {
        row(AddAlongAxis.class, AddAlongAxisKernel::serves, AddAlongAxisKernel::of);
        row(Arange.class, ArangeKernel::serves, ArangeKernel::of);
        row(Attention.class, AttentionKernel::serves, AttentionKernel::of);
        row(AttentionVjp.class, AttentionVjpKernel::serves, AttentionVjpKernel::new);
        row(Concatenate.class, Table::always, ConcatenateKernel::of);
        row(Pad.class, Table::always, PadKernel::of);
        row(Take.class, Table::always, GatherKernel::of);
        row(RandomBits.class, Table::always, RandomBitsKernel::of);
        row(Reduce.class, (p, in, out) -> RowFolds.has(p.op(), in.getFirst().dtype()), ReduceKernel::of);
        row(TakeAlongAxis.class, Table::always, GatherKernel::of);
        row(PutAlongAxis.class, Table::always, PutAlongAxisKernel::of);
        row(SliceUpdate.class, Table::always, SliceUpdateKernel::of);
        row(DynamicSliceUpdate.class, Table::always, DynamicSliceUpdateKernel::new);
        row(Sort.class, Table::ordered, Sorting::of);
        row(ArgSort.class, Table::ordered, ArgSorting::of);
        row(Scan.class, Scanning::serves, Scanning::of);
        row(Matmul.class, (p, in, out) -> out.dtype().isFloating(), MatmulKernel::of);
        row(NormWeightVjp.class, NormWeightVjpKernel::serves, NormWeightVjpKernel::new);
        family(RmsNormGradient.class, RmsNormGradientKernel::serves, RmsNormGradientKernel::new);
        row(Rope.class, RopeKernel::serves, RopeKernel::of);
    }

    private Table() {}

    private static <P extends Primitive> void row(Class<P> type, Serves<P> serves, Maker<P, Work.Single> maker) {
        ROWS.put(type, new Row<>(type, serves, Work.Single.class, maker));
    }

    private static <P extends Primitive.Sibling> void family(Class<P> type, Serves<P> serves,
            Maker<P, Work.Several> maker) {
        ROWS.put(type, new Row<>(type, serves, Work.Several.class, maker));
    }

    private static boolean always(Primitive primitive, List<Spec> inputs, Spec output) {
        return true;
    }

    private static boolean ordered(Primitive primitive, List<Spec> inputs, Spec output) {
        return inputs.getFirst().dtype() != DType.COMPLEX64;
    }

    static boolean has(Primitive primitive, List<Spec> inputs, Spec output) {
        Row<?, ?> row = ROWS.get(primitive.getClass());
        return row != null && row.has(primitive, inputs, output);
    }

    static Kernel kernel(Work.Single work) {
        return kernel(work.primitive(), work);
    }

    static Kernel kernel(Work.Several work) {
        return kernel(work.primitives().getFirst(), work);
    }

    private static Kernel kernel(Primitive primitive, Work work) {
        Row<?, ?> row = ROWS.get(primitive.getClass());
        if (row == null) {
            throw new IllegalArgumentException("No kernel for " + primitive.name());
        }
        return row.make(primitive, work);
    }
}
