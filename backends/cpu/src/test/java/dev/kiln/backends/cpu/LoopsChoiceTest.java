package dev.kiln.backends.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.backends.cpu.vector.VectorLoops;
import dev.kiln.graph.DType;
import dev.kiln.ops.UnaryOp;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class LoopsChoiceTest {
    /** What the JVM without the module runs. */
    static final class Program {
        public static void main(String[] args) {
            Reg y = new Reg(Lane.F32, 1);
            Loops.get().unary(UnaryOp.SQUARE, DType.FLOAT32).run(y, Regs.f32(3), 1);
            System.out.println(Loops.get().getClass().getSimpleName() + " " + y.f()[0]);
        }
    }

    @Test
    void vectors_are_chosen_where_the_module_is_present() {
        assertInstanceOf(VectorLoops.class, Loops.get());
        assertSame(Loops.get(), Loops.get());
    }

    @Test
    void without_the_module_the_scalar_path_starts_and_says_so_once() throws IOException, InterruptedException {
        Process java = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), Program.class.getName()).redirectErrorStream(true).start();
        String output = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, java.waitFor(), output);
        assertTrue(output.contains("ScalarLoops 9.0"), output);
        assertEquals(2, output.split("--add-modules jdk.incubator.vector", -1).length, output);
    }
}
