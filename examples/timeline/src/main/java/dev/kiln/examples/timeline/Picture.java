package dev.kiln.examples.timeline;

import dev.kiln.streams.Stream;
import dev.kiln.streams.Trace;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Draws spans as SVG: a row for each stream, a colour for each kind, time from left to right. */
final class Picture {

    private static final int WIDTH = 1000;
    private static final int LEFT = 120;
    private static final int RIGHT = 24;
    private static final int TOP = 72;
    private static final int ROW = 52;
    private static final int BAR = 36;
    private static final double LETTER = 6.3;
    private static final int TICKS = 8;

    /**
     * Light and dark, with a ground of its own, since a page may be dark where the reader's system is not. Without
     * variables, which viewers outside of browsers do not know and draw in black.
     */
    private static final String STYLE = """
            <style>
              svg { color-scheme: light dark; }
              text { font: 12px ui-sans-serif, system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; fill: #1f2328; }
              .title { font-size: 15px; font-weight: 600; }
              .faint { fill: #59636e; }
              .bar { font-size: 11px; fill: #ffffff; text-anchor: middle; }
              .wait-label { font-size: 11px; fill: #59636e; text-anchor: middle; }
              .tick { text-anchor: middle; fill: #59636e; font-size: 11px; }
              .ground { fill: #ffffff; stroke: #d0d7de; }
              .grid { stroke: #e6eaef; }
              .kernel { fill: #2f6fd6; } .copy { fill: #1a8a6e; } .back_pressure { fill: #c2570c; }
              .wait { fill: #e9edf2; stroke: #d0d7de; stroke-dasharray: 3 2; }
              .arrow { fill: none; stroke: #59636e; stroke-width: 1.3; marker-end: url(#head); }
              .head { fill: #59636e; }
              @media (prefers-color-scheme: dark) {
                text { fill: #e6edf3; } .faint, .wait-label, .tick, .head { fill: #9198a1; } .bar { fill: #0b1220; }
                .ground { fill: #0d1117; stroke: #3d444d; } .grid { stroke: #21262d; } .arrow { stroke: #9198a1; }
                .kernel { fill: #4c8dff; } .copy { fill: #2fb38f; } .back_pressure { fill: #e8833a; }
                .wait { fill: #1c2128; stroke: #3d444d; }
              }
            </style>
            <defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
              <path class="head" d="M0 0.8 L8 4 L0 7.2 z"/></marker></defs>
            """;

    private final List<Trace.Span> spans;
    private final List<Stream> streams;
    private final long start;
    private final long length;
    private final StringBuilder svg = new StringBuilder();

    /** @throws java.util.NoSuchElementException if there is no span */
    Picture(List<Trace.Span> spans) {
        this.spans = spans;
        streams = spans.stream().map(Trace.Span::stream).distinct().sorted(Comparator.comparingLong(Stream::id))
                .toList();
        start = spans.getFirst().start();
        length = spans.stream().mapToLong(span -> span.end() - start).max().orElseThrow();
    }

    /** The whole document. */
    String svg(String title) {
        int bottom = TOP + streams.size() * ROW;
        int height = bottom + 36;
        add("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\">",
                WIDTH, height, WIDTH, height);
        svg.append(STYLE);
        add("<rect class=\"ground\" x=\"0.5\" y=\"0.5\" width=\"%d\" height=\"%d\" rx=\"8\"/>", WIDTH - 1, height - 1);
        add("<text class=\"title\" x=\"20\" y=\"30\">%s</text>", escaped(title));
        legend();
        axis(bottom);
        for (Stream stream : streams) {
            add("<text x=\"20\" y=\"%d\">%s</text>", row(stream) + BAR / 2 + 4, escaped(stream.toString()));
        }
        spans.forEach(this::bar);
        spans.stream().filter(span -> span.awaited() != null).forEach(this::arrow);
        add("</svg>");
        return svg.toString();
    }

    private void legend() {
        int x = WIDTH - RIGHT;
        List<Trace.Kind> kinds = spans.stream().map(Trace.Span::kind).distinct()
                .sorted(Comparator.reverseOrder()).toList();
        for (Trace.Kind kind : kinds) {
            String name = name(kind).replace('_', '-');
            x -= (int) (name.length() * LETTER) + 34;
            add("<rect class=\"%s\" x=\"%d\" y=\"20\" width=\"14\" height=\"12\" rx=\"2\"/>", name(kind), x);
            add("<text class=\"faint\" x=\"%d\" y=\"30\">%s</text>", x + 20, name);
        }
    }

    /** A line at every round number of milliseconds, about as many as fit. */
    private void axis(int bottom) {
        double millis = length / 1e6;
        double step = Math.pow(10, Math.floor(Math.log10(millis / TICKS)));
        double tick = List.of(1.0, 2.0, 5.0, 10.0).stream().map(times -> times * step)
                .filter(size -> millis / size <= TICKS).findFirst().orElseThrow();
        int digits = Math.max(0, (int) -Math.floor(Math.log10(tick) + 1e-9));
        for (int i = 0; i * tick <= millis; i++) {
            double x = x(start + Math.round(i * tick * 1e6));
            add("<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>", x, x, TOP - 14, bottom);
            add("<text class=\"tick\" x=\"%.1f\" y=\"%d\">%s ms</text>", x, bottom + 18,
                    String.format(Locale.ROOT, "%." + digits + "f", i * tick));
        }
    }

    private void bar(Trace.Span span) {
        double x = x(span.start());
        double width = Math.max(1, x(span.end()) - x - 0.8); // a gap, so that neighbours stay apart
        int y = row(span.stream());
        add("<g><title>%s%s, %.3f ms</title>", escaped(span.name()),
                span.detail().isEmpty() ? "" : " " + escaped(span.detail()), span.duration() / 1e6);
        add("<rect class=\"%s\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\"/>", name(span.kind()), x, y,
                width, BAR);
        if (span.name().length() * LETTER + 6 <= width) {
            add("<text class=\"%s\" x=\"%.1f\" y=\"%d\">%s</text>",
                    span.kind() == Trace.Kind.WAIT ? "wait-label" : "bar", x + width / 2, y + BAR / 2 + 4,
                    escaped(span.name()));
        }
        add("</g>");
    }

    /** From where the awaited stream was when the wait ended, to the wait's end. */
    private void arrow(Trace.Span wait) {
        Stream awaited = wait.awaited();
        if (awaited == null || !streams.contains(awaited)) {
            return;
        }
        boolean down = row(awaited) < row(wait.stream());
        double from = row(awaited) + (down ? BAR : 0);
        double to = row(wait.stream()) + (down ? 0 : BAR);
        double x = x(wait.end());
        add("<path class=\"arrow\" d=\"M%.1f %.1f L%.1f %.1f\"/>", x, from, x, to);
    }

    private double x(long nanos) {
        return LEFT + (double) (nanos - start) / length * (WIDTH - LEFT - RIGHT);
    }

    private int row(Stream stream) {
        return TOP + streams.indexOf(stream) * ROW;
    }

    private static String name(Trace.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private void add(String format, Object... args) {
        svg.append(String.format(Locale.ROOT, format, args)).append('\n');
    }
}
