package dev.kiln.ops;

import dev.kiln.graph.Evaluator;
import dev.kiln.graph.Explanation;
import dev.kiln.graph.Schedule.Place;
import dev.kiln.graph.Schedule.Step;
import dev.kiln.graph.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The kernels that evaluating some arrays would run: what was fused into each, what it reads and writes, on which stream, and
 * why it does not hold more. Nothing is computed.
 */
public final class Explain {

    /** Kernels that differ in nothing but the arrays they use, one behind the other. */
    private record Repeated(Step.Launch launch, int times) {}

    private final Optional<Explanation> explanation;

    private Explain(Optional<Explanation> explanation) {
        this.explanation = explanation;
    }

    /** Explains the evaluation of {@code arrays} together. */
    public static Explain of(Array... arrays) {
        return new Explain(Evaluator.explain(Ops.nodes("Explain.of", arrays)));
    }

    /** How many kernels would run; 0 if all is evaluated. */
    public int kernels() {
        return launches().size();
    }

    /** For each kernel, in order, the operations in it by MLX's names. */
    public List<List<String>> fused() {
        return launches().stream().map(Step.Launch::members).toList();
    }

    /** Bytes that the kernels read and write, counting each array of a kernel once. */
    public long bytes() {
        return launches().stream().mapToLong(Step.Launch::bytes).sum();
    }

    private List<Step.Launch> launches() {
        return explanation.map(known -> known.schedule().launches()).orElse(List.of());
    }

    /** A paragraph a kernel. Runs of equal kernels are shown once, with their number. */
    @Override
    public String toString() {
        if (explanation.isEmpty()) {
            return "Nothing to run: all is evaluated.";
        }
        List<Step.Launch> launches = launches();
        if (launches.isEmpty()) {
            return "Nothing to run: the results are views of evaluated arrays.";
        }
        int operations = launches.stream().mapToInt(launch -> launch.members().size()).sum();
        StringBuilder text = new StringBuilder(count(launches.size(), "kernel")).append(" for ")
                .append(count(operations, "operation")).append(", ").append(size(bytes())).append(" read and written");
        int number = 1;
        for (Repeated repeated : repeated(launches)) {
            paragraph(text, number, repeated);
            number += repeated.times;
        }
        return text.toString();
    }

    private void paragraph(StringBuilder text, int number, Repeated repeated) {
        Step.Launch launch = repeated.launch;
        String last = repeated.times == 1 ? "" : "–" + (number + repeated.times - 1);
        text.append("\n\n").append(number).append(last).append(". ").append(String.join(" + ", names(launch)))
                .append(repeated.times == 1 ? "" : ", " + repeated.times + " times");
        text.append("\n   reads  ").append(specs(launch.reads()));
        text.append("\n   writes ").append(specs(launch.writes()));
        text.append("\n   ").append(size(launch.bytes())).append(" on ")
                .append(explanation.map(known -> known.streams().get(launch.stream()).toString()).orElse(""));
        launch.stops().stream().distinct().forEach(stop -> text.append("\n   not fused with ").append(stop));
    }

    /**
     * The kernels and the arrays between them as a graph in Graphviz's language: {@code dot -Tsvg} draws it. Boxes are
     * kernels, ellipses arrays that were there before.
     */
    public String toDot() {
        StringBuilder dot = new StringBuilder("digraph kiln {\n  node [fontname=\"sans-serif\"];\n");
        Map<Integer, String> makers = new LinkedHashMap<>();
        List<Step.Launch> launches = launches();
        for (int i = 0; i < launches.size(); i++) {
            Step.Launch launch = launches.get(i);
            String kernel = "k" + i;
            dot.append("  ").append(kernel).append(" [shape=box, label=\"")
                    .append(String.join("\\n", names(launch))).append(streamOf(launch)).append("\"];\n");
            for (Place read : launch.reads()) {
                String from = makers.computeIfAbsent(read.slot(), slot -> given(dot, slot, read));
                dot.append("  ").append(from).append(" -> ").append(kernel).append(" [label=\"").append(spec(read))
                        .append("\"];\n");
            }
            launch.writes().forEach(write -> makers.put(write.slot(), kernel));
        }
        List<Place> outputs = explanation.map(known -> known.schedule().outputs()).orElse(List.of());
        for (int i = 0; i < outputs.size(); i++) {
            Place output = outputs.get(i);
            String from = makers.computeIfAbsent(output.slot(), slot -> given(dot, slot, output));
            dot.append("  out").append(i).append(" [shape=ellipse, style=bold, label=\"").append(output.spec())
                    .append("\"];\n  ").append(from).append(" -> out").append(i).append(";\n");
        }
        return dot.append("}\n").toString();
    }

    private static String given(StringBuilder dot, int slot, Place place) {
        String name = "in" + slot;
        dot.append("  ").append(name).append(" [shape=ellipse, label=\"").append(spec(place)).append("\"];\n");
        return name;
    }

    /** The operations, those of a run told once with their number. */
    private static List<String> names(Step.Launch launch) {
        List<String> names = new ArrayList<>();
        List<String> members = launch.members();
        for (int begin = 0, end = 0; begin < members.size(); begin = end) {
            while (end < members.size() && members.get(end).equals(members.get(begin))) {
                end++;
            }
            names.add(end - begin == 1 ? members.get(begin) : members.get(begin) + " ×" + (end - begin));
        }
        return names;
    }

    /** The stream as a line of a label, if there are several. */
    private String streamOf(Step.Launch launch) {
        return explanation.map(Explanation::streams).filter(streams -> streams.size() > 1)
                .map(streams -> "\\n" + streams.get(launch.stream())).orElse("");
    }

    private static List<Repeated> repeated(List<Step.Launch> launches) {
        List<Repeated> runs = new ArrayList<>();
        for (Step.Launch launch : launches) {
            if (!runs.isEmpty() && alike(runs.getLast().launch, launch)) {
                runs.add(new Repeated(launch, runs.removeLast().times + 1));
            } else {
                runs.add(new Repeated(launch, 1));
            }
        }
        return runs;
    }

    private static boolean alike(Step.Launch a, Step.Launch b) {
        return a.stream() == b.stream() && a.members().equals(b.members()) && a.stops().equals(b.stops())
                && specs(a.reads()).equals(specs(b.reads())) && specs(a.writes()).equals(specs(b.writes()));
    }

    private static String specs(List<Place> places) {
        return places.isEmpty()
                ? "nothing"
                : places.stream().map(Explain::spec).collect(Collectors.joining(", "));
    }

    /** What is read, without the axes along which it is repeated. */
    private static String spec(Place place) {
        Shape shape = place.spec().shape();
        int repeated = 0;
        while (repeated < shape.rank() && place.layout().stride(repeated) == 0 && shape.dim(repeated) > 1) {
            repeated++;
        }
        long[] dims = Arrays.copyOfRange(shape.toArray(), repeated, shape.rank());
        for (int i = 0; i < dims.length; i++) {
            dims[i] = place.layout().stride(repeated + i) == 0 ? Math.min(1, dims[i]) : dims[i];
        }
        boolean scalar = Arrays.stream(dims).allMatch(dim -> dim == 1);
        return place.spec().dtype() + (scalar ? " scalar" : Shape.shape(dims).toString());
    }

    private static String count(int number, String thing) {
        return number + " " + thing + (number == 1 ? "" : "s");
    }

    private static String size(long bytes) {
        if (bytes < 10_000) {
            return count((int) bytes, "byte");
        }
        return bytes < 10_000_000
                ? String.format(Locale.ROOT, "%.1f kB", bytes / 1e3)
                : String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }
}
