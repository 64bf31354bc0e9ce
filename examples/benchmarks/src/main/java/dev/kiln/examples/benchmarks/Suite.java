package dev.kiln.examples.benchmarks;

import dev.kiln.examples.benchmarks.Row.Bar;
import dev.kiln.examples.benchmarks.Row.Work;
import dev.kiln.graph.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The rows of the table: the bars of the project's issue on speed. */
final class Suite {

    private static final int COLUMNS = KilnBenchmark.COLUMNS;
    private static final boolean PEERS = Suite.class.getResource("OpenBlasBenchmark.class") != null;

    private static final Bar UNASKED = new Bar.Untold("no bar");

    private final List<Row> rows = new ArrayList<>();

    private Suite() {}

    /** All rows, those of peers only if the class path has them. */
    static List<Row> rows() {
        Suite suite = new Suite();
        suite.norms();
        suite.aroundNorms();
        suite.elementwise();
        suite.across();
        suite.graphs();
        suite.products();
        suite.llamas();
        suite.memory();
        if (PEERS) {
            suite.peers();
        }
        return List.copyOf(suite.rows);
    }

    private void norms() {
        for (DType dtype : new DType[] {DType.FLOAT32, DType.BFLOAT16, DType.FLOAT16}) {
            for (int n : new int[] {1, 64, 512, 4096}) {
                Run norm = Run.of("RmsNormBenchmark", "norm", "rows", n, "dtype", dtype.name());
                String name = "rms norm " + dtype.name().toLowerCase(Locale.ROOT) + " " + size(n);
                Work work = Work.bytes(2.0 * n * COLUMNS * dtype.size());
                add(name, norm, work, norm.beside("copy"), normBar(n, dtype));
                if (n > 1 && dtype == DType.FLOAT32) {
                    add(name + ", 1 thread", norm.alone(), work, norm.beside("copy").alone(), new Bar.Speed(0.7));
                    add(name + ", dropped", norm.beside("normDropped"), work, norm.beside("copy"),
                            new Bar.Untold("the same without a scope"));
                    add(name + ", by hand", norm.beside("normByHand"), work, norm.beside("copy"), normBar(n, dtype));
                }
            }
        }
    }

    private static Bar normBar(int rows, DType dtype) {
        if (dtype != DType.FLOAT32) {
            return rows == 4096 ? new Bar.Speed(0.65) : new Bar.Untold("asked of 4096 rows");
        }
        return switch (rows) {
            case 1 -> new Bar.Nanos(1500);
            case 4096 -> new Bar.Speed(0.85);
            default -> new Bar.Speed(0.75);
        };
    }

    private void aroundNorms() {
        for (int n : new int[] {64, 512, 4096}) {
            double elements = (double) n * COLUMNS;
            Run block = Run.of("NormBlockBenchmark", "block", "rows", n);
            add("residual + norm + scale + cast " + size(n), block, Work.bytes(elements * (4 + 4 + 2)),
                    block.beside("readWrite"), new Bar.Speed(0.75));
            Run byX = Run.of("NormGradientBenchmark", "byX", "rows", n);
            add("norm gradient by x " + size(n), byX, Work.bytes(elements * 12), byX.beside("forward"),
                    new Bar.Time(2.5));
            add("norm gradient by x and weight " + size(n), byX.beside("byXAndWeight"), Work.bytes(elements * 12),
                    byX.beside("forward"), new Bar.Time(2.5));
        }
    }

    private void elementwise() {
        for (int n : new int[] {64, 4096}) {
            double bytes = 4.0 * n * COLUMNS;
            Run silu = Run.of("ElementwiseBenchmark", "siluMultiply", "rows", n);
            add("silu(a)*b " + size(n), silu, Work.bytes(3 * bytes), silu.beside("readWrite"), new Bar.Speed(0.8));
            for (String method : new String[] {"gelu", "softmax", "layerNorm", "chainOf8"}) {
                add(words(method) + " " + size(n), silu.beside(method), Work.bytes(2 * bytes), silu.beside("copy"),
                        new Bar.Speed(0.8));
            }
        }
    }

