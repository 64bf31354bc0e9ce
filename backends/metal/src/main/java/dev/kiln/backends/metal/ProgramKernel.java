package dev.kiln.backends.metal;

import dev.kiln.graph.Work;
import dev.kiln.ops.Reduce;
import dev.kiln.backends.metal.Formula.Term;
import dev.kiln.backends.metal.RowText.Kind;
import dev.kiln.graph.Work.Extent;
import java.util.List;
import java.util.function.Consumer;

/** A formula over the elements or the rows of a space: one dispatch, whatever was fused. */
record ProgramKernel(Dispatch dispatch) implements MetalKernel {

    private static final long SIMD = 32;
    private static final long MOST_THREADS = 1024;
    /** Rows up to here are one thread's, if there are enough of them to keep the device busy. */
    private static final long SHORT_ROW = 16;
    private static final long MANY_ROWS = 1 << 12;
    /** Registers of a thread that may hold what several passes need. */
    private static final int MOST_KEPT = 64;

    /** The kernel of a fused program. */
    static ProgramKernel of(Work.Program program, Pipelines pipelines) {
        return of(Instructions.formula(program), RowSpace.of(program), 0, pipelines);
    }

    /** The kernel of a reduction of any axes. */
    static ProgramKernel of(Reduce reduce, Work.Single work, Pipelines pipelines) {
        Work.Operand array = work.inputs().getFirst();
        Formula.Builder formula = new Formula.Builder();
        Term x = formula.load(array.spec().dtype(), Extent.FULL);
        int result = RowFormulas.reduce(reduce, formula, List.of(x), work.output().dtype());
        formula.store(new Term(result, work.output().dtype()), Extent.ROW);
        return of(formula.build(), RowSpace.folding(array, reduce.axes()), 0, pipelines);
    }

    /** The kernel of a formula; {@code largest} is the array whose layout matters most. */
    static ProgramKernel of(Formula formula, RowSpace space, int largest, Pipelines pipelines) {
        return new ProgramKernel(formula.folds()
                ? rows(formula, space, kind(formula, space, largest), pipelines)
                : elements(formula, space, pipelines));
    }

    private static Dispatch elements(Formula formula, RowSpace space, Pipelines pipelines) {
        Text text = ElementText.write(formula, space);
        MtlPipeline pipeline = pipelines.of(ProgramText.prelude(formula) + text, "program");
        return Dispatch.each(pipeline, ProgramText.ranges(formula, space), formula.loads().size(),
                Dispatch.numbers(ProgramText.isWide(formula, space), text.numbers()),
                space.rowCount() * space.columnCount());
    }

    private static Dispatch rows(Formula formula, RowSpace space, Kind kind, Pipelines pipelines) {
        long columns = space.columnCount();
        Text text = RowText.write(formula, space, kind);
        MtlPipeline pipeline = pipelines.of(ProgramText.prelude(formula) + text, "program");
        long threads = switch (kind) {
            case Kind.OneThread one -> 1;
            case Kind.Kept(int each) -> whole(Math.ceilDiv(columns, each));
            case Kind.Again again -> whole(Math.clamp(Math.ceilDiv(columns, 4), 1, pipeline.mostThreads()));
        };
        if (threads > pipeline.mostThreads()) { // it needs too many registers
            text = RowText.write(formula, space, new Kind.Again());
            pipeline = pipelines.of(ProgramText.prelude(formula) + text, "program");
            threads = pipeline.mostThreads() / SIMD * SIMD;
        }
        List<Range> ranges = ProgramText.ranges(formula, space);
        var parameters = Dispatch.numbers(ProgramText.isWide(formula, space), text.numbers());
        return kind instanceof Kind.OneThread
                ? Dispatch.each(pipeline, ranges, formula.loads().size(), parameters, space.rowCount())
                : Dispatch.rows(pipeline, ranges, formula.loads().size(), parameters, space.rowCount(), threads);
    }

    private static Kind kind(Formula formula, RowSpace space, int largest) {
        long columns = space.columnCount();
        boolean many = space.rowCount() >= MANY_ROWS && columns <= SHORT_ROW;
        if ((many || space.isAcross(largest)) && space.rowCount() <= Dispatch.WIDEST) {
            return new Kind.OneThread();
        }
        int each = columns <= 256 ? 1 : columns <= 4 * MOST_THREADS ? 4 : 8;
        int kept = Passes.of(formula).kept().size();
        return kept > 0 && columns <= each * MOST_THREADS && kept * each <= MOST_KEPT
                ? new Kind.Kept(each)
                : new Kind.Again();
    }

    /** Whole simdgroups of threads. */
    private static long whole(long threads) {
        return Math.min(MOST_THREADS, Math.max(1, Math.ceilDiv(threads, SIMD)) * SIMD);
    }

    @Override
    public void encode(Batch batch, long[] addresses, Consumer<Throwable> failed) {
        batch.dispatch(dispatch, addresses);
    }
}
