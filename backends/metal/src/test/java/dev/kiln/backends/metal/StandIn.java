package dev.kiln.backends.metal;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * What stands in for the Objective-C runtime and Metal in this module's tests; see {@code src/test/cpp}. JUnit finds it by
 * itself, and so it is there before the first test, which is skipped where it cannot be built; after each test it is asked
 * whether something was done that Metal does not allow.
 */
public final class StandIn implements BeforeAllCallback, AfterEachCallback {

    /** In which order it runs the threads of a dispatch. */
    enum Order {
        FORWARD, REVERSE, RANDOM
    }

    private static final int LONGEST = 4096;

    /** The library, loaded; or why there is none. */
    private static final class Loaded {
        static final Optional<SymbolLookup> LIBRARY;
        static final String WHY_NOT;

        static {
            StandInBuild.Result result = StandInBuild.result();
            WHY_NOT = result.whyNot();
            LIBRARY = result.library().map(Loaded::open);
        }

        @SuppressWarnings("restricted")
        private static SymbolLookup open(Path path) {
            System.setProperty("kiln.metal.objc", path.toString());
            System.setProperty("kiln.metal.framework", path.toString());
            return SymbolLookup.libraryLookup(path, Arena.global());
        }
    }

    /** For JUnit. */
    public StandIn() {}

    @Override
    public void beforeAll(ExtensionContext context) {
        start();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        assertEquals(Optional.empty(), violation(), "what was done that Metal does not allow");
    }

    /** Loads it in the place of the system's libraries, or skips the test. */
    static void start() {
        if (Loaded.LIBRARY.isEmpty()) {
            abort("The Metal backend's tests are skipped: " + Loaded.WHY_NOT);
        }
    }

    @SuppressWarnings("restricted")
    static MethodHandle function(String name, Optional<MemoryLayout> result, MemoryLayout... arguments) {
        FunctionDescriptor type = result.map(layout -> FunctionDescriptor.of(layout, arguments))
                .orElseGet(() -> FunctionDescriptor.ofVoid(arguments));
        return Linker.nativeLinker().downcallHandle(Loaded.LIBRARY.orElseThrow().findOrThrow(name), type);
    }

    /** The first thing done wrong since the last call; what followed it is forgotten. */
    static Optional<String> violation() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocate(LONGEST);
            boolean any = (boolean) function("standin_violation", Optional.of(JAVA_BOOLEAN), ADDRESS, JAVA_LONG)
                    .invokeExact(text, text.byteSize());
            return any ? Optional.of(text.getString(0)) : Optional.empty();
        } catch (Throwable thrown) {
            throw new LinkageError("standin_violation", thrown);
        }
    }

    /** How many objects of a class there are. */
    static long live(String className) {
        try (Arena arena = Arena.ofConfined()) {
            return (long) function("standin_live", Optional.of(JAVA_LONG), ADDRESS)
                    .invokeExact(arena.allocateFrom(className));
        } catch (Throwable thrown) {
            throw new LinkageError("standin_live", thrown);
        }
    }

    /** The bytes of memory that there are buffers over. */
    static long bytes() {
        try {
            return (long) function("standin_bytes", Optional.of(JAVA_LONG)).invokeExact();
        } catch (Throwable thrown) {
            throw new LinkageError("standin_bytes", thrown);
        }
    }

    static void order(Order order, long seed) {
        try {
            function("standin_order", Optional.empty(), JAVA_INT, JAVA_LONG).invokeExact(order.ordinal(), seed);
        } catch (Throwable thrown) {
            throw new LinkageError("standin_order", thrown);
        }
    }

    /** From now on {@code by} stands for {@code text} in all sources that are compiled; nothing for the empty text. */
    static void replace(String text, String by) {
        try (Arena arena = Arena.ofConfined()) {
            function("standin_replace", Optional.empty(), ADDRESS, ADDRESS).invokeExact(arena.allocateFrom(text),
                    arena.allocateFrom(by));
        } catch (Throwable thrown) {
            throw new LinkageError("standin_replace", thrown);
        }
    }

    /** How often that was done. */
    static int replaced() {
        try {
            return (int) function("standin_replaced", Optional.of(JAVA_INT)).invokeExact();
        } catch (Throwable thrown) {
            throw new LinkageError("standin_replaced", thrown);
        }
    }
}
