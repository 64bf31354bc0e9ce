package dev.kiln.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FileOpsTest {

    @TempDir
    Path folder;

    private static byte[] bytes(Array array) {
        return array.asMemorySegment().toArray(ValueLayout.JAVA_BYTE);
    }

    private static Array sample(DType dtype) {
        return Ops.arange(12).reshape(3, 4).astype(dtype);
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void safetensors_come_back_as_they_were_saved(DType dtype) {
        Path file = folder.resolve("a.safetensors");
        Map<String, Array> arrays = new LinkedHashMap<>();
        arrays.put("plain", sample(dtype));
        arrays.put("turned", sample(dtype).transpose());
        arrays.put("empty", Ops.zeros(Shape.shape(0, 3), dtype));
        arrays.put("one", Ops.zeros(Shape.SCALAR, dtype));
        Ops.saveSafetensors(file, arrays, Map.of("made by", "a test"));
        Map<String, Array> found = Ops.loadSafetensors(file);
        assertEquals(Map.of("made by", "a test"), Ops.loadSafetensorsMetadata(file));
        assertEquals(arrays.keySet(), Map.copyOf(found).keySet());
        arrays.forEach((name, array) -> {
            Array back = found.get(name);
            assertEquals(dtype, back.dtype());
            assertEquals(array.shape(), back.shape());
            assertArrayEquals(bytes(array), bytes(back), name);
        });
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void npy_files_come_back_as_they_were_saved(DType dtype) {
        Path file = folder.resolve("a.npy");
        Ops.save(file, sample(dtype).transpose());
        Array back = Ops.load(file);
        assertEquals(dtype, back.dtype());
        assertArrayEquals(bytes(sample(dtype).transpose()), bytes(back));
    }

    @Test
    void column_major_npy_files_are_views() throws IOException {
        String header = "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }";
        byte[] text = (header + " ".repeat(127 - 10 - header.length()) + "\n").getBytes(StandardCharsets.US_ASCII);
        byte[] file = new byte[10 + text.length + 6];
        byte[] magic = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) text.length, (byte) (text.length >> 8)};
        System.arraycopy(magic, 0, file, 0, 10);
        System.arraycopy(text, 0, file, 10, text.length);
        System.arraycopy(new byte[] {1, 2, 3, 4, 5, 6}, 0, file, 10 + text.length, 6);
        Path path = folder.resolve("f.npy");
        Files.write(path, file);
        assertArrayEquals(new byte[] {1, 3, 5, 2, 4, 6}, bytes(Ops.load(path)));
    }

    @Test
    void tensors_need_not_be_aligned_in_the_file() throws IOException {
        String json = "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
                + "\"b\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[1,13]}}";
        byte[] file = new byte[8 + json.length() + 13];
        file[0] = (byte) json.length();
        System.arraycopy(json.getBytes(StandardCharsets.US_ASCII), 0, file, 8, json.length());
        for (int i = 0; i < 3; i++) {
            file[8 + json.length() + 1 + 4 * i + 3] = 0x40; // 2.0f
        }
        Path path = folder.resolve("odd.safetensors");
        Files.write(path, file);
        Array b = Ops.loadSafetensors(path).get("b");
        assertArrayEquals(new float[] {3, 3, 3}, b.add(1).toFloatArray());
        assertArrayEquals(new float[] {2, 2, 2}, b.toFloatArray());
    }

    @Test
    void bad_files_are_refused_in_one_line_that_names_them() throws IOException {
        Path cut = folder.resolve("cut.safetensors");
        Ops.saveSafetensors(cut, Map.of("x", sample(DType.FLOAT32)));
        byte[] whole = Files.readAllBytes(cut);
        Files.write(cut, java.util.Arrays.copyOf(whole, whole.length - 5));
        Path wild = folder.resolve("wild.safetensors");
        Files.write(wild, new byte[] {-1, -1, -1, -1, -1, -1, -1, 127, '{', '}'});
        for (Path file : List.of(cut, wild, folder, folder.resolve("none.safetensors"))) {
            String message = assertThrows(IllegalArgumentException.class, () -> Ops.loadSafetensors(file)).getMessage();
            assertTrue(message.startsWith("[load_safetensors] " + file + ": "), message);
            assertFalse(message.contains("\n"), message);
        }
    }

    @Test
    void what_cannot_be_written_is_told_and_leaves_nothing_beside_it() throws IOException {
        Path taken = Files.createDirectory(folder.resolve("a.npy"));
        assertEquals("Cannot write " + taken + ": this is a directory", unwritten(taken));
        try (Stream<Path> found = Files.list(folder)) {
            assertEquals(List.of(taken), found.toList());
        }
        Path nowhere = folder.resolve("none").resolve("a.npy");
        assertEquals("Cannot write " + nowhere + ": there is no folder " + nowhere.getParent(), unwritten(nowhere));
    }

    private static String unwritten(Path file) {
        return String.valueOf(assertThrows(UncheckedIOException.class, () -> Ops.save(file, sample(DType.INT32)))
                .getMessage());
    }

    @Test
    void saves_to_one_path_at_once_leave_what_one_of_them_wrote() {
        Path file = folder.resolve("a.npy");
        IntStream.range(0, 64).parallel().forEach(i -> Ops.save(file, Ops.full(Shape.shape(100 + i), i)));
        Array last = Ops.load(file);
        assertEquals(100 + last.toIntArray()[0], last.size());
    }

    @Test
    @SuppressWarnings("NullAway") // what is asked is what happens then
    void a_null_is_refused_with_the_name_of_the_operation() {
        Path file = folder.resolve("a.npy");
        Array x = sample(DType.INT32);
        Map<String, Array> nothing = new HashMap<>();
        nothing.put("w", null);
        Map<String, Array> nameless = new HashMap<>();
        nameless.put(null, x);
        Map<String, String> untold = new HashMap<>();
        untold.put("k", null);
        refuses("[load_npy] Argument file", () -> Ops.load(null));
        refuses("[load_safetensors] Argument file", () -> Ops.loadSafetensors(null));
        refuses("[save_npy] Argument array", () -> Ops.save(file, null));
        refuses("[save_npy] Argument file", () -> Ops.save(null, x));
        refuses("[save_safetensors] Argument w", () -> Ops.saveSafetensors(file, nothing));
        refuses("[save_safetensors] Argument arrays, a name,", () -> Ops.saveSafetensors(file, nameless));
        refuses("[save_safetensors] Argument metadata, the value of k,",
                () -> Ops.saveSafetensors(file, Map.of("x", x), untold));
    }

    private static void refuses(String start, Executable call) {
        assertEquals(start + " is null.", assertThrows(NullPointerException.class, call).getMessage());
    }

    @Test
    void saving_over_the_file_that_is_mapped_keeps_both_values() {
        Path file = folder.resolve("a.safetensors");
        Ops.saveSafetensors(file, Map.of("x", sample(DType.FLOAT32)));
        Array old = Ops.loadSafetensors(file).get("x");
        Ops.saveSafetensors(file, Map.of("x", old.add(1)));
        assertEquals(0, old.toFloatArray()[0]);
        assertEquals(1, Ops.loadSafetensors(file).get("x").toFloatArray()[0]);
    }
}
