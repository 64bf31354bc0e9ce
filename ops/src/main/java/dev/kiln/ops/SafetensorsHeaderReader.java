package dev.kiln.ops;

import com.google.common.primitives.ImmutableLongArray;
import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Checks a safetensors file from its first byte to its last. Nothing the header claims is believed before it is
 * compared with the size of the file, so what is allocated is bounded by the bytes that are there.
 */
final class SafetensorsHeaderReader {
    private static final ValueLayout.OfLong LENGTH = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final Map<String, DType> BY_CODE = Arrays.stream(DType.values())
            .collect(Collectors.toUnmodifiableMap(SafetensorsHeader::codeOf, Function.identity()));

    private final MemorySegment file;
    private final Refusal refusal;

    SafetensorsHeaderReader(MemorySegment file, String fileName) {
        this.file = file;
        this.refusal = new Refusal("load_safetensors", fileName);
    }

    SafetensorsHeader read() {
        long length = headerLength();
        long dataStart = SafetensorsHeader.LENGTH_BYTES + length;
        String text = text(file.asSlice(SafetensorsHeader.LENGTH_BYTES, length));
        if (!text.startsWith("{") || !(JsonReader.read(text, refusal) instanceof Json.Obj(var members))) {
            throw refusal.because("the header is not a JSON object");
        }
        Map<String, String> metadata = Map.of();
        List<SafetensorsHeader.Entry> entries = new ArrayList<>();
        for (Map.Entry<String, Json> member : members.entrySet()) {
            if (member.getKey().equals(SafetensorsHeader.METADATA)) {
                metadata = metadata(member.getValue());
            } else {
                entries.add(entry(member.getKey(), member.getValue()));
            }
        }
        entries.sort(Comparator.comparingLong(SafetensorsHeader.Entry::begin)
                .thenComparingLong(SafetensorsHeader.Entry::end));
        requireContiguous(entries, file.byteSize() - dataStart);
        return new SafetensorsHeader(metadata, entries, dataStart);
    }

    private long headerLength() {
        long size = file.byteSize();
        if (size < SafetensorsHeader.LENGTH_BYTES) {
            throw refusal.because("the file is truncated: it has %d bytes, %d are missing of the header's length"
                    .formatted(size, SafetensorsHeader.LENGTH_BYTES - size));
        }
        long length = file.get(LENGTH, 0);
        if (length < 0 || length > SafetensorsHeader.MAX_LENGTH) {
            throw refusal.because("this is no safetensors file: its header would be %s bytes long, the limit is %d"
                    .formatted(Long.toUnsignedString(length), SafetensorsHeader.MAX_LENGTH));
        }
        long present = size - SafetensorsHeader.LENGTH_BYTES;
        if (length > present) {
            throw refusal.because("the file is truncated: the header is %d bytes long, %d of them are missing"
                    .formatted(length, length - present));
        }
        return length;
    }

    private String text(MemorySegment header) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(header.asByteBuffer()).toString();
        } catch (CharacterCodingException e) {
            IllegalArgumentException refused = refusal.because("the header is not JSON: it is not UTF-8 text");
            refused.initCause(e);
            throw refused;
        }
    }

    private Map<String, String> metadata(Json value) {
        return switch (value) {
            // MLX writes null where it has no metadata.
            case Json.Null() -> Map.of();
            case Json.Obj(var members) -> {
                Map<String, String> metadata = new LinkedHashMap<>();
                members.forEach((key, text) -> {
                    if (!(text instanceof Json.Str(var string))) {
                        throw refusal
                                .because("the value of " + Refusal.quote(key) + " in the metadata is not a string");
                    }
                    metadata.put(key, string);
                });
                yield metadata;
            }
            case Json.Arr _,Json.Str _,Json.Int _,Json.Real _,Json.Bool _ ->
                throw refusal.because("the metadata is not a JSON object");
        };
    }

    /** Fields beside the three that the format names are passed over, as its reference reader does. */
    private SafetensorsHeader.Entry entry(String name, Json value) {
        if (!(value instanceof Json.Obj(var fields))) {
            throw about(name, "is not described by a JSON object");
        }
        DType dtype = dtype(name, fields);
        ImmutableLongArray dims = integers(name, fields, "shape");
        if (dims.length() > ByteCount.MAX_RANK) {
            throw about(name, "has %d dimensions, the limit is %d".formatted(dims.length(), ByteCount.MAX_RANK));
        }
        OptionalLong bytes = ByteCount.of(dtype, dims);
        if (bytes.isEmpty()) {
            throw about(name, "has the shape %s, which is too large for any file".formatted(dims));
        }
        Shape shape = Shape.shape(dims.toArray());
        ImmutableLongArray range = integers(name, fields, "data_offsets");
        if (range.length() != 2) {
            throw about(name, "must have 2 data offsets but has " + range.length());
        }
        // Both are non-negative, so the difference cannot overflow, and it is negative where begin > end.
        long begin = range.get(0);
        long end = range.get(1);
        if (end - begin != bytes.getAsLong()) {
            throw about(name, "has invalid data offsets (%d, %d): %s of shape %s takes %d bytes".formatted(begin,
                    end, dtype, shape, bytes.getAsLong()));
        }
        return new SafetensorsHeader.Entry(name, dtype, shape, begin, end);
    }

    private DType dtype(String tensor, Map<String, Json> fields) {
        if (!(fields.get("dtype") instanceof Json.Str(var code))) {
            throw about(tensor, "has no string \"dtype\"");
        }
        DType dtype = BY_CODE.get(code);
        if (dtype == null) {
            throw about(tensor, "has the unsupported dtype %s (supported: %s)".formatted(Refusal.quote(code), Arrays
                    .stream(DType.values()).map(SafetensorsHeader::codeOf).collect(Collectors.joining(", "))));
        }
        return dtype;
    }

    private ImmutableLongArray integers(String tensor, Map<String, Json> fields, String field) {
        if (!(fields.get(field) instanceof Json.Arr(var items))) {
            throw about(tensor, "has no list " + Refusal.quote(field));
        }
        return ImmutableLongArray.copyOf(items.stream().mapToLong(item -> {
            if (!(item instanceof Json.Int(var integer)) || integer < 0) {
                throw about(tensor, "holds something other than integers from 0 to 2^63-1 in " + Refusal.quote(field));
            }
            return integer;
        }));
    }

    /** Every byte of the data must belong to exactly one tensor; the format forbids overlaps and holes. */
    private void requireContiguous(List<SafetensorsHeader.Entry> entries, long dataLength) {
        long covered = 0;
        for (SafetensorsHeader.Entry entry : entries) {
            if (entry.begin() < covered) {
                throw about(entry.name(), "overlaps another one: it begins at byte %d of the data, before byte %d"
                        .formatted(entry.begin(), covered));
            }
            if (entry.begin() > covered) {
                throw about(entry.name(), "leaves a hole before it: bytes %d to %d of the data belong to no tensor"
                        .formatted(covered, entry.begin()));
            }
            covered = entry.end();
        }
        if (covered > dataLength) {
            throw refusal.because("the file is truncated: its tensors take %d bytes, %d of them are missing".formatted(
                    covered, covered - dataLength));
        }
        if (covered < dataLength) {
            long over = dataLength - covered;
            throw refusal.because(over == 1
                    ? "a byte after the last tensor belongs to no tensor"
                    : "%d bytes after the last tensor belong to no tensor".formatted(over));
        }
    }

    private IllegalArgumentException about(String tensor, String reason) {
        return refusal.because("tensor " + Refusal.quote(tensor) + " " + reason);
    }
}
