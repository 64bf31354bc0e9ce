package dev.kiln.examples.jshell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import jdk.jshell.tool.JavaShellToolBuilder;
import org.junit.jupiter.api.Test;

/** Sessions of the JDK's own tool, started as {@code -Drun=jshell} starts it. */
class SessionTest {

    /** What a user sees from the first prompt on who types {@code lines}. */
    private static String session(String lines) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("--class-path", System.getProperty("java.class.path")));
        arguments.addAll(List.of(System.getProperty("kiln.jshell.flags").split(" ")));
        arguments.add(System.getProperty("kiln.jshell.script"));
        ByteArrayOutputStream seen = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(seen, true, StandardCharsets.UTF_8)) {
            JavaShellToolBuilder.builder()
                    .in(new ByteArrayInputStream((lines + "/exit\n").getBytes(StandardCharsets.UTF_8)), null).out(out)
                    .locale(Locale.ENGLISH).persistence(new HashMap<>()).start(arguments.toArray(String[]::new));
        }
        String text = seen.toString(StandardCharsets.UTF_8).replace("\r", "");
        return text.substring(text.indexOf("kiln> "), text.indexOf("kiln> /exit"));
    }

    @Test
    void arrays_are_shown_and_explained_and_names_that_java_util_has_too_are_kilns() throws Exception {
        assertEquals("""
                kiln> Array x = arange(6).reshape(2, 3)
                x ==>
                array([[0, 1, 2],
                       [3, 4, 5]], dtype=int32)
                kiln> x.astype(BFLOAT16, Stream.of(Device.CPU))
                $13 ==>
                array([[0, 1, 2],
                       [3, 4, 5]], dtype=bfloat16)
                kiln> Random.key(1).shape()
                $14 ==>
                (2)
                kiln> grad((Array a) -> a.square().sum()).apply(Array.of(1f, 2f))
                $15 ==>
                array([2, 4], dtype=float32)
                kiln> Explain.of(Fast.rmsNorm(ones(shape(2, 8)).eval(), null, 1e-5).multiply(0.5f))
                $16 ==>
                1 kernel for 2 operations, 72 bytes read and written

                1. rms_norm + multiply
                   reads  float32 scalar, float32 scalar
                   writes float32(2,8)
                   72 bytes on stream(cpu, 0)
                """, session("""
                Array x = arange(6).reshape(2, 3)
                x.astype(BFLOAT16, Stream.of(Device.CPU))
                Random.key(1).shape()
                grad((Array a) -> a.square().sum()).apply(Array.of(1f, 2f))
                Explain.of(Fast.rmsNorm(ones(shape(2, 8)).eval(), null, 1e-5).multiply(0.5f))
                """));
    }

    @Test
    void a_long_value_is_not_cut() throws Exception {
        String seen = session("Array x = zeros(shape(1000)).reshape(-1, 5)\n");
        assertTrue(seen.endsWith("[0, 0, 0, 0, 0]], dtype=float32)\n"), seen);
        seen = session("\"a\".repeat(5000)\n");
        assertTrue(seen.contains("a".repeat(5000)), seen);
    }

    @Test
    void a_mistake_is_told_in_the_words_of_the_operation() throws Exception {
        String seen = session("ones(shape(2)).add(ones(shape(3)))\n");
        assertTrue(seen.lines().skip(1).findFirst().orElseThrow().endsWith(
                "IllegalArgumentException: [add] Shapes (2) and (3) cannot be broadcast."), seen);
    }
}
