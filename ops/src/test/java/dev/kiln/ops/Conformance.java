package dev.kiln.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Cases measured with MLX or computed in float64, kept outside the repository in the folder that the system property
 * {@code kiln.shared} names. Where the folder is absent the test that asks is skipped, and says so.
 */
final class Conformance {

    private Conformance() {}

    /**
     * One case of a group.
     *
     * @param op MLX's name, such as {@code fast.rms_norm}
     * @param attributes all that the case says, with MLX's keyword names
     */
    record Case(String id, String op, Map<String, Json> attributes, Map<String, Array> inputs,
            Map<String, Array> outputs) {

        /** A number among the attributes. */
        double number(String attribute) {
            return switch (attributes.get(attribute)) {
                case Json.Int(long value) -> value;
                case Json.Real(double value) -> value;
                case null, default -> throw new IllegalArgumentException(this + " has no number " + attribute);
            };
        }

        /** Some text among the attributes, empty if it is missing or null. */
        Optional<String> text(String attribute) {
            return attributes.get(attribute) instanceof Json.Str(String value) ? Optional.of(value) : Optional.empty();
        }

        /** A list of whole numbers among the attributes. */
        long[] numbers(String attribute) {
            if (attributes.get(attribute) instanceof Json.Arr(List<Json> items)) {
                return items.stream().mapToLong(item -> ((Json.Int) item).value()).toArray();
            }
            throw new IllegalArgumentException(this + " has no list " + attribute);
        }

        Array input(String name) {
            return present(inputs, name);
        }

        Array output(String name) {
            return present(outputs, name);
        }

        private Array present(Map<String, Array> arrays, String name) {
            if (!arrays.containsKey(name)) {
                throw new IllegalArgumentException(this + " has no array " + name);
            }
            return arrays.get(name);
        }

        /** Compares with the output of that name, within the tolerances {@code rtol} and {@code atol} of the case. */
        void check(String output, Array actual) {
            check(output, actual, number("rtol"), number("atol"));
        }

        /** Compares with the output of that name: {@code |actual - expected| <= atol + rtol * |expected|}. */
        void check(String output, Array actual, double rtol, double atol) {
            assertClose(this + " " + output, output(output), actual, rtol, atol);
        }

        @Override
        public String toString() {
            return id + " " + op;
        }
    }

    /** The folder of the cases; skips the test if it is absent. */
    static Path folder() {
        Path folder = Path.of(System.getProperty("kiln.shared", "absent")).resolve("conformance");
        assumeTrue(Files.isDirectory(folder), "no conformance cases at " + folder);
        return folder;
    }

    /** A JSON file among the cases. */
    static Json json(String name) {
        try {
            return JsonReader.read(Files.readString(folder().resolve(name)), new Refusal("conformance", name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The cases of a group, such as {@code rms_norm}. */
    static List<Case> group(String name) {
        Map<String, Array> arrays = tensors(folder().resolve(name + ".safetensors"));
        return ((Json.Arr) json(name + ".json")).items().stream().map(item -> read(((Json.Obj) item).members(), arrays))
                .toList();
    }

    private static Case read(Map<String, Json> attributes, Map<String, Array> arrays) {
        String id = ((Json.Str) attributes.get("id")).value();
        return new Case(id, ((Json.Str) attributes.get("op")).value(), attributes,
                pick(attributes, "inputs", id + "/in.", arrays), pick(attributes, "outputs", id + "/out.", arrays));
    }

    private static Map<String, Array> pick(Map<String, Json> attributes, String list, String prefix,
            Map<String, Array> arrays) {
        Map<String, Array> picked = new LinkedHashMap<>();
        for (Json item : ((Json.Arr) attributes.get(list)).items()) {
            String name = ((Json.Str) item).value();
            picked.put(name, arrays.get(prefix + name));
        }
        return picked;
    }

    private static Map<String, Array> tensors(Path path) {
        try {
            MemorySegment file = MemorySegment.ofArray(Files.readAllBytes(path));
            SafetensorsHeader header = SafetensorsHeader.parse(file, path.toString());
            Map<String, Array> arrays = new LinkedHashMap<>();
            for (SafetensorsHeader.Entry entry : header.entries()) {
                arrays.put(entry.name(), Array.copyOf(
                        file.asSlice(header.dataStart() + entry.begin(), entry.end() - entry.begin()), entry.dtype(),
                        entry.shape()));
            }
            return arrays;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Requires equal shapes and dtypes, NaN where NaN is expected, the same infinities, and elsewhere
     * {@code |actual - expected| <= atol + rtol * |expected|}.
     */
    static void assertClose(String what, Array expected, Array actual, double rtol, double atol) {
        assertEquals(expected.node().spec(), actual.node().spec(), what);
        if (expected.dtype() == DType.COMPLEX64) {
            assertClose(what, parts(expected), parts(actual), rtol, atol);
            return;
        }
        double[] wanted = expected.toDoubleArray();
        double[] got = actual.toDoubleArray();
        for (int i = 0; i < wanted.length; i++) {
            if (!close(wanted[i], got[i], rtol, atol)) {
                throw new AssertionError("%s: element %d of %s is %s, expected %s within rtol %s and atol %s".formatted(
                        what, i, expected.shape(), got[i], wanted[i], rtol, atol));
            }
        }
    }

    /** Real and imaginary parts side by side. */
    private static Array parts(Array complex) {
        return Array.copyOf(complex.asMemorySegment(), DType.FLOAT32, Shape.shape(complex.size(), 2));
    }

    private static boolean close(double wanted, double got, double rtol, double atol) {
        return Double.isNaN(wanted)
                ? Double.isNaN(got)
                : wanted == got || Math.abs(got - wanted) <= atol + rtol * Math.abs(wanted);
    }
}
