package dev.kiln.examples.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.examples.benchmarks.Row.Bar;
import dev.kiln.examples.benchmarks.Row.Measured;
import dev.kiln.examples.benchmarks.Row.Work;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is made of measured times: ratios, bars, recorded figures and the chart. */
class TableTest {

    private static final Run NORM = Run.of("RmsNormBenchmark", "norm", "rows", 64);
    private static final Row ROW = new Row("norm & co", NORM, Work.bytes(2000), NORM.beside("copy"),
            new Bar.Speed(0.75));

    private static Recording recording(Figure... figures) {
        return new Recording("2026-01-02", "abc", "A <fast> CPU", 2, 1 << 30, "25", "Linux", List.of(figures));
    }

    private static Figure figure(Row row, Map<Run, Measured> measured) {
        Figure figure = row.figure(measured);
        assertNotNull(figure);
        return figure;
    }

    @Test
    void theRatioIsThePartOfTheYardsticksSpeed() {
        Figure figure = figure(ROW, Map.of(NORM, new Measured(1000, 0), NORM.beside("copy"), new Measured(800, 0)));
        assertEquals(0.8, figure.value());
        assertEquals(2, figure.rate(), "2000 bytes in 1000 ns");
        assertEquals(true, ROW.met(figure.value()));
        assertEquals(false, ROW.met(0.74));
    }

    @Test
    void withoutItsYardstickARowHasATimeAndNoRatio() {
        Figure figure = figure(ROW, Map.of(NORM, new Measured(1000, 0)));
        assertEquals(1000, figure.nanos());
        assertNull(figure.value());
        assertNull(ROW.met(figure.value()));
    }

    @Test
    void aRowThatWasNotMeasuredHasNoFigure() {
        assertNull(ROW.figure(Map.of()));
        assertNull(ROW.figure(Map.of(NORM.alone(), new Measured(1, 0))), "one thread is another run");
    }

    @Test
    void barsOfTimesAndBlocksAskForLittle() {
        Row time = new Row("time", NORM, Work.NONE, NORM.beside("forward"), new Bar.Time(2.5));
        Figure gradient = figure(time,
                Map.of(NORM, new Measured(200, 0), NORM.beside("forward"), new Measured(100, 0)));
        assertEquals(2, gradient.value());
        assertEquals(true, time.met(2.5));
        assertEquals(false, time.met(2.6));
        Row nanos = new Row("nanos", NORM, Work.NONE, null, new Bar.Nanos(250));
        assertEquals(false, nanos.met(figure(nanos, Map.of(NORM, new Measured(251, 0))).value()));
        Row blocks = new Row("blocks", NORM, Work.NONE, null, new Bar.Blocks(6, 10));
        assertEquals(3, figure(blocks, Map.of(NORM, new Measured(1, 30))).value());
        assertEquals(true, blocks.met(3.0));
    }

    @Test
    void theTableShowsTheRecordedRatioOfTheSameNameOrADash() {
        Figure now = new Figure(ROW.name(), 1000, 2, "GB/s", 0.8);
        String with = Table.of(List.of(ROW), List.of(now), recording(new Figure(ROW.name(), 1, 1, "GB/s", 0.71)));
        assertTrue(
                with.lines().toList().get(1).matches("norm & co +1\\.00 µs +2\\.0 GB/s +0\\.80 +0\\.71 +≥ 0\\.75 +yes"),
                with);
        String other = Table.of(List.of(ROW), List.of(now), recording(new Figure("another", 1, 1, "GB/s", 0.71)));
        assertTrue(other.lines().toList().get(1).matches(".* 0\\.80 +– .*"), other);
        assertEquals(other, Table.of(List.of(ROW), List.of(now), null));
    }

    @Test
    void aRecordingIsReadAsItWasWritten(@TempDir Path folder) throws IOException {
        Recording written = recording(new Figure("a", 1.5, 2, "GB/s", 0.8), new Figure("b", 3, 0, "", null));
        Path file = folder.resolve("new").resolve("recorded.json");
        written.write(file);
        assertEquals(written, Recording.read(file));
    }

    @Test
    void figuresOfAnotherProcessorAreAcceptedBesideThoseThatReadmeTellsOf(@TempDir Path root) throws IOException {
        Recording measured = recording(new Figure("a", 1.5, 2, "GB/s", 0.8));
        Files.createDirectory(root.resolve(".github"));
        measured.accept(root, "<svg/>");
        Path figures = root.resolve("examples/benchmarks/src/main/resources/dev/kiln/examples/benchmarks");
        assertEquals(measured, Recording.read(figures.resolve("recorded-a-fast-cpu.json")));
        assertEquals("<svg/>", Files.readString(root.resolve(".github/benchmarks-a-fast-cpu.svg")));
        assertFalse(Files.exists(figures.resolve("recorded.json")));
    }

    @Test
    void figuresAreComparedWithThoseOfTheSameProcessorOrElseWithThoseThatReadmeTellsOf() throws IOException {
        Recording reference = Recording.accepted("a processor that nobody has measured");
        assertNotNull(reference);
        assertEquals(reference, Recording.accepted(reference.cpu()));
    }

    @Test
    void theChartHasABarForEachRatioThatIsKnown() {
        Row unknown = new Row("unknown", NORM, Work.NONE, NORM, new Bar.Speed(0.5));
        String svg = Chart.of(List.of(ROW, unknown), recording(new Figure(ROW.name(), 1, 1, "GB/s", 0.8),
                new Figure("unknown", 1, 1, "", null)));
        assertTrue(svg.contains(">norm &amp; co</text>") && svg.contains("A &lt;fast&gt; CPU"), svg);
        assertFalse(svg.contains("unknown"), svg);
    }

    @Test
    void theChartHasRoomForItsLongestName() {
        String name = "n".repeat(80);
        String svg = Chart.of(List.of(new Row(name, NORM, Work.NONE, NORM, new Bar.Speed(0.5))),
                recording(new Figure(name, 1, 1, "GB/s", 0.8)));
        Matcher end = Pattern.compile("class=\"name\" x=\"(\\d+)\"").matcher(svg);
        assertTrue(end.find() && Integer.parseInt(end.group(1)) >= 80 * 6, svg);
    }

    @Test
    void theChartNamesItsColoursWithoutVariablesThatOnlyBrowsersKnow() {
        assertFalse(Chart.of(List.of(), recording()).contains("var("));
    }

    @Test
    void everyRowOfTheSuiteHasANameOfItsOwnAndMethodsThatExist() throws ClassNotFoundException {
        Set<String> names = new HashSet<>();
        for (Row row : Suite.rows()) {
            assertTrue(names.add(row.name()), row.name());
            Run yardstick = row.yardstick();
            for (Run run : yardstick == null ? List.of(row.run()) : List.of(row.run(), yardstick)) {
                Class<?> type = Class.forName("dev.kiln.examples.benchmarks." + run.type());
                assertTrue(Arrays.stream(type.getMethods()).map(Method::getName).anyMatch(run.method()::equals),
                        run.toString());
                Set<String> fields = new HashSet<>(Stream.of(type.getFields()).map(field -> field.getName()).toList());
                assertEquals(fields, run.params().keySet(), run.toString());
            }
        }
    }
}
