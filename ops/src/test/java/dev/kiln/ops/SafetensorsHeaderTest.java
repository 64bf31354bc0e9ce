package dev.kiln.ops;

import static dev.kiln.graph.Shape.shape;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import dev.kiln.ops.SafetensorsHeader.Entry;
import dev.kiln.ops.SafetensorsHeader.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsHeaderTest {
    private static final String PREFIX = "[load_safetensors] w.safetensors: ";
    private static final String FOUR_BYTES = "{'w':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}";

    @Test
    void tensors_are_read_in_the_order_of_their_data() {
        SafetensorsHeader header = parse(file("""
                {'b':{'dtype':'F32','shape':[2,3],'data_offsets':[6,30]},
                 '__metadata__':{'format':'mlx','note':'\\u00e9'},
                 'none':{'dtype':'I64','shape':[4,0],'data_offsets':[6,6]},
                 'a':{'shape':[3],'data_offsets':[0,6],'dtype':'BF16'},
                 'scalar':{'dtype':'BOOL','shape':[],'data_offsets':[30,31]}}""" + "   ", 31));
        assertEquals(
                List.of(
                        new Entry("a", DType.BFLOAT16, shape(3), 0, 6),
                        new Entry("none", DType.INT64, shape(4, 0), 6, 6),
                        new Entry("b", DType.FLOAT32, shape(2, 3), 6, 30),
                        new Entry("scalar", DType.BOOL, shape(), 30, 31)),
                header.entries());
        assertEquals(Map.of("format", "mlx", "note", "é"), header.metadata());
    }

    @Test
    void a_file_without_tensors_is_read() {
        assertEquals(new SafetensorsHeader(Map.of(), List.of(), 10), parse(file("{}", 0)));
    }

    @Test
    void the_null_metadata_that_mlx_writes_is_no_metadata() {
        assertEquals(Map.of(), parse(file("{'__metadata__':null}", 0)).metadata());
    }

    @Test
    void unknown_fields_of_a_tensor_are_passed_over() {
        assertEquals(1, parse(file(FOUR_BYTES.replace("}}", ",'x':[{}]}}"), 4)).entries().size());
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void what_is_laid_out_reads_back_the_same(DType dtype) {
        String awkward = "line\nbreak \"quoted\" \\ é 😀";
        Map<String, String> metadata = Map.of(awkward, awkward);
        SafetensorsHeader laidOut = SafetensorsHeader.layOut(
                List.of(
                        new Tensor("flag", DType.BOOL, shape(3)),
                        new Tensor(awkward, dtype, shape(5, 1, 2)),
                        new Tensor("scalar", dtype, shape()),
                        new Tensor("none", dtype, shape(0, 7))),
                metadata,
                "w.safetensors");
        byte[] start = laidOut.toBytes();
        long end = laidOut.entries().getLast().end();
        assertEquals(laidOut, parse(Arrays.copyOf(start, start.length + Math.toIntExact(end))));
        assertEquals(3 + 11L * dtype.size(), end);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 7, 8, 30, 63, 64, 65, 1000})
    void the_data_starts_at_a_multiple_of_64_after_spaces(int nameLength) {
        SafetensorsHeader laidOut = SafetensorsHeader.layOut(
                List.of(new Tensor("n".repeat(nameLength), DType.INT8, shape(1))),
                Map.of(),
                "w.safetensors");
        byte[] start = laidOut.toBytes();
        assertEquals(0, start.length % 64);
        assertEquals(start.length, laidOut.dataStart());
        assertTrue(new String(start, UTF_8).strip().endsWith("}"));
    }

    @Test
    void digits_are_those_of_json_in_every_locale() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
            SafetensorsHeader laidOut = SafetensorsHeader.layOut(List.of(new Tensor("w", DType.INT8, shape(12))),
                    Map.of(), "w.safetensors");
            assertEquals("{\"w\":{\"dtype\":\"I8\",\"shape\":[12],\"data_offsets\":[0,12]}}",
                    new String(laidOut.toBytes(), UTF_8).substring(8).strip());
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void wider_dtypes_come_first_so_that_every_tensor_is_aligned() {
        List<Entry> entries = SafetensorsHeader.layOut(
                List.of(
                        new Tensor("b", DType.UINT8, shape(3)),
                        new Tensor("d", DType.FLOAT64, shape(1)),
                        new Tensor("h", DType.FLOAT16, shape(1)),
                        new Tensor("a", DType.UINT8, shape(1)),
                        new Tensor("f", DType.FLOAT32, shape(1))),
                Map.of(),
                "w.safetensors").entries();
        assertEquals(List.of("d", "f", "h", "a", "b"), entries.stream().map(Entry::name).toList());
        entries.forEach(entry -> assertEquals(0, entry.begin() % entry.dtype().size(), entry.name()));
    }

    @Test
    void what_no_file_can_hold_is_not_laid_out() {
        Tensor w = new Tensor("w", DType.FLOAT64, shape(1));
        assertEquals(
                "[save_safetensors] w.safetensors: two tensors are named \"w\"",
                layOutRefusal(List.of(w, w), Map.of()));
        assertEquals(
                "[save_safetensors] w.safetensors: the format keeps the name __metadata__ for itself",
                layOutRefusal(List.of(new Tensor("__metadata__", DType.INT8, shape(1))), Map.of()));
        assertTrue(layOutRefusal(List.of(new Tensor("\uD800", DType.INT8, shape(1))), Map.of()).contains("surrogate"));
        assertTrue(layOutRefusal(List.of(), Map.of("k", "\uDC00")).contains("surrogate"));
        Shape half = shape(1L << 59);
        assertTrue(
                layOutRefusal(
                        List.of(new Tensor("a", DType.FLOAT64, half), new Tensor("b", DType.FLOAT64, half)),
                        Map.of()).contains("\"b\" of shape (576460752303423488) is too large"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7})
    void a_file_shorter_than_its_length_field_is_truncated(int size) {
        assertEquals(
                PREFIX + "the file is truncated: it has " + size + " bytes, " + (8 - size)
                        + " are missing of the header's length",
                refusal(new byte[size]));
    }

    @Test
    void a_truncated_header_is_refused_with_the_bytes_it_lacks() {
        byte[] whole = file(FOUR_BYTES, 4);
        assertEquals(
                PREFIX + "the file is truncated: the header is 54 bytes long, 5 of them are missing",
                refusal(Arrays.copyOf(whole, 8 + 54 - 5)));
    }

    @Test
    void truncated_data_is_refused_with_the_bytes_it_lacks() {
        assertEquals(
                PREFIX + "the file is truncated: its tensors take 4 bytes, 3 of them are missing",
                refusal(file(FOUR_BYTES, 1)));
    }

    @ParameterizedTest
    @ValueSource(longs = {100_000_001, Long.MAX_VALUE, Long.MIN_VALUE, -1, 0x3a6e6f6973726576L})
    void a_header_of_more_than_100_megabytes_is_refused(long length) {
        byte[] bytes = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array();
        assertEquals(
                PREFIX + "this is no safetensors file: its header would be " + Long.toUnsignedString(length)
                        + " bytes long, the limit is 100000000",
                refusal(bytes));
    }

    @Test
    void an_f8_tensor_is_refused_by_name_and_dtype() {
        String message = refusal(file("{'q.weight':{'dtype':'F8_E4M3','shape':[4],'data_offsets':[0,4]}}", 4));
        assertEquals(
                PREFIX + "tensor \"q.weight\" has the unsupported dtype \"F8_E4M3\" (supported: BOOL, U8, U16, U32, U64,"
                        + " I8, I16, I32, I64, F16, BF16, F32, F64, C64)",
                message);
    }

    @ParameterizedTest(name = "{0} -> {2}")
    @CsvSource(delimiter = ';', quoteCharacter = '`', value = {
        // not a JSON object
        "``; 0; not a JSON object", "[]; 0; not a JSON object", "` {}`; 0; not a JSON object",
        "3; 0; not a JSON object", "{; 0; malformed JSON", "{}x; 0; malformed JSON", "{'w':1,}; 0; malformed JSON",
        // the tensor's description
        "{'w':1}; 0; tensor \"w\" is not described by a JSON object",
        "{'w':{}}; 0; tensor \"w\" has no string \"dtype\"",
        "{'w':{'dtype':3,'shape':[1],'data_offsets':[0,4]}}; 4; has no string \"dtype\"",
        "{'w':{'dtype':'f32','shape':[1],'data_offsets':[0,4]}}; 4; unsupported dtype \"f32\"",
        "{'w':{'dtype':'','shape':[1],'data_offsets':[0,4]}}; 4; unsupported dtype \"\"",
        "{'w':{'dtype':'F32','data_offsets':[0,4]}}; 4; has no list \"shape\"",
        "{'w':{'dtype':'F32','shape':4,'data_offsets':[0,4]}}; 4; has no list \"shape\"",
        "{'w':{'dtype':'F32','shape':[1]}}; 4; has no list \"data_offsets\"",
        "{'w':{'dtype':'F32','shape':[1],'data_offsets':[4]}}; 4; must have 2 data offsets but has 1",
        "{'w':{'dtype':'F32','shape':[1],'data_offsets':[0,4,8]}}; 4; must have 2 data offsets but has 3",
        // the shape
        "{'w':{'dtype':'F32','shape':[-1],'data_offsets':[0,4]}}; 4; something other than integers",
        "{'w':{'dtype':'F32','shape':[-1,-1],'data_offsets':[0,4]}}; 4; something other than integers",
        "{'w':{'dtype':'F32','shape':[1.0],'data_offsets':[0,4]}}; 4; something other than integers",
        "{'w':{'dtype':'F32','shape':['1'],'data_offsets':[0,4]}}; 4; something other than integers",
        "{'w':{'dtype':'F32','shape':[null],'data_offsets':[0,4]}}; 4; something other than integers",
        "{'w':{'dtype':'F32','shape':[9223372036854775808],'data_offsets':[0,4]}}; 4; other than integers",
        "{'w':{'dtype':'F32','shape':[4294967296,4294967296],'data_offsets':[0,0]}}; 0; too large for any file",
        "{'w':{'dtype':'F32','shape':[4611686018427387905],'data_offsets':[0,4]}}; 4; too large for any file",
        "{'w':{'dtype':'F32','shape':[0,9223372036854775807],'data_offsets':[0,0]}}; 0; too large for any file",
        "{'w':{'dtype':'F32','shape':[1000000000],'data_offsets':[0,4]}}; 4; takes 4000000000 bytes",
        "{'w':{'dtype':'F32','shape':[2],'data_offsets':[0,4]}}; 4; takes 8 bytes",
        "{'w':{'dtype':'F32','shape':[0],'data_offsets':[0,4]}}; 4; takes 0 bytes",
        // the range
        "{'w':{'dtype':'F32','shape':[1],'data_offsets':[4,0]}}; 4; invalid data offsets (4, 0)",
        "{'w':{'dtype':'F32','shape':[1],'data_offsets':[-4,0]}}; 4; something other than integers",
        "{'w':{'dtype':'F32','shape':[1],'data_offsets':[0,1e1]}}; 4; something other than integers",
        "{'w':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}}; 8; leaves a hole before it: bytes 0 to 4",
        "{'w':{'dtype':'F32','shape':[1],'data_offsets':[9223372036854775803,9223372036854775807]}}; 4; a hole",
        "{'w':{'dtype':'F32','shape':[1000000000],'data_offsets':[0,4000000000]}}; 4; 3999999996 of them are missing",
        "{'w':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}; 6; 2 bytes after the last tensor",
        "{}; 1; : a byte after the last tensor belongs to no tensor",
        // several tensors
        "{'a':{'dtype':'I8','shape':[4],'data_offsets':[0,4]},'b':{'dtype':'I8','shape':[4],'data_offsets':[3,7]}};"
                + "7; tensor \"b\" overlaps another one",
        "{'a':{'dtype':'I8','shape':[4],'data_offsets':[0,4]},'b':{'dtype':'I8','shape':[4],'data_offsets':[0,4]}};"
                + "4; tensor \"b\" overlaps another one",
        "{'a':{'dtype':'I8','shape':[4],'data_offsets':[0,4]},'b':{'dtype':'I8','shape':[0],'data_offsets':[2,2]}};"
                + "4; tensor \"b\" overlaps another one",
        "{'a':{'dtype':'I8','shape':[4],'data_offsets':[0,4]},'b':{'dtype':'I8','shape':[4],'data_offsets':[5,9]}};"
                + "9; bytes 4 to 5 of the data belong to no tensor",
        "{'a':{'dtype':'I8','shape':[4],'data_offsets':[0,4]},'a':{'dtype':'I8','shape':[4],'data_offsets':[4,8]}};"
                + "8; the name \"a\" appears twice",
        // the metadata
        "{'__metadata__':[]}; 0; the metadata is not a JSON object",
        "{'__metadata__':'x'}; 0; the metadata is not a JSON object",
        "{'__metadata__':{'a':1}}; 0; the value of \"a\" in the metadata is not a string",
        "{'__metadata__':{'a':{}}}; 0; the value of \"a\" in the metadata is not a string",
        "{'__metadata__':{},'__metadata__':{}}; 0; appears twice"})
    void an_invalid_header_is_refused(String json, int dataBytes, String reason) {
        String message = refusal(file(json, dataBytes));
        assertTrue(message.contains(reason), message);
    }

    @Test
    void a_shape_of_more_than_64_dimensions_is_refused() {
        String json = FOUR_BYTES.replace("[1]", "[" + "1,".repeat(64) + "1]");
        assertTrue(refusal(file(json, 4)).contains("has 65 dimensions, the limit is 64"));
    }

    @Test
    void a_nesting_bomb_is_refused() {
        assertTrue(refusal(file("{'w':" + "[".repeat(1_000_000), 0)).contains("nested more than 32 deep"));
    }

    @Test
    void a_header_that_is_not_utf8_is_refused() {
        byte[] bytes = file(FOUR_BYTES, 4);
        bytes[10] = (byte) 0xff;
        assertEquals(PREFIX + "the header is not JSON: it is not UTF-8 text", refusal(bytes));
    }

    @Test
    void a_hostile_name_cannot_break_or_flood_the_message() {
        String name = "\\n\\u001b[31m" + "x".repeat(10_000);
        String message = refusal(file("{'" + name + "':{'dtype':'F32','shape':[2],'data_offsets':[0,4]}}", 4));
        assertTrue(message.startsWith(PREFIX + "tensor \"\\n\\u001b[31mxxx"), message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"elementwise", "fast", "random", "rms_norm"})
    void files_that_mlx_wrote_are_read(String group) throws IOException {
        Path file = Path.of(System.getProperty("kiln.shared", ""), "conformance", group + ".safetensors");
        assumeTrue(Files.exists(file));
        byte[] bytes = Files.readAllBytes(file);
        SafetensorsHeader header = parse(bytes);
        assertFalse(header.entries().isEmpty());
        assertEquals(bytes.length, header.dataStart() + header.entries().getLast().end());
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34})
    void a_damaged_file_is_read_or_refused_and_nothing_else(long seed) {
        byte[] valid = file("""
                {'__metadata__':{'format':'mlx','n\\u00e9':'\\ud83d\\ude00'},
                 'a':{'dtype':'F16','shape':[2,2],'data_offsets':[0,8]},
                 'b':{'dtype':'I64','shape':[],'data_offsets':[8,16]},
                 'c':{'dtype':'C64','shape':[0,12],'data_offsets':[16,16]}}""", 16);
        int refusals = HostileFiles.countRefusals(seed, valid, PREFIX, file -> assertSound(file));
        assertTrue(refusals > 100, () -> refusals + " refusals");
    }

    /** Whatever was accepted must be safe to hand out: every range inside the file, of the size that the shape takes. */
    private static void assertSound(MemorySegment file) {
        SafetensorsHeader header = SafetensorsHeader.parse(file, "w.safetensors");
        Set<String> names = new HashSet<>();
        long end = 0;
        for (Entry entry : header.entries()) {
            assertEquals(end, entry.begin());
            assertEquals(entry.shape().size() * entry.dtype().size(), entry.end() - entry.begin());
            assertTrue(names.add(entry.name()));
            end = entry.end();
        }
        assertEquals(file.byteSize(), header.dataStart() + end);
    }

    /** A file with this JSON (in single quotes) and as many bytes of data. */
    private static byte[] file(String json, int dataBytes) {
        byte[] header = json.replace('\'', '"').getBytes(UTF_8);
        return ByteBuffer.allocate(8 + header.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length)
                .put(header).array();
    }

    private static SafetensorsHeader parse(byte[] file) {
        return SafetensorsHeader.parse(MemorySegment.ofArray(file), "w.safetensors");
    }

    private static String refusal(byte[] file) {
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> parse(file));
        HostileFiles.assertOneLine(refused, PREFIX);
        return String.valueOf(refused.getMessage());
    }

    private static String layOutRefusal(List<Tensor> tensors, Map<String, String> metadata) {
        return String.valueOf(assertThrows(IllegalArgumentException.class, () -> SafetensorsHeader.layOut(tensors,
                metadata, "w.safetensors")).getMessage());
    }
}
