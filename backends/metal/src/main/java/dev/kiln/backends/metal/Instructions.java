package dev.kiln.backends.metal;

import dev.kiln.backends.metal.Formula.Term;
import dev.kiln.graph.DType;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Spec;
import dev.kiln.graph.Work;
import dev.kiln.ops.Binary;
import dev.kiln.ops.Cast;
import dev.kiln.ops.LayerNorm;
import dev.kiln.ops.LayerNormVjp;
import dev.kiln.ops.Reduce;
import dev.kiln.ops.RmsNorm;
import dev.kiln.ops.RmsNormVjp;
import dev.kiln.ops.Select;
import dev.kiln.ops.Softmax;
import dev.kiln.ops.Unary;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The primitives that can be instructions of a fused program: one row each, which says them in a formula. */
final class Instructions {

    /** Appends a primitive to a formula; the result is a value of {@code out}. */
    private interface Maker<P extends Primitive> {
        int make(P primitive, Formula.Builder formula, List<Term> in, DType out);
    }

    /** Whether there is a formula for these dtypes. */
    private interface Serves<P extends Primitive> {
        boolean test(P primitive, List<Spec> in);
    }

    private record Row<P extends Primitive>(Class<P> type, Serves<P> serves, Maker<P> maker) {
        boolean has(Primitive primitive, List<Spec> in) {
            return serves.test(type.cast(primitive), in);
        }

        int make(Primitive primitive, Formula.Builder formula, List<Term> in, DType out) {
            return maker.make(type.cast(primitive), formula, in, out);
        }
    }

    private static final Map<Class<?>, Row<?>> ROWS = new HashMap<>();

    static {
        row(Unary.class, (p, in) -> Functions.has(p.op(), Lane.of(in.getFirst().dtype())), Functions::unary);
        row(Binary.class, (p, in) -> Functions.has(p.op(), Lane.of(in.getFirst().dtype())), Functions::binary);
        row(Select.class, (p, in) -> true,
                (p, f, in, out) -> f.each(Lane.of(out), "($0 ? $1 : $2)", in.get(0).value(), in.get(1).value(),
                        in.get(2).value()));
        row(Cast.class, (p, in) -> true,
                (p, f, in, out) -> f.each(Lane.of(out), Lane.cast("$0", out), in.getFirst().value()));
        row(RmsNorm.class, Instructions::always, RowFormulas::rmsNorm);
        row(LayerNorm.class, Instructions::always, RowFormulas::layerNorm);
        row(RmsNormVjp.class, Instructions::always, RowFormulas::rmsNormVjp);
        row(LayerNormVjp.class, Instructions::always, RowFormulas::layerNormVjp);
        row(Softmax.class, (p, in) -> in.getFirst().dtype().isFloating(), RowFormulas::softmax);
        row(Reduce.class, (p, in) -> p.foldsRows(in.getFirst().shape().rank())
                && RowFormulas.has(p.op(), in.getFirst().dtype()), RowFormulas::reduce);
    }

    private Instructions() {}

    private static <P extends Primitive> void row(Class<P> type, Serves<P> serves, Maker<P> maker) {
        ROWS.put(type, new Row<>(type, serves, maker));
    }

    private static boolean always(Primitive primitive, List<Spec> in) {
        return true;
    }

    static boolean has(Primitive primitive, List<Spec> in) {
        Row<?> row = ROWS.get(primitive.getClass());
        return row != null && row.has(primitive, in);
    }

    /** The formula of a fused program. */
    static Formula formula(Work.Program program) {
        Formula.Builder formula = new Formula.Builder();
        Term[] terms = new Term[program.loads().size() + program.body().size()];
        int next = 0;
        for (Work.Load load : program.loads()) {
            terms[next++] = formula.load(load.dtype(), load.extent());
        }
        for (Work.Instruction instruction : program.body()) {
            List<Term> in = instruction.arguments().stream().map(argument -> terms[argument]).toList();
            terms[next++] = new Term(make(instruction.primitive(), formula, in, instruction.dtype()),
                    instruction.dtype());
        }
        for (int store : program.stores()) {
            formula.store(terms[store], program.extent(store));
        }
        return formula.build();
    }

    private static int make(Primitive primitive, Formula.Builder formula, List<Term> in, DType out) {
        Row<?> row = ROWS.get(primitive.getClass());
        if (row == null) {
            throw new IllegalArgumentException("[" + primitive.name() + "] is no instruction of the Metal backend.");
        }
        return row.make(primitive, formula, in, out);
    }
}
