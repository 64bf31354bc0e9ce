package dev.kiln.examples.timeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import dev.kiln.ops.Array;
import dev.kiln.ops.Ops;
import dev.kiln.ops.Random;
import dev.kiln.streams.Device;
import dev.kiln.streams.Stream;
import dev.kiln.streams.Trace;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

class TimelineTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... args) {
        return Timeline.run(new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8), args);
    }

    @Test
    void the_program_writes_both_files_into_a_new_folder_and_says_where(@TempDir Path folder) throws Exception {
        Path json = folder.resolve("new").resolve("some.json");
        Path svg = folder.resolve("new").resolve("some.svg");
        assertEquals(0, run("--tokens", "3", "--out", json.toString()), err::toString);
        assertTrue(Files.readString(json).contains("\"matmul\""));
        assertTrue(Files.readString(svg).startsWith("<svg "));
        List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
        assertTrue(lines.contains(json.toString()) && lines.contains(svg.toString()), lines::toString);
        assertEquals(1, lines.stream().filter(line -> line.contains(" 11 kernels,")).count(), lines::toString);
        assertEquals(1, lines.stream().filter(line -> line.contains("  4 kernels,")).count(), lines::toString);
    }

    @ParameterizedTest
    @CsvSource({"--tokens 0, '--tokens must be at least 1, but is 0'", "--tokens many, Invalid value for option",
        "--colour, Unknown option: '--colour'"})
    void a_wrong_option_gives_one_line(String args, String expected) {
        assertEquals(2, run(args.split(" ")));
        List<String> lines = err.toString(StandardCharsets.UTF_8).lines().toList();
        assertEquals(1, lines.size(), lines::toString);
        assertTrue(lines.getFirst().startsWith("timeline: ") && lines.getFirst().contains(expected), lines::toString);
    }

    @Test
    void a_place_that_cannot_be_written_gives_one_line(@TempDir Path folder) throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        assertEquals(1, run("--tokens", "1", "--out", file.resolve("timeline.json").toString()));
        List<String> lines = err.toString(StandardCharsets.UTF_8).lines().toList();
        assertEquals(1, lines.size(), lines::toString);
        assertTrue(lines.getFirst().startsWith("timeline: ") && lines.getFirst().contains(file.toString()),
                lines::toString);
    }

    @Test
    void a_block_on_two_streams_is_the_block_on_one_seed_3() {
        Block block = Block.random(Random.key(3));
        Array x = Random.normal(Shape.shape(1, 7, Block.HIDDEN), DType.FLOAT32, Random.key(4));
        Stream main = Stream.of(Device.CPU);
        Array two = block.apply(x, main, Stream.of(Device.CPU));
        assertTrue(Ops.arrayEqual(block.apply(x, main, main), two).itemBoolean());
    }

    @Test
    void a_picture_has_a_bar_for_each_span_inside_it_and_labels_only_where_they_fit() throws Exception {
        Stream a = Stream.of(Device.CPU);
        Stream b = Stream.of(Device.CPU);
        List<Trace.Span> spans = List.of(span(Trace.Kind.KERNEL, a, "neg<&>", null, 0, 500),
                span(Trace.Kind.WAIT, b, "wait for a", a, 10, 500),
                span(Trace.Kind.KERNEL, b, "narrow", null, 501, 502),
                span(Trace.Kind.BACK_PRESSURE, a, "9 queued", null, 600, 1000));
        String svg = new Picture(spans).svg("Two & two");
        Document document = DocumentBuilderFactory.newInstance().newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
        NodeList titles = document.getElementsByTagName("title");
        assertEquals(spans.size(), titles.getLength());
        assertEquals("neg<&>, 0.001 ms", titles.item(0).getTextContent());
        NodeList bars = document.getElementsByTagName("rect");
        for (int i = 0; i < bars.getLength(); i++) {
            var box = bars.item(i).getAttributes();
            double x = Double.parseDouble(box.getNamedItem("x").getNodeValue());
            assertTrue(x >= 0 && x + Double.parseDouble(box.getNamedItem("width").getNodeValue()) <= 1000);
        }
        assertTrue(svg.contains(">neg&lt;&amp;&gt;</text>"));
        assertTrue(svg.contains(">wait for a</text>"));
        assertFalse(svg.contains(">narrow</text>"));
        assertTrue(svg.contains(">back-pressure</text>"));
        assertEquals(2, document.getElementsByTagName("path").getLength()); // an arrow, and the head of all arrows
    }

    private static Trace.Span span(Trace.Kind kind, Stream stream, String name, Stream awaited, long start, long end) {
        return new Trace.Span(kind, stream, name, "", 0, awaited, "main", start, end);
    }
}
