package dev.kiln.backends.metal;

import com.google.common.hash.HashCode;
import com.google.common.hash.Hashing;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The kernels compiled so far, by the hash of their text. Texts depend on operations, dtypes and kinds of layout, not on
 * shapes, so there are not many, and they are kept.
 */
final class Pipelines {

    private record Key(HashCode source, String function) {}

    private final MtlDevice device;
    private final Map<Key, CompletableFuture<MtlPipeline>> known = new ConcurrentHashMap<>();
    private final Worker compiler = new Worker("kiln-metal-compiler", () -> {});

    Pipelines(MtlDevice device) {
        this.device = device;
    }

    /**
     * The function of that name in a program.
     *
     * @throws MetalException if Metal refuses it
     */
    MtlPipeline of(String source, String function) {
        Key key = new Key(Hashing.sha256().hashString(source, StandardCharsets.UTF_8), function);
        try {
            return known.computeIfAbsent(key, missing -> CompletableFuture
                    .supplyAsync(() -> compile(source, function), compiler)).join();
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof RuntimeException cause ? cause : failed;
        }
    }

    /** How many there are. */
    int count() {
        return known.size();
    }

    private MtlPipeline compile(String source, String function) {
        MemorySegment pool = ObjC.push();
        try {
            return device.compile(source, function);
        } finally {
            ObjC.pop(pool);
        }
    }
}
