package dev.kiln.ops;

import com.google.common.primitives.ImmutableLongArray;
import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * What a {@code .npy} file says about its array. The file is the magic string, two bytes of version, the length of the
 * header (two bytes in version 1, four in 2 and 3), the header as a Python dictionary, and the data; see NEP 1 of NumPy.
 *
 * @param fortranOrder whether the first axis is the fastest in the data
 * @param shape the shape as the user sees it, whatever the order of the data
 * @param dataStart where the data begins in the file
 */
record NpyHeader(DType dtype, boolean fortranOrder, Shape shape, long dataStart) {
    static final String MAGIC = "\u0093NUMPY";

    private static final int DATA_ALIGNMENT = 64;
    private static final int VERSION_1_PREFIX = MAGIC.length() + 2 * Byte.BYTES + Short.BYTES;

    /**
     * Reads the header of a whole file in memory, and checks that the data is there. Bytes after the array are none of
     * its business: NumPy allows several arrays in one file.
     *
     * @param fileName what errors call the file
     * @throws IllegalArgumentException if this is not a {@code .npy} file, is cut short, or holds what Kiln has no dtype
     *         for
     */
    static NpyHeader parse(MemorySegment file, String fileName) {
        return new NpyHeaderReader(file, fileName).read();
    }

    /**
     * The file up to the data, in version 1 and row-major order, padded so that the data starts at a multiple of 64.
     *
     * @param fileName what errors call the file
     * @throws IllegalArgumentException if NumPy allows no such shape
     */
    static byte[] encode(DType dtype, Shape shape, String fileName) {
        Refusal refusal = new Refusal("save_npy", fileName);
        OptionalLong bytes = ByteCount.of(dtype, ImmutableLongArray.copyOf(shape.toArray()));
        if (shape.rank() > ByteCount.MAX_RANK || bytes.isEmpty()) {
            throw refusal.because("the shape %s is too large for a file".formatted(shape));
        }
        String order = dtype.size() == 1 ? "|" : "<";
        String dims = Arrays.stream(shape.toArray()).mapToObj(Long::toString).collect(Collectors.joining(", "));
        String lastComma = shape.rank() == 1 ? "," : "";
        String header = "{'descr': '%s%s', 'fortran_order': False, 'shape': (%s%s), }".formatted(order, typeOf(dtype),
                dims,
                lastComma);
        int start = Math.ceilDiv(VERSION_1_PREFIX + header.length() + 1, DATA_ALIGNMENT) * DATA_ALIGNMENT;
        byte[] encoded = new byte[start];
        Arrays.fill(encoded, (byte) ' ');
        encoded[start - 1] = '\n';
        ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN)
                .put(MAGIC.getBytes(StandardCharsets.ISO_8859_1))
                .put((byte) 1)
                .put((byte) 0)
                .putShort((short) (start - VERSION_1_PREFIX))
                .put(header.getBytes(StandardCharsets.US_ASCII));
        return encoded;
    }

    /** NumPy's kind and size of a dtype; of bfloat16, which NumPy lacks, those that MLX writes. */
    static String typeOf(DType dtype) {
        return switch (dtype) {
            case BOOL -> "b1";
            case UINT8 -> "u1";
            case UINT16 -> "u2";
            case UINT32 -> "u4";
            case UINT64 -> "u8";
            case INT8 -> "i1";
            case INT16 -> "i2";
            case INT32 -> "i4";
            case INT64 -> "i8";
            case FLOAT16 -> "f2";
            case BFLOAT16 -> "V2";
            case FLOAT32 -> "f4";
            case FLOAT64 -> "f8";
            case COMPLEX64 -> "c8";
        };
    }
}