    private void across() {
        double bytes = 4.0 * COLUMNS * COLUMNS;
        Run transpose = Run.of("AcrossBenchmark", "transpose");
        add("transpose " + size(COLUMNS), transpose, Work.bytes(2 * bytes), transpose.beside("copy"), UNASKED);
        add("a.T + b " + size(COLUMNS), transpose.beside("addTransposed"), Work.bytes(3 * bytes),
                transpose.beside("copy"), UNASKED);
        add("softmax over axis 0 " + size(COLUMNS), transpose.beside("softmaxAcross"), Work.bytes(2 * bytes),
                transpose.beside("copy"), UNASKED);
        for (String method : new String[] {"sumAcross", "argmaxAcross", "sumOfSquares"}) {
            String name = method.replace("Across", " over axis 0").replace("OfSquares", " of squares");
            add(name + " " + size(COLUMNS), transpose.beside(method), Work.bytes(bytes), transpose.beside("read"),
                    UNASKED);
        }
    }

    private void graphs() {
        add("eval of one scalar add", Run.of("GraphBenchmark", "scalarAdd"), Work.NONE, null, new Bar.Nanos(1000));
        add("node of an unfusable chain, build + eval", Run.of("GraphBenchmark", "unfusedChain"), Work.NONE, null,
                new Bar.Nanos(250));
        add("node of a fused chain, build + eval", Run.of("GraphBenchmark", "fusedChain"), Work.NONE, null,
                new Bar.Nanos(250));
        Run fresh = Run.of("FreshGraphBenchmark", "first");
        add("first eval of a new graph, 4 Mi elements", fresh, Work.NONE, fresh.beside("steady"), new Bar.Time(2));
        add("eval of one scalar add, in a scope", Run.of("GraphBenchmark", "scalarAddInScope"), Work.NONE, null,
                new Bar.Nanos(1000));
        add("node, build alone", Run.of("GraphBenchmark", "build"), Work.NONE, null, new Bar.Untold("for comparison"));
    }

    private void products() {
        for (String side : new String[] {"512", "1024", "2048"}) {
            Run product = Run.of("MatmulBenchmark", "product", "shape", side + "x" + side + "x" + side);
            product("matmul " + side, product, 0.85);
            product("matmul " + side + ", 1 thread", product.alone(), 0.85);
            product("matmul " + side + ", transposed operand", product.beside("transposed"), 0.8);
        }
        for (String shape : new String[] {"511x1023x769", "65x4097x33", "1x4096x4096", "256*64x64x64",
            "64*128x128x128"}) {
            Run product = Run.of("MatmulBenchmark", "product", "shape", shape);
            String name = "matmul " + shape.replace("*", " × ").replaceFirst("x(\\d+)x", "×$1·$1×");
            product(name, product, 0.8);
            product(name + ", 1 thread", product.alone(), 0.8);
            product(name + ", transposed operand", product.beside("transposed"), 0.8);
        }
        for (DType dtype : new DType[] {DType.BFLOAT16, DType.FLOAT16}) {
            for (int n : new int[] {1, 4, 8}) {
                Run product = Run.of("MatvecBenchmark", "product", "dtype", dtype.name(), "rows", n);
                String name = "matrix-vector " + dtype.name().toLowerCase(Locale.ROOT) + " " + n + "×4096·4096×11008";
                readOnce(name, product, n);
                readOnce(name + ", 1 thread", product.alone(), n);
                readOnce(name + ", transposed weights", product.beside("transposed"), n);
                readOnce(name + ", transposed weights, 1 thread", product.beside("transposed").alone(), n);
            }
        }
    }

