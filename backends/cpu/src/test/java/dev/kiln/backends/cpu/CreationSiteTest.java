package dev.kiln.backends.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.graph.CreationSite;
import dev.kiln.graph.KilnException;
import dev.kiln.graph.Shape;
import dev.kiln.ops.Array;
import dev.kiln.ops.Fast;
import dev.kiln.ops.Ops;
import dev.kiln.ops.Scope;
import dev.kiln.streams.Device;
import dev.kiln.streams.Event;
import dev.kiln.streams.Stream;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Failures name the lines of the program, here of this file, that built what failed. */
class CreationSiteTest {

    private final boolean before = CreationSite.isCaptured();

    @BeforeEach
    void capture() {
        CreationSite.capture(true);
    }

    @AfterEach
    void restore() {
        CreationSite.capture(before);
    }

    private static int line() {
        return StackWalker.getInstance().walk(frames -> frames.skip(1).findFirst().orElseThrow().getLineNumber());
    }

    private static String at(int line) {
        return "(CreationSiteTest.java:" + line + ")";
    }

    /** What reading an array throws whose stream is closed before it comes to it. */
    private static String failure(Stream stream, Array array) {
        Event gate = new Event();
        stream.submitWait(gate);
        var started = Ops.asyncEval(array);
        stream.close();
        gate.complete();
        started.exceptionally(failed -> null).join();
        return assertThrows(KilnException.class, array::toFloatArray).getMessage();
    }

    @Test
    void a_fused_kernel_names_the_lines_of_all_that_is_in_it() {
        Stream stream = Stream.of(Device.CPU);
        Array x = Ops.ones(Shape.shape(2, 8)).eval();
        Array norm = Fast.rmsNorm(x, null, 1e-5, stream);
        int first = line() - 1;
        Array scaled = norm.multiply(2, stream);
        int second = line() - 1;
        String message = failure(stream, scaled);
        assertTrue(message.contains("[rms_norm+multiply] failed on " + stream), message);
        assertTrue(message.contains("float32(2,8)"), message);
        assertTrue(message.contains(at(first)) && message.contains(at(second)), message);
    }

    @Test
    void a_norm_written_by_hand_names_the_line_that_ends_it() {
        Stream stream = Stream.of(Device.CPU);
        Array x = Ops.ones(Shape.shape(2, 8)).eval();
        Array factor = Ops.rsqrt(Ops.mean(x.square(stream), -1, true, stream).add(1e-5, stream), stream);
        Array norm = x.multiply(factor, stream);
        int last = line() - 1;
        String message = failure(stream, norm);
        assertTrue(message.startsWith("[rms_norm] failed"), message);
        assertTrue(message.contains(at(last)), message);
    }

    @Test
    void a_line_in_a_lambda_is_the_lambdas() {
        Stream stream = Stream.of(Device.CPU);
        int[] line = new int[1];
        List<Array> built = IntStream.range(0, 1).mapToObj(i -> {
            line[0] = line() + 1;
            return Array.of(1f, 2f).exp(stream);
        }).toList();
        assertTrue(failure(stream, built.getFirst()).contains(at(line[0])));
    }

    @Test
    void plans_are_shared_by_graphs_of_different_lines() {
        for (int i = 0; i < 2; i++) {
            Stream stream = Stream.of(Device.CPU);
            Array y = i == 0 ? Array.of(1f, 2f, 3f).exp(stream) : null;
            int first = line() - 1;
            Array z = i == 1 ? Array.of(1f, 2f, 3f).exp(stream) : null;
            int second = line() - 1;
            String message = failure(stream, y == null ? z : y);
            assertTrue(message.contains(at(i == 0 ? first : second)), message);
            assertFalse(message.contains(at(i == 0 ? second : first)), message);
        }
    }

    @Test
    void a_released_array_names_its_line() {
        Array x;
        int line;
        try (Scope scope = Scope.open()) {
            x = Array.of(1f, 2f).exp();
            line = line() - 1;
        }
        String message = assertThrows(IllegalStateException.class, x::toFloatArray).getMessage();
        assertTrue(message.contains(at(line)), message);
    }

    @Test
    void without_capture_the_failure_says_how_to_get_it() {
        CreationSite.capture(false);
        Stream stream = Stream.of(Device.CPU);
        String message = failure(stream, Array.of(1f, 2f).exp(stream));
        assertTrue(message.endsWith("(start with -Dkiln.sites=true to see where it was built)"), message);
        assertEquals(-1, message.indexOf("CreationSiteTest.java"));
    }
}
