package dev.kiln.examples.llama;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import dev.kiln.ops.Array;
import dev.kiln.ops.Ops;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The tensors of a model folder, handed out one by one; each must be wanted, there once, and of the shape that the config says. */
final class Weights {

    private static final Pattern PLAIN = Pattern.compile("[^/\\\\:]+\\.safetensors");

    private final Path folder;
    private final Map<String, Array> tensors = new HashMap<>();
    private @Nullable DType dtype;

    private Weights(Path folder) {
        this.folder = folder;
    }

    /** Opens the files that {@code model.safetensors.index.json} lists or, without one, all {@code *.safetensors} of {@code folder}. */
    static Weights open(Path folder) {
        Weights weights = new Weights(folder);
        Path index = folder.resolve("model.safetensors.index.json");
        if (Files.exists(index)) {
            weights.addListed(index);
            return weights;
        }
        List<Path> files = files(folder);
        if (files.isEmpty()) {
            throw new BadInput("There is no *.safetensors in " + folder + ".");
        }
        for (Path file : files) {
            weights.add(file);
        }
        return weights;
    }

    private static List<Path> files(Path folder) {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "*.safetensors")) {
            found.forEach(files::add);
        } catch (IOException | DirectoryIteratorException unreadable) {
            throw new BadInput("Cannot list " + folder, unreadable);
        }
        files.sort(null);
        return files;
    }

    /** Adds the tensors that an index lists, each from the file that it says. */
    private void addListed(Path index) {
        Map<String, String> listed = new TreeMap<>();
        for (Map.Entry<String, JsonNode> entry : JsonFile.read(index).path("weight_map").properties()) {
            listed.put(entry.getKey(), entry.getValue().asString(""));
        }
        Map<String, Map<String, Array>> files = new HashMap<>();
        listed.forEach((name, file) -> {
            if (!PLAIN.matcher(file).matches()) {
                throw new BadInput(index + ": \"" + file + "\" is no file of this folder.");
            }
            Array tensor = files.computeIfAbsent(file, key -> load(folder.resolve(key))).remove(name);
            if (tensor == null) {
                throw new BadInput(index + ": " + name + " is not in " + file + ".");
            }
            tensors.put(name, tensor);
        });
        files.forEach((file, left) -> left.keySet().stream().min(Comparator.naturalOrder()).ifPresent(name -> {
            throw new BadInput(index + " does not list " + name + ", which is in " + file + ".");
        }));
    }

    private static Map<String, Array> load(Path file) {
        try {
            return new HashMap<>(Ops.loadSafetensors(file));
        } catch (RuntimeException refused) {
            throw new BadInput("Cannot load " + file, refused);
        }
    }

    private void add(Path file) {
        load(file).forEach((name, tensor) -> {
            if (tensors.put(name, tensor) != null) {
                throw new BadInput(file + " holds " + name + ", which an earlier file holds too.");
            }
        });
    }

    /** Takes the tensor {@code name}, which must have the shape {@code dims}. */
    Array take(String name, long... dims) {
        Array tensor = tensors.remove(name);
        if (tensor == null) {
            throw new BadInput("The weights in " + folder + " lack " + name + ".");
        }
        if (!tensor.shape().equals(Shape.shape(dims))) {
            throw new BadInput(name + " has shape " + tensor.shape() + " where config.json makes it "
                    + Shape.shape(dims) + ".");
        }
        switch (tensor.dtype()) {
            case FLOAT32, FLOAT16, BFLOAT16 -> {
            }
            default -> throw new BadInput(name + " is " + tensor.dtype()
                    + "; float32, float16 and bfloat16 are supported.");
        }
        if (dtype != null && dtype != tensor.dtype()) {
            throw new BadInput(name + " is " + tensor.dtype() + " where the tensors before are " + dtype + ".");
        }
        dtype = tensor.dtype();
        return tensor;
    }

    /** Drops tensors that some folders hold and the network computes by itself. */
    void ignore(String suffix) {
        tensors.keySet().removeIf(name -> name.endsWith(suffix));
    }

    /** Refuses what nobody took: a network that leaves weights out is another network. */
    void requireAllTaken() {
        if (!tensors.isEmpty()) {
            throw new BadInput("The weights in " + folder + " hold " + tensors.size()
                    + " tensors that a Llama of this config.json has not, the first of them "
                    + new TreeSet<>(tensors.keySet()).first() + ".");
        }
    }
}
