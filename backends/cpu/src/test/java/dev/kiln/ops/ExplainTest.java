package dev.kiln.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kiln.graph.Shape;
import dev.kiln.streams.Device;
import dev.kiln.streams.Stream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExplainTest {

    private static final Stream FIRST = Stream.of(Device.CPU);
    private static final Stream SECOND = Stream.of(Device.CPU);

    private static Array array(long... dims) {
        Shape shape = Shape.shape(dims);
        return Array.copyOf(new float[(int) shape.size()], shape);
    }

    /** A norm, a projection of it by a matrix that another stream makes, and a gate. */
    private static Array block() {
        return FIRST.call(() -> {
            Array x = array(8, 16);
            Array h = Fast.rmsNorm(x.add(x.multiply(2)), array(16), 1e-5);
            Array gate = h.matmul(array(16, 4).multiply(3, SECOND));
            return gate.multiply(gate.sigmoid());
        });
    }

    @Test
    void every_kernel_is_told_with_what_it_moves_where_and_why_it_does_not_hold_more() {
        String explained = """
                4 kernels for 7 operations, 2760 bytes read and written

                1. multiply + add + rms_norm
                   reads  float32(8,16), float32 scalar, float32(16)
                   writes float32(8,16)
                   1092 bytes on %1$s

                2. multiply
                   reads  float32(16,4), float32 scalar
                   writes float32(16,4)
                   516 bytes on %2$s

                3. matmul
                   reads  float32(8,16), float32(16,4)
                   writes float32(8,4)
                   896 bytes on %1$s
                   not fused with rms_norm float32(8,16): matmul has a kernel of its own
                   not fused with multiply float32(16,4): matmul has a kernel of its own

                4. sigmoid + multiply
                   reads  float32(8,4)
                   writes float32(8,4)
                   256 bytes on %1$s
                   not fused with matmul float32(8,4): matmul has a kernel of its own""".formatted(FIRST, SECOND);
        assertEquals(explained, Explain.of(block()).toString());
    }

    @Test
    void numbers_of_the_explanation_can_be_asked_for() {
        Explain explain = Explain.of(block());
        assertEquals(4, explain.kernels());
        assertEquals(List.of("sigmoid", "multiply"), explain.fused().get(3));
        assertEquals(1092 + 516 + 896 + 256, explain.bytes());
    }

    @Test
    void nothing_is_computed() {
        Array block = block();
        Explain.of(block);
        assertFalse(block.isEvaluated());
    }

    @Test
    void what_is_evaluated_needs_no_kernel() {
        Explain explain = Explain.of(array(3), block().eval());
        assertEquals("Nothing to run: all is evaluated.", explain.toString());
        assertEquals(0, explain.kernels());
        assertTrue(Dot.parse(explain.toDot()).edges.isEmpty());
    }

    @Test
    void a_view_of_an_evaluated_array_needs_no_kernel() {
        assertEquals("Nothing to run: the results are views of evaluated arrays.",
                Explain.of(Ops.transpose(array(3, 4))).toString());
    }

    @Test
    void a_copy_is_told_with_the_view_that_needs_it() {
        Array copied = Ops.reshape(Ops.transpose(array(3, 4)), 12).negative();
        String text = Explain.of(copied).toString();
        assertTrue(text.contains("1. copy\n"), text);
        assertTrue(text.contains("not fused with reshape to (12): its input must be contiguous"), text);
    }

    @Test
    void equal_kernels_of_a_chain_deeper_than_any_stack_are_told_once() {
        Array x = array(8);
        Array sum = x;
        for (int i = 0; i < 64 * 2000; i++) {
            sum = sum.add(x);
        }
        Explain explain = Explain.of(sum);
        assertEquals(2000, explain.kernels());
        String text = explain.toString();
        assertTrue(text.startsWith("2000 kernels for 128000 operations"), text);
        assertTrue(text.contains("2–2000. add ×64, 1999 times"), text);
        assertTrue(text.contains("the kernel is full"), text);
        assertTrue(text.lines().count() < 15, text);
        assertEquals(1999, Dot.parse(explain.toDot()).edges.stream()
                .filter(edge -> edge.from.startsWith("k") && edge.to.startsWith("k")).distinct().count());
    }

    @Test
    void the_graph_has_a_box_for_each_kernel_and_an_edge_for_each_array_it_reads() {
        Dot dot = Dot.parse(Explain.of(block()).toDot());
        assertEquals(Set.of("k0", "k1", "k2", "k3", "in0", "in1", "in2", "in4", "in5", "out0"), dot.nodes);
        assertTrue(dot.edges.containsAll(List.of(new Edge("k0", "k2"), new Edge("k1", "k2"), new Edge("k2", "k3"),
                new Edge("k3", "out0"))), dot.edges::toString);
    }

    @Test
    void graphviz_reads_the_graph(@TempDir Path folder) throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/dot")), "Graphviz is not installed");
        Path file = folder.resolve("graph.dot");
        Files.writeString(file, Explain.of(block()).toDot());
        Process dot = new ProcessBuilder("/usr/bin/dot", "-Tplain", file.toString()).redirectErrorStream(true).start();
        String plain = new String(dot.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, dot.waitFor(), plain);
        assertEquals(10, plain.lines().filter(line -> line.startsWith("node ")).count(), plain);
    }

    private record Edge(String from, String to) {}

    /** The statements of a graph in the part of Graphviz's language that {@link Explain} writes; refuses all else. */
    private record Dot(Set<String> nodes, List<Edge> edges) {

        private static final String ATTRIBUTES = "(?: \\[\\w+=(?:\\w+|\"[^\"]*\")(?:, \\w+=(?:\\w+|\"[^\"]*\"))*])?;";
        private static final Pattern NODE = Pattern.compile("  (\\w+)" + ATTRIBUTES);
        private static final Pattern EDGE = Pattern.compile("  (\\w+) -> (\\w+)" + ATTRIBUTES);

        static Dot parse(String text) {
            Dot dot = new Dot(new HashSet<>(), new ArrayList<>());
            List<String> lines = text.lines().toList();
            assertEquals("digraph kiln {", lines.getFirst());
            assertEquals("}", lines.getLast());
            lines.subList(1, lines.size() - 1).forEach(dot::statement);
            dot.nodes.remove("node");
            return dot;
        }

        private void statement(String line) {
            Matcher edge = EDGE.matcher(line);
            Matcher node = NODE.matcher(line);
            if (edge.matches()) {
                edges.add(new Edge(edge.group(1), edge.group(2)));
                assertTrue(nodes.containsAll(List.of(edge.group(1), edge.group(2))), "declared later: " + line);
            } else {
                assertTrue(node.matches(), line);
                nodes.add(node.group(1));
            }
        }
    }
}
