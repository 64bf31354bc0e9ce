package dev.kiln.ops;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Checks the start of a {@code .npy} file, and that as much data follows as it claims. */
final class NpyHeaderReader {
    /** No header that Kiln can use is longer, and this one limit is that of version 1. */
    private static final long MAX_LENGTH = 0xFFFF;
    private static final int VERSION_OFFSET = NpyHeader.MAGIC.length();
    private static final int LENGTH_OFFSET = VERSION_OFFSET + 2;
    private static final ValueLayout.OfShort SHORT_LENGTH = ValueLayout.JAVA_SHORT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT_LENGTH = ValueLayout.JAVA_INT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final Map<String, DType> BY_TYPE = Arrays.stream(DType.values())
            .collect(Collectors.toUnmodifiableMap(NpyHeader::typeOf, Function.identity()));

    private final MemorySegment file;
    private final Refusal refusal;

    NpyHeaderReader(MemorySegment file, String fileName) {
        this.file = file;
        this.refusal = new Refusal("load_npy", fileName);
    }

    NpyHeader read() {
        MemorySegment start = slice(0, LENGTH_OFFSET);
        if (!latin1(start.asSlice(0, VERSION_OFFSET)).equals(NpyHeader.MAGIC)) {
            throw refusal.because("this is no .npy file: it does not begin with the magic string" + advice());
        }
        int major = Byte.toUnsignedInt(start.get(ValueLayout.JAVA_BYTE, VERSION_OFFSET));
        int minor = Byte.toUnsignedInt(start.get(ValueLayout.JAVA_BYTE, VERSION_OFFSET + 1));
        if (major < 1 || major > 3 || minor != 0) {
            throw refusal.because("version %d.%d of the .npy format is unknown".formatted(major, minor));
        }
        int lengthBytes = major == 1 ? Short.BYTES : Integer.BYTES;
        MemorySegment lengthField = slice(LENGTH_OFFSET, lengthBytes);
        long length = major == 1
                ? Short.toUnsignedLong(lengthField.get(SHORT_LENGTH, 0))
                : Integer.toUnsignedLong(lengthField.get(INT_LENGTH, 0));
        if (length > MAX_LENGTH) {
            throw refusal.because("the header is %d bytes long, the limit is %d".formatted(length, MAX_LENGTH));
        }
        long headerStart = LENGTH_OFFSET + (long) lengthBytes;
        // Version 3 is UTF-8, but a header with any letter beyond ASCII holds field names, which are refused anyway.
        String text = latin1(slice(headerStart, length));
        return header(new NpyDictionary(text, refusal).read(), headerStart + length);
    }

    /** A header in braces behind the eight bytes of its length is that of a safetensors file. */
    private String advice() {
        return file.byteSize() > Long.BYTES && file.get(ValueLayout.JAVA_BYTE, Long.BYTES) == '{'
                ? "; if it is a safetensors file, loadSafetensors reads it"
                : "";
    }

    private NpyHeader header(NpyDictionary.Fields fields, long dataStart) {
        DType dtype = dtype(fields.descr());
        OptionalLong bytes = ByteCount.of(dtype, fields.shape());
        if (bytes.isEmpty()) {
            throw refusal.because("the shape %s is too large for any file".formatted(fields.shape()));
        }
        Shape shape = Shape.shape(fields.shape().toArray());
        long present = file.byteSize() - dataStart;
        if (present < bytes.getAsLong()) {
            throw refusal.because("the file is truncated: %s of shape %s takes %d bytes, %d of them are missing"
                    .formatted(dtype, shape, bytes.getAsLong(), bytes.getAsLong() - present));
        }
        return new NpyHeader(dtype, fields.fortranOrder(), shape, dataStart);
    }

    private DType dtype(String descr) {
        char order = descr.isEmpty() ? ' ' : descr.charAt(0);
        Optional<DType> known = Optional.ofNullable(BY_TYPE.get(descr.substring(Math.min(1, descr.length()))));
        DType dtype = known.filter(_ -> "<>|".indexOf(order) >= 0).orElseThrow(() -> refusal.because(
                "the dtype %s is unsupported (supported: %s)".formatted(Refusal.quote(descr), BY_TYPE.keySet().stream()
                        .sorted().collect(Collectors.joining(", ")))));
        if (dtype.size() > 1 && order == '>') {
            throw refusal.because("the data is big-endian (%s); save it little-endian, in NumPy a.astype('<%s')"
                    .formatted(Refusal.quote(descr), descr.substring(1)));
        }
        if (dtype.size() > 1 && order == '|' && dtype != DType.BFLOAT16) { // of bytes without a meaning NumPy says no order
            throw refusal.because("the dtype %s does not say its byte order".formatted(Refusal.quote(descr)));
        }
        return dtype;
    }

    private MemorySegment slice(long offset, long length) {
        long missing = offset + length - file.byteSize();
        if (missing > 0) {
            throw refusal.because("the file is truncated: %d bytes of its header are missing".formatted(missing));
        }
        return file.asSlice(offset, length);
    }

    private static String latin1(MemorySegment bytes) {
        return new String(bytes.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.ISO_8859_1);
    }
}
