package dev.kiln.examples.train;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** How training went: all losses so far. */
final class Curve {

    private static final int WIDTH = 1000;
    private static final int HEIGHT = 600;
    private static final int POINTS = 400;
    private static final int TICK_PIXELS = 100;

    /**
     * A loss after some steps.
     *
     * @param bits per byte
     */
    record Point(int step, double bits) {}

    private final List<Point> train = new ArrayList<>();
    private final List<Point> heldOut = new ArrayList<>();

    void train(int step, double bits) {
        train.add(new Point(step, bits));
    }

    void heldOut(int step, double bits) {
        heldOut.add(new Point(step, bits));
    }

    List<Point> train() {
        return List.copyOf(train);
    }

    /** The last loss on held-out text. */
    Optional<Point> lastHeldOut() {
        return heldOut.isEmpty() ? Optional.empty() : Optional.of(heldOut.getLast());
    }

    /** A line for each loss; {@link #parse} reads them. */
    String toCsv() {
        StringBuilder csv = new StringBuilder("what,step,bits_per_byte\n");
        train.forEach(point -> csv.append("train,").append(point.step()).append(',').append(point.bits()).append('\n'));
        heldOut.forEach(
                point -> csv.append("held_out,").append(point.step()).append(',').append(point.bits()).append('\n'));
        return csv.toString();
    }

    static Curve parse(String csv) {
        Curve curve = new Curve();
        csv.lines().skip(1).map(line -> line.split(",")).forEach(parts -> {
            Point point = new Point(Integer.parseInt(parts[1]), Double.parseDouble(parts[2]));
            (parts[0].equals("train") ? curve.train : curve.heldOut).add(point);
        });
        return curve;
    }

    /**
     * Draws the losses.
     *
     * @param others losses of other models on the same held-out text, by their names: lines across the chart
     */
    void draw(Path file, Map<String, Double> others) {
        XYChart chart = new XYChartBuilder().width(WIDTH).height(HEIGHT).title("Learning").xAxisTitle("steps")
                .yAxisTitle("bits per byte").build();
        chart.getStyler().setDefaultSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Line);
        chart.getStyler().setPlotGridLinesColor(Color.LIGHT_GRAY).setChartBackgroundColor(Color.WHITE);
        add(chart, "training text", thinned());
        if (!heldOut.isEmpty()) {
            add(chart, "held-out text", heldOut);
        }
        int last = train.isEmpty() ? 1 : train.getLast().step();
        // between given ends ticks are round numbers, if not all points are evenly spaced: that is what the lines across are for
        chart.getStyler().setXAxisMin(0.0).setXAxisMax((double) last).setXAxisTickMarkSpacingHint(TICK_PIXELS);
        others.forEach((name, bits) -> chart
                .addSeries(name, new double[] {0, last / Math.E, last}, new double[] {bits, bits, bits})
                .setMarker(SeriesMarkers.NONE));
        try {
            ImageIO.write(BitmapEncoder.getBufferedImage(chart), "png", file.toFile());
        } catch (IOException failed) {
            throw new BadInput("Cannot write " + file, failed);
        }
    }

    /** Means of neighbours. */
    private List<Point> thinned() {
        int run = Math.max(1, train.size() / POINTS);
        List<Point> means = new ArrayList<>();
        for (int i = 0; i + run <= train.size(); i += run) {
            List<Point> points = train.subList(i, i + run);
            means.add(new Point(points.getLast().step(),
                    points.stream().mapToDouble(Point::bits).average().orElseThrow()));
        }
        return means;
    }

    private static void add(XYChart chart, String name, List<Point> points) {
        if (!points.isEmpty()) {
            chart.addSeries(name, points.stream().mapToDouble(Point::step).toArray(),
                    points.stream().mapToDouble(Point::bits).toArray()).setMarker(SeriesMarkers.NONE);
        }
    }
}
