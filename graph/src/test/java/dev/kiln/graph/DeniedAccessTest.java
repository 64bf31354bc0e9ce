package dev.kiln.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class DeniedAccessTest {

    /** What the JVM runs that denies native access. */
    static final class Program {
        public static void main(String[] arguments) {
            say(() -> Buffer.allocate(64));
            say(() -> Buffer.allocate(1 << 20));
            say(() -> Buffer.wrap(MemorySegment.NULL));
        }

        private static void say(Executable action) {
            try {
                action.execute();
            } catch (Throwable thrown) {
                System.out.println(thrown);
            }
        }
    }

    @Test
    void a_jvm_that_denies_native_access_is_told_the_flag_each_time() throws Exception {
        Process java = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--illegal-native-access=deny", "-cp", System.getProperty("java.class.path"), Program.class.getName())
                .redirectErrorStream(true).start();
        String output = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, java.waitFor(), output);
        assertEquals(
                Collections.nCopies(3, "java.lang.IllegalStateException: Kiln keeps arrays outside of the Java heap,"
                        + " which this JVM denies: start it with --enable-native-access=ALL-UNNAMED."),
                List.copyOf(output.lines().toList()));
    }
}
