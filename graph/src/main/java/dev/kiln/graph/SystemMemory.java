package dev.kiln.graph;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;
import java.util.Optional;

/**
 * Fresh memory, from the C library that the JVM itself runs on. It is not zeroed, as that of {@code java.lang.foreign} is:
 * kernels write what they are lent before anybody reads it, and touching fresh pages once more is most of what they cost.
 */
final class SystemMemory {

    /** Linux takes the faults of a large block for huge pages, one for 512, if it is asked to. */
    private static final long HUGE_PAGE = 2L << 20;
    private static final long WORTH_HUGE_PAGES = 2 * HUGE_PAGE;
    private static final int MADV_HUGEPAGE = 14;

    private static final MethodHandle MALLOC = downcall("malloc",
            FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG)).orElseThrow();
    private static final MethodHandle FREE = downcall("free", FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG))
            .orElseThrow();
    private static final Optional<MethodHandle> MADVISE = isLinux()
            ? downcall("madvise", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT))
            : Optional.empty();

    private SystemMemory() {}

    /** A piece of memory: {@code address} is what was asked for, {@code base} what {@link #free} wants. */
    record Piece(long base, long address) {}

    /**
     * At least {@code bytes} whose address is a multiple of {@code alignment}.
     *
     * @throws OutOfMemoryError if the system refuses
     */
    static Piece allocate(long bytes, long alignment) {
        boolean huge = bytes >= WORTH_HUGE_PAGES && MADVISE.isPresent();
        long aligned = huge ? HUGE_PAGE : alignment;
        try {
            long base = (long) MALLOC.invokeExact(bytes + aligned);
            if (base == 0) {
                throw new OutOfMemoryError("malloc of " + bytes + " bytes");
            }
            long address = (base + aligned - 1) & -aligned;
            if (huge) { // advice: whether it is taken does not matter
                int _ = (int) MADVISE.get().invokeExact(address, bytes & -HUGE_PAGE, MADV_HUGEPAGE);
            }
            return new Piece(base, address);
        } catch (RuntimeException | Error thrown) {
            throw thrown;
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    static void free(Piece piece) {
        try {
            FREE.invokeExact(piece.base);
        } catch (RuntimeException | Error thrown) {
            throw thrown;
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @SuppressWarnings("restricted")
    private static Optional<MethodHandle> downcall(String name, FunctionDescriptor type) {
        Linker linker = Linker.nativeLinker();
        return linker.defaultLookup().find(name).map(symbol -> linker.downcallHandle(symbol, type));
    }

    private static boolean isLinux() {
        return System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("linux");
    }
}
