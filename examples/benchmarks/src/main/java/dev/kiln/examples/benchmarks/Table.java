package dev.kiln.examples.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Prints figures beside the recorded ones and the bars. */
final class Table {

    private static final List<String> HEAD = List.of("benchmark", "time", "rate", "value", "recorded", "bar", "met");

    private Table() {}

    /** One line a row that was measured. */
    static String of(List<Row> rows, List<Figure> figures, @Nullable Recording recorded) {
        List<List<String>> lines = new ArrayList<>();
        lines.add(HEAD);
        for (Row row : rows) {
            for (Figure figure : figures) {
                if (figure.name().equals(row.name())) {
                    Figure before = recorded == null ? null : recorded.figure(row.name());
                    lines.add(line(row, figure, before));
                }
            }
        }
        return aligned(lines);
    }

    private static List<String> line(Row row, Figure figure, @Nullable Figure before) {
        Boolean met = row.met(figure.value());
        return List.of(row.name(), time(figure.nanos()),
                figure.rate() == 0
                        ? ""
                        : String.format(Locale.ROOT, "%.1f %s", figure.rate(), figure.unit()),
                value(row.bar(), figure.value()), value(row.bar(), before == null ? null : before.value()),
                bar(row.bar()), met == null ? "" : met ? "yes" : "no");
    }

    /** A time with the unit that suits it. */
    static String time(double nanos) {
        if (nanos < 1e3) {
            return String.format(Locale.ROOT, "%.0f ns", nanos);
        }
        return nanos < 1e6
                ? String.format(Locale.ROOT, "%.2f µs", nanos / 1e3)
                : String.format(Locale.ROOT, "%.2f ms", nanos / 1e6);
    }

    /** What a bar asks for, in words. */
    static String bar(Row.Bar bar) {
        return switch (bar) {
            case Row.Bar.Speed speed -> String.format(Locale.ROOT, "≥ %.2f", speed.atLeast());
            case Row.Bar.Time time -> String.format(Locale.ROOT, "≤ %.1f × the time", time.atMost());
            case Row.Bar.Nanos nanos -> "≤ " + time(nanos.atMost());
            case Row.Bar.Blocks blocks -> String.format(Locale.ROOT, "≤ %.0f blocks", blocks.atMost());
            case Row.Bar.Untold untold -> "(" + untold.why() + ")";
        };
    }

    private static String value(Row.Bar bar, @Nullable Double value) {
        if (value == null) {
            return "–";
        }
        return switch (bar) {
            case Row.Bar.Nanos nanos -> time(value);
            case Row.Bar.Blocks blocks -> String.format(Locale.ROOT, "%.1f blocks", value);
            case Row.Bar.Speed speed -> String.format(Locale.ROOT, "%.2f", value);
            case Row.Bar.Time time -> String.format(Locale.ROOT, "%.2f ×", value);
            case Row.Bar.Untold untold -> String.format(Locale.ROOT, "%.2f", value);
        };
    }

    private static String aligned(List<List<String>> lines) {
        int[] widths = new int[HEAD.size()];
        for (List<String> line : lines) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> line : lines) {
            StringBuilder out = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                String gap = " ".repeat(widths[i] - line.get(i).length());
                boolean number = i > 0 && i < 5;
                out.append(number ? gap + line.get(i) : line.get(i) + gap).append("  ");
            }
            text.append(out.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
