package dev.kiln.graph;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.Locale;
import java.util.Optional;

/**
 * Fresh memory, from the C library that the JVM itself runs on. It is not zeroed, as that of {@code java.lang.foreign} is:
 * kernels write what they are lent before anybody reads it, and touching fresh pages once more is most of what they cost.
 * On macOS it comes from {@code mmap}, since Metal takes only such memory as it is.
 */
final class SystemMemory {

    /** Linux takes the faults of a large block for huge pages, one for 512, if it is asked to. */
    private static final long HUGE_PAGE = 2L << 20;
    private static final long WORTH_HUGE_PAGES = 2 * HUGE_PAGE;
    private static final int MADV_HUGEPAGE = 14;

    private static final int PROT_READ_WRITE = 3;
    static final int MAP_PRIVATE = 2;
    private static final int MAP_ANON_OF_MACOS = 0x1000;
    private static final long MAP_FAILED = -1;

    private static final MethodHandle MALLOC = required("malloc",
            FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
    private static final MethodHandle FREE = required("free", FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG));
    private static final Optional<MethodHandle> MADVISE = isSystem("linux")
            ? downcall("madvise", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT))
            : Optional.empty();
    private static final boolean MAPS = isSystem("mac");

    private SystemMemory() {}

    /** What only macOS needs, so that nobody else waits until it is linked. */
    private static final class Mapping {
        static final Optional<MethodHandle> MMAP = downcall("mmap",
                FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));
        static final Optional<MethodHandle> MUNMAP = downcall("munmap",
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
    }

    /** A piece of memory: {@code base} is what {@link #free} wants. */
    record Piece(long base, Stretch stretch) {
        /** The first byte's address. */
        long address() {
            return stretch.address();
        }
    }

    /**
     * At least {@code bytes}, in whole pages of their own.
     *
     * @throws OutOfMemoryError if the system refuses
     */
    static Piece allocate(long bytes) {
        OffHeap.requireAllowed();
        long whole = (bytes + Stretch.PAGE - 1) & -Stretch.PAGE;
        if (MAPS) {
            long address = map(whole, MAP_PRIVATE | MAP_ANON_OF_MACOS);
            return new Piece(address, Stretch.begin(address, whole));
        }
        boolean huge = bytes >= WORTH_HUGE_PAGES && MADVISE.isPresent();
        long aligned = huge ? HUGE_PAGE : Stretch.PAGE;
        try {
            long base = (long) MALLOC.invokeExact(whole + aligned);
            if (base == 0) {
                throw new OutOfMemoryError("malloc of " + bytes + " bytes");
            }
            long address = (base + aligned - 1) & -aligned;
            if (huge) { // advice: whether it is taken does not matter
                int _ = (int) MADVISE.get().invokeExact(address, bytes & -HUGE_PAGE, MADV_HUGEPAGE);
            }
            return new Piece(base, Stretch.begin(address, whole));
        } catch (RuntimeException | Error thrown) {
            throw thrown;
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    static void free(Piece piece) {
        piece.stretch.end();
        if (MAPS) {
            unmap(piece.base, piece.stretch.bytes());
            return;
        }
        try {
            FREE.invokeExact(piece.base);
        } catch (RuntimeException | Error thrown) {
            throw thrown;
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** The address of {@code bytes} of fresh pages. */
    static long map(long bytes, int flags) {
        OffHeap.requireAllowed();
        try {
            long address = (long) Mapping.MMAP.orElseThrow().invokeExact(0L, bytes, PROT_READ_WRITE, flags, -1, 0L);
            if (address == MAP_FAILED) {
                throw new OutOfMemoryError("mmap of " + bytes + " bytes");
            }
            return address;
        } catch (RuntimeException | Error thrown) {
            throw thrown;
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Gives mapped pages back. */
    static void unmap(long address, long bytes) {
        try {
            int failed = (int) Mapping.MUNMAP.orElseThrow().invokeExact(address, bytes);
            if (failed != 0) {
                throw new IllegalStateException("munmap of " + bytes + " bytes at " + address + " failed.");
            }
        } catch (RuntimeException | Error thrown) {
            throw thrown;
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** One that does nothing where native access is denied: a class that fails to initialise would say so once, and badly. */
    private static MethodHandle required(String name, FunctionDescriptor type) {
        return OffHeap.isAllowed()
                ? downcall(name, type).orElseThrow()
                : MethodHandles.empty(type.toMethodType());
    }

    @SuppressWarnings("restricted")
    private static Optional<MethodHandle> downcall(String name, FunctionDescriptor type) {
        if (!OffHeap.isAllowed()) {
            return Optional.empty();
        }
        Linker linker = Linker.nativeLinker();
        return linker.defaultLookup().find(name).map(symbol -> linker.downcallHandle(symbol, type));
    }

    private static boolean isSystem(String name) {
        return System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith(name);
    }
}
