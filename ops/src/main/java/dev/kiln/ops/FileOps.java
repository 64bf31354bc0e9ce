package dev.kiln.ops;

import dev.kiln.graph.Buffer;
import dev.kiln.graph.DType;
import dev.kiln.graph.Layout;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Spec;
import dev.kiln.graph.Storage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Arrays in files. Loading maps the file and reads nothing but its header: pages come from the disk when kernels touch them.
 * Saving evaluates, writes a file beside the wanted one and moves it there, so that a reader never sees half of it.
 */
abstract class FileOps extends LinearOps {

    FileOps() {}

    /**
     * The array in an npy file, mapped; what MLX writes for bfloat16 is read as that.
     *
     * @throws IllegalArgumentException in one line, if the file is not there, is cut short or is not of the format
     */
    public static Array load(Path file) {
        MemorySegment mapped = map("load_npy", file);
        NpyHeader header = NpyHeader.parse(mapped, file.toString());
        Shape shape = header.shape();
        if (!header.fortranOrder()) {
            return held(mapped, header.dataStart(), header.dtype(), shape);
        }
        long[] reversed = new long[shape.rank()];
        for (int i = 0; i < reversed.length; i++) {
            reversed[i] = shape.dim(reversed.length - 1 - i);
        }
        return held(mapped, header.dataStart(), header.dtype(), Shape.shape(reversed)).transpose();
    }

    /**
     * The tensors of a safetensors file by name, in the order of their data, mapped.
     *
     * @throws IllegalArgumentException in one line, if the file is not there, is cut short or is not of the format
     */
    public static Map<String, Array> loadSafetensors(Path file) {
        MemorySegment mapped = map("load_safetensors", file);
        SafetensorsHeader header = SafetensorsHeader.parse(mapped, file.toString());
        Map<String, Array> arrays = new LinkedHashMap<>();
        for (SafetensorsHeader.Entry entry : header.entries()) {
            arrays.put(entry.name(), held(mapped, header.dataStart() + entry.begin(), entry.dtype(), entry.shape()));
        }
        return arrays;
    }

    /**
     * The metadata of a safetensors file, pairs of free text in the order in which they stand there; empty if it has none.
     *
     * @throws IllegalArgumentException in one line, if the file is not there, is cut short or is not of the format
     */
    public static Map<String, String> loadSafetensorsMetadata(Path file) {
        return SafetensorsHeader.parse(map("load_safetensors", file), file.toString()).metadata();
    }

    /**
     * Writes an array as an npy file. NumPy has no bfloat16: it gets what MLX writes, items of two bytes without a meaning (dtype
     * {@code V2}).
     *
     * @throws UncheckedIOException if the file cannot be written; what was there before is still there
     */
    public static void save(Path file, Array array) {
        Operands.require("save_npy", "file", file);
        Operands.require("save_npy", "array", array);
        byte[] header = NpyHeader.encode(array.dtype(), array.shape(), file.toString());
        write(file, header, List.of(array));
    }

    /**
     * Writes arrays as a safetensors file.
     *
     * @throws IllegalArgumentException in one line, if a name cannot be written
     * @throws UncheckedIOException if the file cannot be written; what was there before is still there
     */
    public static void saveSafetensors(Path file, Map<String, Array> arrays) {
        saveSafetensors(file, arrays, Map.of());
    }

    /** Writes arrays as a safetensors file with {@code metadata}, pairs of free text. */
    public static void saveSafetensors(Path file, Map<String, Array> arrays, Map<String, String> metadata) {
        String op = "save_safetensors";
        Operands.require(op, "file", file);
        Operands.require(op, "metadata", metadata).forEach((key, value) -> Operands.require(op,
                "metadata, the value of " + Operands.require(op, "metadata, a key", key) + ",", value));
        List<SafetensorsHeader.Tensor> tensors = new ArrayList<>();
        Operands.require(op, "arrays", arrays).forEach((name, array) -> {
            Operands.require(op, "arrays, a name,", name);
            Operands.require(op, name, array);
            tensors.add(new SafetensorsHeader.Tensor(name, array.dtype(), array.shape()));
        });
        SafetensorsHeader header = SafetensorsHeader.layOut(tensors, metadata, file.toString());
        List<Array> ordered = new ArrayList<>();
        header.entries().forEach(entry -> ordered.add(Operands.require(op, entry.name(), arrays.get(entry.name()))));
        write(file, header.toBytes(), ordered);
    }

    private static MemorySegment map(String op, Path file) {
        Refusal refusal = new Refusal(op, Operands.require(op, "file", file).toString());
        if (Files.isDirectory(file)) {
            throw refusal.because("this is a directory");
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
        } catch (NoSuchFileException missing) {
            throw refusal.because("there is no such file");
        } catch (IOException unreadable) {
            throw refusal.because("cannot be read (" + unreadable.getMessage() + ")");
        }
    }

    /** The elements at {@code begin}, which need not be aligned: kernels do not ask for it. */
    private static Array held(MemorySegment file, long begin, DType dtype, Shape shape) {
        Spec spec = new Spec(shape, dtype);
        Buffer buffer = Buffer.wrap(file.asSlice(begin, spec.bytes()));
        return Operands.leaf(spec, new Storage.Held(buffer, Layout.contiguous(shape)));
    }

    private static void write(Path file, byte[] header, List<Array> arrays) {
        Ops.eval(arrays.toArray(Array[]::new));
        Path target = file.toAbsolutePath();
        try {
            if (Files.isDirectory(target)) {
                throw new IOException("this is a directory");
            }
            Path folder = target.resolveSibling("");
            if (!Files.isDirectory(folder)) {
                throw new IOException("there is no folder " + folder);
            }
            // not a temporary file of the JDK's, which only its owner may read
            Path unfinished = target.resolveSibling(target.getFileName() + "."
                    + Long.toUnsignedString(ThreadLocalRandom.current().nextLong(), Character.MAX_RADIX)
                    + ".unfinished");
            try {
                write(unfinished, target, header, arrays);
            } finally {
                Files.deleteIfExists(unfinished);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException("Cannot write " + file + ": " + failed.getMessage(), failed);
        }
    }

    private static void write(Path unfinished, Path target, byte[] header, List<Array> arrays) throws IOException {
        try (FileChannel channel = FileChannel.open(unfinished, StandardOpenOption.CREATE_NEW,
                StandardOpenOption.WRITE)) {
            writeAll(channel, ByteBuffer.wrap(header));
            for (Array array : arrays) {
                writeAll(channel, array.asMemorySegment());
            }
            channel.force(true);
        }
        Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void writeAll(FileChannel channel, MemorySegment data) throws IOException {
        long part = Integer.MAX_VALUE;
        for (long at = 0; at < data.byteSize(); at += part) {
            writeAll(channel, data.asSlice(at, Math.min(part, data.byteSize() - at)).asByteBuffer());
        }
    }

    private static void writeAll(FileChannel channel, ByteBuffer data) throws IOException {
        while (data.hasRemaining()) {
            channel.write(data);
        }
    }
}
