package dev.kiln.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.backends.cpu.Loops;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The runs of the suites over the table are what they claim to be: with and without the incubator module, by vectors so wide. */
@Tag("everyLoops")
class LoopsInUseTest {

    @Test
    void the_incubator_module_is_there_in_the_run_that_is_to_have_it() {
        assertEquals(Boolean.parseBoolean(System.getProperty("kiln.test.vector", "true")),
                ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent());
    }

    @Test
    void the_vectors_are_as_wide_as_the_run_sets_them() {
        String bits = System.getProperty("kiln.vector.bits", ""); // absent where the machine sets it
        assertTrue(Loops.get().toString().contains(bits), Loops.get().toString());
    }
}