    /** Beside OpenBLAS where it is there. */
    private void product(String name, Run product, double ofOpenBlas) {
        Run peer = new Run("OpenBlasBenchmark", product.method(), product.params(), product.threads());
        add(name, product, Work.flops(Factors.flops(product.params().getOrDefault("shape", ""))), PEERS ? peer : null,
                PEERS ? new Bar.Speed(ofOpenBlas) : new Bar.Untold(ofOpenBlas + " of OpenBLAS: -Ppeers"));
    }

    private void readOnce(String name, Run product, int rows) {
        add(name, product, Work.bytes(2.0 * COLUMNS * MatvecBenchmark.OUT), product.beside("read"),
                rows == 1 ? new Bar.Speed(0.8) : new Bar.Untold("as one row, as near as may be"));
    }

    private void llamas() {
        add("token of a Llama of 260 thousand parameters", Run.of("StoriesBenchmark", "token"), Work.NONE, null,
                new Bar.Nanos(1e9 / 6000));
        Run token = Run.of("LlamaBenchmark", "token");
        add("token of a Llama of 1.1 billion parameters, bfloat16", token, Work.bytes(2.0 * LlamaBenchmark.PARAMETERS),
                token.beside("read"), new Bar.Speed(0.8));
        add("its prompt of " + LlamaBenchmark.PROMPT + " tokens", token.beside("prompt"),
                Work.flops(2.0 * LlamaBenchmark.PARAMETERS * LlamaBenchmark.PROMPT), token.beside("products"),
                new Bar.Speed(0.6));
    }

    private void memory() {
        Run scoped = Run.of("TemporariesBenchmark", "inScopes");
        Work work = Work.bytes(4.0 * TemporariesBenchmark.BLOCK);
        Bar bar = new Bar.Blocks(6, TemporariesBenchmark.BLOCK);
        add("step of 64 MiB temporaries, in scopes", scoped, work, null, bar);
        add("step of 64 MiB temporaries, dropped", scoped.beside("dropped"), work, null, bar);
    }

    private void peers() {
        for (int n : new int[] {1, 64, 512, 4096}) {
            Run norm = Run.of("RmsNormBenchmark", "norm", "rows", n, "dtype", DType.FLOAT32.name());
            String name = "rms norm float32 " + size(n) + " against ";
            Work work = Work.bytes(8.0 * n * COLUMNS);
            add(name + "ONNX Runtime", norm, work, Run.of("OnnxNormBenchmark", "norm", "rows", n), new Bar.Speed(2));
            add(name + "PyTorch", norm, work, Run.of("TorchBenchmark", "norm", "rows", n), new Bar.Speed(2));
        }
        for (int n : new int[] {64, 4096}) {
            for (String method : new String[] {"siluMultiply", "gelu", "softmax", "layerNorm", "chainOf8"}) {
                Run run = Run.of("ElementwiseBenchmark", method, "rows", n);
                String name = words(method) + " " + size(n) + " against PyTorch";
                Work work = Work.bytes((method.startsWith("silu") ? 12.0 : 8.0) * n * COLUMNS);
                add(name + ", composed", run, work, Run.of("TorchComposedBenchmark", method, "rows", n),
                        new Bar.Speed(3));
                if (!method.startsWith("chain")) {
                    add(name, run, work, Run.of("TorchBenchmark", method, "rows", n),
                            new Bar.Untold("asked of composed operations"));
                }
            }
        }
        for (String method : new String[] {"transpose", "addTransposed", "softmaxAcross", "sumAcross", "argmaxAcross",
            "sumOfSquares"}) {
            add(words(method) + " " + size(COLUMNS) + " against PyTorch", Run.of("AcrossBenchmark", method),
                    Work.NONE, Run.of("TorchAcrossBenchmark", method), UNASKED);
        }
    }

    private static String words(String method) {
        return method.replaceAll("([A-Z0-9])", " $1").toLowerCase(Locale.ROOT);
    }

    private void add(String name, Run run, Work work, @Nullable Run yardstick, Bar bar) {
        rows.add(new Row(name, run, work, yardstick, bar));
    }

    private static String size(int rows) {
        return rows + "×" + COLUMNS;
    }
}
