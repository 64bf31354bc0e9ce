package dev.kiln.backends.metal;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The texts in Metal's language that lie beside the classes. */
final class Resources {

    private static final Map<String, String> TEXTS = new ConcurrentHashMap<>();

    private Resources() {}

    /** The file of this name, without its ending. */
    static String text(String name) {
        return TEXTS.computeIfAbsent(name, Resources::read);
    }

    private static String read(String name) {
        try (InputStream file = Resources.class.getResourceAsStream(name + ".metal")) {
            if (file == null) {
                throw new IllegalStateException("The jar has no " + name + ".metal.");
            }
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
