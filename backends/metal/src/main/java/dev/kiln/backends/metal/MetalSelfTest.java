package dev.kiln.backends.metal;

import java.util.Optional;

/** Looks whether the device does what Kiln needs of it. */
public final class MetalSelfTest {

    private MetalSelfTest() {}

    static Optional<String> whyUnavailable() {
        try {
            MetalDevice.get();
            return Optional.empty();
        } catch (RuntimeException | Error failed) {
            return Optional.of(String.valueOf(failed.getMessage()));
        }
    }
}
