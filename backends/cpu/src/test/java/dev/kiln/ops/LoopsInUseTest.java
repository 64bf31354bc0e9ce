package dev.kiln.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The two runs of the suites over the table are what they claim to be: with and without the incubator module. */
@Tag("everyLoops")
class LoopsInUseTest {

    @Test
    void the_incubator_module_is_there_in_the_run_that_is_to_have_it() {
        assertEquals(Boolean.parseBoolean(System.getProperty("kiln.test.vector", "true")),
                ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent());
    }
}
