package dev.kiln.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** No backend is on the class path of these tests. */
class DeviceTest {

    @Test
    void devices_are_values() {
        assertEquals(new Device(Device.Kind.CPU, 0), Device.CPU);
        assertEquals("cpu", Device.CPU.toString());
        assertEquals("metal:1", new Device(Device.Kind.METAL, 1).toString());
        assertThrows(IllegalArgumentException.class, () -> new Device(Device.Kind.CPU, -1));
    }

    @Test
    void there_is_no_device_of_no_kind_and_no_stream_of_no_device() {
        assertEquals("A device's kind is null.",
                assertThrows(NullPointerException.class, () -> new Device(null, 0)).getMessage());
        assertEquals("[Stream.of] Argument device is null.",
                assertThrows(NullPointerException.class, () -> Stream.of(null)).getMessage());
    }

    @Test
    void an_absent_metal_device_says_what_it_needs() {
        assertFalse(Device.METAL.isAvailable());
        String why = Device.METAL.whyUnavailable().orElseThrow();
        assertTrue(why.contains("Apple silicon") && why.contains("dev.kiln:kiln-backend-metal"), why);
        assertTrue(why.contains(System.getProperty("os.name")) && why.contains(System.getProperty("os.arch")), why);
    }

    @Test
    void an_absent_cpu_backend_says_what_it_needs() {
        assertEquals("no CPU backend is on the class path or module path: add dev.kiln:kiln-backend-cpu",
                Device.CPU.whyUnavailable().orElseThrow());
    }

    @Test
    void no_stream_is_made_on_an_absent_device() {
        String message = assertThrows(IllegalStateException.class, () -> Stream.of(Device.METAL)).getMessage();
        assertTrue(message.startsWith("Device metal is not available: it needs a Mac with Apple silicon"), message);
        assertThrows(IllegalStateException.class, () -> Stream.defaultStream(Device.METAL));
        assertThrows(IllegalStateException.class, Device.METAL::stream);
    }
}
