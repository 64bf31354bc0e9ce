package dev.kiln.examples.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** Draws as SVG which part of its yardstick's speed each benchmark reaches, with the bars as marks. */
final class Chart {

    private static final int BARS = 530;
    private static final int RIGHT = 70;
    /** Room for a letter of a name, and for what is around the longest. */
    private static final double LETTER = 6.6;
    private static final int AROUND = 28;
    private static final int TOP = 78;
    private static final int STEP = 22;
    private static final int THICK = 14;
    private static final double LARGEST = 1.2;

    /**
     * Light and dark, with a ground of its own, since a page may be dark where the reader's system is not. Without
     * variables, which viewers outside of browsers do not know and draw in black.
     */
    private static final String STYLE = """
            <style>
              svg { color-scheme: light dark; }
              text { font: 12px ui-sans-serif, system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; fill: #1f2328; }
              .title { font-size: 15px; font-weight: 600; } .faint { fill: #59636e; } .name { text-anchor: end; }
              .tick { text-anchor: middle; fill: #59636e; font-size: 11px; }
              .ground { fill: #ffffff; stroke: #d0d7de; } .grid { stroke: #e6eaef; }
              .met { fill: #1a8a6e; } .missed { fill: #c2570c; } .plain { fill: #8c96a1; }
              .bar { stroke: #1f2328; stroke-width: 2.5; }
              @media (prefers-color-scheme: dark) {
                text { fill: #e6edf3; } .faint, .tick { fill: #9198a1; }
                .ground { fill: #0d1117; stroke: #3d444d; } .grid { stroke: #262c34; }
                .met { fill: #2fb38f; } .missed { fill: #e8833a; } .plain { fill: #6e7681; }
                .bar { stroke: #e6edf3; }
              }
            </style>
            """;

    private record Line(Row row, double value) {}

    private final StringBuilder svg = new StringBuilder();
    /** Where bars begin. */
    private final int left;

    private Chart(List<Line> lines) {
        int longest = lines.stream().mapToInt(line -> line.row().name().length()).max().orElse(0);
        left = AROUND + (int) (LETTER * longest);
    }

    /** The chart of those rows that are compared with a yardstick's speed and have a figure. */
    static String of(List<Row> rows, Recording recording) {
        List<Line> lines = rows.stream().filter(Chart::isShown).map(row -> {
            Figure figure = recording.figure(row.name());
            Double value = figure == null ? null : figure.value();
            return value == null ? null : new Line(row, value);
        }).filter(Objects::nonNull).toList();
        Chart chart = new Chart(lines);
        chart.draw(lines, recording);
        return chart.svg.toString();
    }

    /** Peers have a scale of their own, so the chart leaves them to the table. */
    private static boolean isShown(Row row) {
        return row.yardstick() != null && row.bar() instanceof Row.Bar.Speed speed && speed.atLeast() <= 1;
    }

    private void draw(List<Line> lines, Recording recording) {
        int bottom = TOP + lines.size() * STEP;
        int width = left + BARS + RIGHT;
        add("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\">%n", width,
                bottom + 34, width, bottom + 34);
        svg.append(STYLE);
        add("<rect class=\"ground\" x=\"0.5\" y=\"0.5\" width=\"%d\" height=\"%d\" rx=\"6\"/>%n", width - 1,
                bottom + 33);
        add("<text class=\"title\" x=\"20\" y=\"27\">Speed, as a part of a loop's that only reads and writes the same"
                + " bytes</text>%n");
        add("<text class=\"faint\" x=\"20\" y=\"46\">%s</text>%n", escaped(recording.cpu() + ", " + recording.cores()
                + " cores · " + recording.jdk() + " · " + recording.date() + " · " + recording.commit()));
        add("<rect class=\"met\" x=\"%d\" y=\"55\" width=\"12\" height=\"10\"/><text class=\"faint\" x=\"%d\" y=\"64\">"
                + "reaches its bar</text>%n", left, left + 18);
        add("<rect class=\"missed\" x=\"%d\" y=\"55\" width=\"12\" height=\"10\"/><text class=\"faint\" x=\"%d\" y=\"64\">"
                + "does not</text>%n", left + 130, left + 148);
        add("<line class=\"bar\" x1=\"%d\" x2=\"%d\" y1=\"53\" y2=\"67\"/><text class=\"faint\" x=\"%d\" y=\"64\">"
                + "the bar</text>%n", left + 226, left + 226, left + 234);
        for (int tenths = 0; tenths <= 12; tenths += 2) {
            double x = x(tenths / 10.0);
            add("<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>%n", x, x, TOP - 4, bottom);
            add("<text class=\"tick\" x=\"%.1f\" y=\"%d\">%.1f</text>%n", x, bottom + 17, tenths / 10.0);
        }
        int y = TOP;
        for (Line line : lines) {
            draw(line, y);
            y += STEP;
        }
        svg.append("</svg>\n");
    }

    private void draw(Line line, int y) {
        Boolean met = line.row().met(line.value());
        double middle = y + THICK / 2.0 + 4.5;
        add("<text class=\"name\" x=\"%d\" y=\"%.1f\">%s</text>%n", left - 8, middle, escaped(line.row().name()));
        double end = x(Math.min(line.value(), LARGEST));
        add("<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\"/>%n",
                met == null ? "plain" : met ? "met" : "missed", left, y, end - left, THICK);
        double label = end;
        if (line.row().bar() instanceof Row.Bar.Speed speed) {
            double at = x(speed.atLeast());
            add("<line class=\"bar\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>%n", at, at, y - 2, y + THICK + 2);
            if (at >= end - 2 && at < end + 36) {
                label = at;
            }
        }
        add("<text x=\"%.1f\" y=\"%.1f\">%.2f</text>%n", label + 7, middle, line.value());
    }

    private double x(double value) {
        return left + BARS * value / LARGEST;
    }

    private void add(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
