package dev.kiln.ops;

import com.google.common.primitives.ImmutableLongArray;
import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a safetensors file says about its tensors. The file is a length of 8 bytes (little-endian), that many bytes of
 * JSON, and the data; see the format's description in {@code huggingface/safetensors}.
 *
 * @param metadata the free text pairs of the file, empty if it has none
 * @param entries the tensors in the order of their data
 * @param dataStart where the data begins in the file, the zero of every entry's range
 */
record SafetensorsHeader(Map<String, String> metadata, List<Entry> entries, long dataStart) {
    static final int LENGTH_BYTES = Long.BYTES;
    static final long MAX_LENGTH = 100_000_000;
    static final String METADATA = "__metadata__";

    private static final int DATA_ALIGNMENT = 64;

    SafetensorsHeader {
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
        entries = List.copyOf(entries);
    }

    /** A tensor whose bytes are {@code begin} (included) to {@code end} (excluded) of the data. */
    record Entry(String name, DType dtype, Shape shape, long begin, long end) {}

    /** A tensor that is to be written. */
    record Tensor(String name, DType dtype, Shape shape) {}

    /**
     * Reads the header of a whole file in memory, and checks that the data is there.
     *
     * @param fileName what errors call the file
     * @throws IllegalArgumentException if this is not a complete and valid safetensors file
     */
    static SafetensorsHeader parse(MemorySegment file, String fileName) {
        return new SafetensorsHeaderReader(file, fileName).read();
    }

    /**
     * Finds a place for every tensor. Wider dtypes come first, then names in order, so every tensor begins at a multiple
     * of its element size and the same tensors always make the same file.
     *
     * @param fileName what errors call the file
     * @throws IllegalArgumentException if two tensors share a name, or one has a name or a size that no file can hold
     */
    static SafetensorsHeader layOut(List<Tensor> tensors, Map<String, String> metadata, String fileName) {
        Refusal refusal = new Refusal("save_safetensors", fileName);
        metadata.forEach((key, value) -> {
            requireUnicode(key, refusal);
            requireUnicode(value, refusal);
        });
        List<Tensor> ordered = new ArrayList<>(tensors);
        ordered.sort(Comparator.comparingInt((Tensor tensor) -> -tensor.dtype().size()).thenComparing(Tensor::name));
        Set<String> names = new HashSet<>();
        List<Entry> entries = new ArrayList<>();
        long begin = 0;
        for (Tensor tensor : ordered) {
            requireUnicode(tensor.name(), refusal);
            if (tensor.name().equals(METADATA)) {
                throw refusal.because("the format keeps the name " + METADATA + " for itself");
            }
            if (!names.add(tensor.name())) {
                throw refusal.because("two tensors are named " + Refusal.quote(tensor.name()));
            }
            OptionalLong bytes = ByteCount.of(tensor.dtype(), ImmutableLongArray.copyOf(tensor.shape().toArray()));
            if (tensor.shape().rank() > ByteCount.MAX_RANK || bytes.isEmpty()
                    || bytes.getAsLong() > Long.MAX_VALUE - begin) {
                throw refusal.because("tensor %s of shape %s is too large for a file".formatted(Refusal.quote(tensor
                        .name()), tensor.shape()));
            }
            long end = begin + bytes.getAsLong();
            entries.add(new Entry(tensor.name(), tensor.dtype(), tensor.shape(), begin, end));
            begin = end;
        }
        long jsonLength = json(metadata, entries).length;
        if (jsonLength > MAX_LENGTH - DATA_ALIGNMENT) {
            throw refusal.because("the names and metadata of %d tensors need a header of more than %d bytes".formatted(
                    entries.size(), MAX_LENGTH));
        }
        return new SafetensorsHeader(metadata, entries, aligned(LENGTH_BYTES + jsonLength));
    }

    /**
     * The file up to the data: length, JSON, and spaces up to a multiple of 64 bytes, which lets a mapped file be used in
     * place. The data of {@link #entries} follows in their order.
     */
    byte[] toBytes() {
        byte[] json = json(metadata, entries);
        int start = Math.toIntExact(aligned(LENGTH_BYTES + json.length));
        byte[] bytes = new byte[start];
        Arrays.fill(bytes, (byte) ' ');
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(start - LENGTH_BYTES).put(json);
        return bytes;
    }

    /** The format's name of a dtype. */
    static String codeOf(DType dtype) {
        return switch (dtype) {
            case BOOL -> "BOOL";
            case UINT8 -> "U8";
            case UINT16 -> "U16";
            case UINT32 -> "U32";
            case UINT64 -> "U64";
            case INT8 -> "I8";
            case INT16 -> "I16";
            case INT32 -> "I32";
            case INT64 -> "I64";
            case FLOAT16 -> "F16";
            case BFLOAT16 -> "BF16";
            case FLOAT32 -> "F32";
            case FLOAT64 -> "F64";
            case COMPLEX64 -> "C64";
        };
    }

    private static long aligned(long position) {
        return Math.ceilDiv(position, (long) DATA_ALIGNMENT) * DATA_ALIGNMENT;
    }

    private static void requireUnicode(String text, Refusal refusal) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw refusal.because("half of a surrogate pair cannot be written in " + Refusal.quote(text));
        }
    }

    private static byte[] json(Map<String, String> metadata, List<Entry> entries) {
        List<String> members = new ArrayList<>();
        if (!metadata.isEmpty()) {
            String pairs = metadata.entrySet().stream()
                    .map(pair -> Json.quote(pair.getKey()) + ":" + Json.quote(pair.getValue()))
                    .collect(Collectors.joining(","));
            members.add("\"" + METADATA + "\":{" + pairs + "}");
        }
        for (Entry entry : entries) {
            // Joined and not formatted: %d would write the digits of the user's locale.
            members.add(Json.quote(entry.name()) + ":{\"dtype\":\"" + codeOf(entry.dtype()) + "\",\"shape\":["
                    + dims(entry.shape()) + "],\"data_offsets\":[" + entry.begin() + "," + entry.end() + "]}");
        }
        return ("{" + String.join(",", members) + "}").getBytes(StandardCharsets.UTF_8);
    }

    private static String dims(Shape shape) {
        return Arrays.stream(shape.toArray()).mapToObj(Long::toString).collect(Collectors.joining(","));
    }
}
