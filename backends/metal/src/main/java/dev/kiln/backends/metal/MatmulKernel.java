package dev.kiln.backends.metal;

import dev.kiln.backends.metal.Formula.Term;
import dev.kiln.backends.metal.MtlCommands.Extent3;
import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Spec;
import dev.kiln.graph.Work;
import dev.kiln.graph.Work.Extent;
import dev.kiln.ops.Matmul;
import java.util.Arrays;
import java.util.List;

/**
 * Products of matrices. Large ones are computed by tiles; where the left one has few rows, or the right one few columns, each
 * element is the fold of a row of products.
 */
final class MatmulKernel {

    private static final int TILE = 64;
    private static final int THREADS = 256;
    /** Tiles that are filled less than this are not worth it. */
    private static final long FEW = 8;

    private MatmulKernel() {}

    static boolean serves(Matmul matmul, List<Spec> inputs, Spec output) {
        return output.dtype().isFloating();
    }

    static MetalKernel of(Matmul matmul, Work.Single work, Pipelines pipelines) {
        Shape shape = work.output().shape();
        return shape.dim(-2) <= FEW || shape.dim(-1) <= FEW ? folded(work, pipelines) : tiled(work, pipelines);
    }

    /** For each element of the result a row of products that is added up. */
    private static MetalKernel folded(Work.Single work, Pipelines pipelines) {
        Work.Operand left = work.inputs().get(0);
        Work.Operand right = work.inputs().get(1);
        DType dtype = work.output().dtype();
        long[] rows = work.output().shape().toArray();
        long[] leftRows = left.layout().strides().toArray();
        long[] rightRows = right.layout().strides().toArray();
        long[] leftColumn = {leftRows[rows.length - 1]};
        long[] rightColumn = {rightRows[rows.length - 2]};
        leftRows[rows.length - 1] = 0;
        rightRows[rows.length - 2] = 0;
        boolean matrixIsRight = work.output().shape().dim(-2) <= work.output().shape().dim(-1);
        Formula.Builder formula = new Formula.Builder();
        Term a = formula.load(dtype, Extent.FULL);
        Term b = formula.load(dtype, Extent.FULL);
        int sum = formula.fold("Add", formula.each(Lane.FLOAT, "$0 * $1", a.value(), b.value()));
        formula.store(new Term(sum, dtype), Extent.ROW);
        RowSpace space = new RowSpace(rows, new long[] {left.spec().shape().dim(-1)}, List.of(leftRows, rightRows),
                List.of(leftColumn, rightColumn));
        return ProgramKernel.of(formula.build(), space, matrixIsRight ? 1 : 0, pipelines);
    }

    private static MetalKernel tiled(Work.Single work, Pipelines pipelines) {
        Work.Operand left = work.inputs().get(0);
        Work.Operand right = work.inputs().get(1);
        DType dtype = work.output().dtype();
        Shape shape = work.output().shape();
        int lead = shape.rank() - 2;
        long m = shape.dim(-2);
        long n = shape.dim(-1);
        long k = left.spec().shape().dim(-1);
        List<Range> arrays = List.of(range(left), range(right),
                new Range(0, work.output().bytes(), dtype.size()));
        boolean wide = arrays.stream().anyMatch(range -> (range.high() - range.low()) / dtype.size() > Dispatch.WIDEST);
        Walk batch = Walk.of(Arrays.copyOf(shape.toArray(), lead),
                List.of(Arrays.copyOf(left.layout().strides().toArray(), lead),
                        Arrays.copyOf(right.layout().strides().toArray(), lead)));
        Text text = new Text();
        String type = Lane.memory(dtype);
        text.line("kernel void program(").in().line("device const " + type + " *left [[buffer(0)]],")
                .line("device const " + type + " *right [[buffer(1)]],").line("device " + type + " *out [[buffer(2)]],")
                .line("constant at *p [[buffer(3)]],").line("uint3 group [[threadgroup_position_in_grid]],")
                .line("uint thread_number [[thread_index_in_threadgroup]]) {");
        text.line("threadgroup float left_tile[1024];").line("threadgroup float right_tile[1024];");
        text.line("Product size;");
        field(text, "m", m);
        field(text, "n", n);
        field(text, "k", k);
        field(text, "left_row", left.layout().stride(-2));
        field(text, "left_column", left.layout().stride(-1));
        field(text, "right_row", right.layout().stride(-2));
        field(text, "right_column", right.layout().stride(-1));
        text.line("const at batch = at(group.z);");
        List<String> places = batch.write(text, "batch", "b");
        text.line("multiply(left + (" + places.get(0) + "), right + (" + places.get(1)
                + "), out + batch * size.m * size.n, size, left_tile, right_tile, uint2(group.x, group.y), thread_number);")
                .out()
                .line("}");
        MtlPipeline pipeline = pipelines.of(Resources.text("values") + "typedef " + (wide ? "long" : "int") + " at;\n\n"
                + Resources.text("matmul") + text, "program");
        Dispatch dispatch = new Dispatch(pipeline, arrays, 2, Dispatch.numbers(wide, text.numbers()), true,
                new Extent3(Math.ceilDiv(n, TILE), Math.ceilDiv(m, TILE), batch.size()), new Extent3(THREADS, 1, 1));
        return (commands, addresses, failed) -> commands.dispatch(dispatch, addresses);
    }

    private static void field(Text text, String name, long value) {
        text.line("size." + name + " = " + text.parameter(value) + ";");
    }

    private static Range range(Work.Operand operand) {
        int size = operand.spec().dtype().size();
        return Range.of(operand.spec().shape(), operand.layout(), size, size);
    }
}
