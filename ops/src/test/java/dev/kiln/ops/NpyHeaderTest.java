package dev.kiln.ops;

import static dev.kiln.graph.Shape.shape;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.graph.DType;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class NpyHeaderTest {
    private static final String PREFIX = "[load_npy] a.npy: ";
    private static final String TWO_BY_THREE = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";

    @ParameterizedTest(name = "version {0}")
    @ValueSource(ints = {1, 2, 3})
    void every_version_is_read(int version) {
        NpyHeader header = parse(file(version, TWO_BY_THREE + "  \n", 24));
        int lengthBytes = version == 1 ? 2 : 4;
        assertEquals(
                new NpyHeader(DType.FLOAT32, false, shape(2, 3), 8 + lengthBytes + TWO_BY_THREE.length() + 3),
                header);
    }

    @ParameterizedTest
    @CsvSource({"|b1,BOOL", "|u1,UINT8", "<u2,UINT16", "<u4,UINT32", "<u8,UINT64", "|i1,INT8", "<i2,INT16", "<i4,INT32",
        "<i8,INT64", "<f2,FLOAT16", "<f4,FLOAT32", "<f8,FLOAT64", "<c8,COMPLEX64", "<i1,INT8", ">u1,UINT8",
        "<V2,BFLOAT16", "|V2,BFLOAT16"})
    void every_dtype_that_kiln_has_is_read_as_numpy_and_mlx_write_it(String descr, DType dtype) {
        assertEquals(dtype, parse(file(1, TWO_BY_THREE.replace("<f4", descr), 48)).dtype());
    }

    @Test
    void fortran_order_is_reported() {
        assertTrue(parse(file(1, TWO_BY_THREE.replace("False", "True"), 24)).fortranOrder());
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {"(); ()", "(3,); (3)", "(3, ); (3)", "(2, 3); (2,3)", "(2, 3, ); (2,3)",
        "(2,3,); (2,3)", "(0, 9); (0,9)", "( 1 ,1,1 ); (1,1,1)"})
    void shapes_are_read_as_numpy_and_mlx_write_them(String tuple, String shape) {
        assertEquals(shape, parse(file(1, TWO_BY_THREE.replace("(2, 3)", tuple), 24)).shape().toString());
    }

    @Test
    void keys_may_come_in_any_order_and_either_quotes() {
        String header = "{\"shape\":(2,3),'fortran_order':False,\"descr\":\"<f4\"}";
        assertEquals(shape(2, 3), parse(file(1, header, 24)).shape());
    }

    @Test
    void bytes_after_the_array_are_allowed() {
        assertEquals(shape(2, 3), parse(file(1, TWO_BY_THREE, 100)).shape());
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void what_is_encoded_reads_back_the_same(DType dtype) {
        for (int rank = 0; rank <= ByteCount.MAX_RANK; rank++) {
            long[] dims = LongStream.range(0, rank).map(axis -> axis < 3 ? axis + 2 : 1).toArray();
            byte[] start = NpyHeader.encode(dtype, shape(dims), "a.npy");
            assertEquals(0, start.length % 64);
            assertEquals('\n', start[start.length - 1]);
            assertEquals(
                    new NpyHeader(dtype, false, shape(dims), start.length),
                    parse(Arrays.copyOf(start, start.length + 24 * dtype.size())));
        }
    }

    @Test
    void the_header_is_the_one_that_numpy_writes() {
        String expected = "\u0093NUMPY\u0001\0v\0{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";
        String encoded = new String(NpyHeader.encode(DType.FLOAT32, shape(2, 3), "a.npy"), ISO_8859_1);
        assertEquals(expected + " ".repeat(127 - expected.length()) + "\n", encoded);
    }

    @Test
    void bfloat16_is_written_as_mlx_does() {
        String encoded = new String(NpyHeader.encode(DType.BFLOAT16, shape(2), "a.npy"), ISO_8859_1);
        assertTrue(encoded.contains("{'descr': '<V2', 'fortran_order': False, 'shape': (2,), }"), encoded);
    }

    @Test
    void a_shape_that_numpy_does_not_allow_is_not_written() {
        long[] dims = new long[65];
        Arrays.fill(dims, 1);
        assertThrows(IllegalArgumentException.class, () -> NpyHeader.encode(DType.INT8, shape(dims), "a.npy"));
    }

    @Test
    void truncated_data_is_refused_with_the_bytes_it_lacks() {
        assertEquals(
                PREFIX + "the file is truncated: float32 of shape (2,3) takes 24 bytes, 5 of them are missing",
                refusal(file(1, TWO_BY_THREE, 19)));
    }

    @ParameterizedTest(name = "version {0}")
    @ValueSource(ints = {1, 2, 3})
    void a_file_cut_anywhere_in_its_header_is_truncated(int version) {
        byte[] whole = file(version, TWO_BY_THREE, 0);
        for (int size = 0; size < whole.length; size++) {
            String message = refusal(Arrays.copyOf(whole, size));
            assertTrue(message.contains("the file is truncated"), message);
        }
    }

    @Test
    void another_format_is_refused() {
        assertEquals(
                PREFIX + "this is no .npy file: it does not begin with the magic string",
                refusal("PK\u0003\u0004 this is a zip archive".getBytes(ISO_8859_1)));
    }

    @Test
    void a_safetensors_file_is_refused_with_the_name_of_what_reads_it() {
        byte[] safetensors = SafetensorsHeader.layOut(List.of(), Map.of(), "a.npy").toBytes();
        assertEquals(PREFIX + "this is no .npy file: it does not begin with the magic string;"
                + " if it is a safetensors file, loadSafetensors reads it", refusal(safetensors));
    }

    @ParameterizedTest
    @CsvSource({"0,0", "4,0", "255,0", "1,1"})
    void an_unknown_version_is_refused(int major, int minor) {
        byte[] bytes = file(1, TWO_BY_THREE, 24);
        bytes[6] = (byte) major;
        bytes[7] = (byte) minor;
        assertEquals(PREFIX + "version " + major + "." + minor + " of the .npy format is unknown", refusal(bytes));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 65536})
    void a_header_too_long_to_be_meant_is_refused(int length) {
        byte[] bytes = file(2, TWO_BY_THREE, 24);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(8, length);
        assertTrue(refusal(bytes).contains("the header is " + Integer.toUnsignedString(length) + " bytes long"));
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource(delimiter = ';', quoteCharacter = '`', value = {
        "'>f4'; the data is big-endian (\">f4\"); save it little-endian, in NumPy a.astype('<f4')",
        "'|f4'; does not say its byte order", "'=f4'; the dtype \"=f4\" is unsupported",
        "'f4'; the dtype \"f4\" is unsupported", "''; the dtype \"\" is unsupported", "'<'; unsupported",
        "'<f16'; unsupported (supported: V2, b1, c8, f2, f4, f8, i1, i2, i4, i8, u1, u2, u4, u8)",
        "'<c16'; the dtype \"<c16\" is unsupported", "'|O'; the dtype \"|O\" is unsupported",
        "'<U3'; the dtype \"<U3\" is unsupported", "'<V4'; unsupported", "'<M8[ns]'; unsupported",
        "[('a', '<f4')]; the array is structured", "3; a string is expected", "'<f4; a string is not closed",
        "'<f\\x34'; a string holds an escape"})
    void a_dtype_that_kiln_lacks_is_refused(String descr, String reason) {
        String message = refusal(file(1, "{'fortran_order': False, 'shape': (2, 3), 'descr': " + descr + "}", 24));
        assertTrue(message.contains(reason), message);
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource(delimiter = ';', value = {"(-1,); a non-negative integer is expected", "(2.0,); a comma is expected",
        "(3); a tuple is expected, and (n) is not one", "3; '(' is expected", "[3]; '(' is expected",
        "(,); a non-negative integer is expected", "(2 3); a comma is expected", "(2,,3); a non-negative integer",
        "(10L,); a comma is expected", "(2; a non-negative integer is expected", "(0x10,); a comma is expected",
        "(9223372036854775808,); is too large for any file", "(4294967296, 4294967296); is too large for any file",
        "(0, 9223372036854775807, 2); is too large for any file",
        "(1000000000,); takes 4000000000 bytes, 3999999976 of them are missing"})
    void an_impossible_shape_is_refused(String tuple, String reason) {
        String message = refusal(file(1, TWO_BY_THREE.replace("(2, 3)", tuple), 24));
        assertTrue(message.contains(reason), message);
    }

    @Test
    void a_shape_of_more_than_64_dimensions_is_refused() {
        String message = refusal(file(1, TWO_BY_THREE.replace("(2, 3)", "(" + "1,".repeat(65) + ")"), 24));
        assertTrue(message.contains("the shape has more than 64 dimensions"), message);
    }

    @Test
    void a_nesting_bomb_is_refused() {
        assertTrue(refusal(file(1, TWO_BY_THREE.replace("(2, 3)", "(".repeat(60_000)), 24)).contains("integer"));
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource(delimiter = ';', value = {"{}; is missing", "{'descr': '<f4'}; is missing",
        "{'descr': '<f4', 'descr': '<f4'}; the key \"descr\" appears twice",
        "{'shape': (), 'shape': ()}; the key \"shape\" appears twice",
        "{'fortran_order': True, 'fortran_order': True}; the key \"fortran_order\" appears twice",
        "{'fortran_order': 0}; True or False is expected", "{'fortran_order': true}; True or False is expected",
        "{'other': 1}; the key \"other\" is unknown", "{descr: '<f4'}; a string is expected", "[]; '{' is expected",
        "{'descr' '<f4'}; ':' is expected", "{'descr': '<f4' 'shape': ()}; '}' is expected",
        "{,}; a string is expected", "{'descr': '<f4'; '}' is expected",
        "{'descr': '<f4', 'fortran_order': False, 'shape': ()} x; text follows the dictionary",
        "__import__('os'); '{' is expected"})
    void a_malformed_dictionary_is_refused(String header, String reason) {
        String message = refusal(file(1, header, 24));
        assertTrue(message.startsWith(PREFIX + "malformed header at character "), message);
        assertTrue(message.contains(reason), message);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34})
    void a_damaged_file_is_read_or_refused_and_nothing_else(long seed) {
        int version = 1 + (int) (seed % 3);
        int refusals = HostileFiles.countRefusals(seed, file(version, TWO_BY_THREE + " \n", 24), PREFIX, file -> {
            NpyHeader header = NpyHeader.parse(file, "a.npy");
            assertTrue(header.dataStart() + header.shape().size() * header.dtype().size() <= file.byteSize());
        });
        assertTrue(refusals > 100, () -> refusals + " refusals");
    }

    private static byte[] file(int version, String header, int dataBytes) {
        int lengthBytes = version == 1 ? 2 : 4;
        ByteBuffer bytes = ByteBuffer.allocate(8 + lengthBytes + header.length() + dataBytes).order(
                ByteOrder.LITTLE_ENDIAN);
        bytes.put("\u0093NUMPY".getBytes(ISO_8859_1)).put((byte) version).put((byte) 0);
        if (version == 1) {
            bytes.putShort((short) header.length());
        } else {
            bytes.putInt(header.length());
        }
        return bytes.put(header.getBytes(ISO_8859_1)).array();
    }

    private static NpyHeader parse(byte[] file) {
        return NpyHeader.parse(MemorySegment.ofArray(file), "a.npy");
    }

    private static String refusal(byte[] file) {
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> parse(file));
        HostileFiles.assertOneLine(refused, PREFIX);
        return String.valueOf(refused.getMessage());
    }
}
