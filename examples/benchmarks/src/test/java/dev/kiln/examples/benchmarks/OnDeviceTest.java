package dev.kiln.examples.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kiln.streams.Device;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Benchmarks on another device than the processor: a GPU, or a library that the Metal backend's tests have built. */
class OnDeviceTest {

    @BeforeAll
    static void something_stands_in_for_metal_elsewhere() {
        Path library = Path.of(System.getProperty("kiln.standin", "absent"));
        if (Files.exists(library)) {
            System.setProperty("kiln.metal.objc", library.toString());
            System.setProperty("kiln.metal.framework", library.toString());
        }
    }

    @Test
    void without_the_device_there_are_no_threads() {
        System.setProperty("kiln.benchmarks.device", "METAL");
        try {
            assumeFalse(Device.METAL.isAvailable(), "it is here");
            assertThrows(IllegalStateException.class, () -> new OnDevice(1, "test").close());
        } finally {
            System.clearProperty("kiln.benchmarks.device");
        }
    }

    @Test
    void benchmarks_run_on_the_device_that_is_asked_for() throws Exception {
        assumeTrue(Device.METAL.isAvailable(), () -> Device.METAL.whyUnavailable().orElseThrow());
        System.setProperty("kiln.benchmarks.device", "METAL");
        try (OnDevice threads = new OnDevice(1, "test")) {
            assertEquals(Device.METAL, threads.submit(Device::defaultDevice).get());
        } finally {
            System.clearProperty("kiln.benchmarks.device");
        }
    }
}
