package dev.kiln.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
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
        assertEquals(arrays.keySet(), Map.copyOf(found).keySet());
        arrays.forEach((name, array) -> {
            Array back = found.get(name);
            assertEquals(dtype, back.dtype());
            assertEquals(array.shape(), back.shape());
            assertArrayEquals(bytes(array), bytes(back), name);
        });
    }

    @ParameterizedTest
    @EnumSource(value = DType.class, mode = EnumSource.Mode.EXCLUDE, names = "BFLOAT16")
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
    void saving_bfloat16_as_npy_is_refused_with_advice_and_leaves_the_old_file() {
        Path file = folder.resolve("a.npy");
        Ops.save(file, sample(DType.INT32));
        String message = assertThrows(IllegalArgumentException.class, () -> Ops.save(file, sample(DType.BFLOAT16)))
                .getMessage();
        assertTrue(message.contains("saveSafetensors"), message);
        assertEquals(DType.INT32, Ops.load(file).dtype());
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
