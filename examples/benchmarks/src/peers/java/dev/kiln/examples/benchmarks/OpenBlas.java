package dev.kiln.examples.benchmarks;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** OpenBLAS from the natives of {@code org.bytedeco:openblas}, called without anything in between. */
@SuppressWarnings("restricted")
final class OpenBlas {

    private static final int ROW_MAJOR = 101;
    private static final int PLAIN = 111;
    private static final int TRANSPOSED = 112;
    private static final long NAME_BYTES = 1024;

    /** Each needs those before it. Not every platform has all of them. */
    private static final List<String> LIBRARIES = List.of("libgcc_s", "libquadmath", "libgfortran", "libopenblas.");
    private static final String FOLDER = "org/bytedeco/openblas/" + platform();

    private static final Linker LINKER = Linker.nativeLinker();

    private final SymbolLookup library;
    private final MethodHandle sgemm;
    private final MethodHandle sgemv;

    private OpenBlas(SymbolLookup library) {
        this.library = library;
        sgemm = function("cblas_sgemm", FunctionDescriptor.ofVoid(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT,
                JAVA_INT, JAVA_FLOAT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_FLOAT, ADDRESS, JAVA_INT));
        sgemv = function("cblas_sgemv", FunctionDescriptor.ofVoid(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_FLOAT,
                ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_FLOAT, ADDRESS, JAVA_INT));
    }

    /**
     * Loads the library, with so many threads. Environment variables that choose kernels for another processor than this one
     * are removed first; what it chose is printed.
     */
    static OpenBlas load(int threads) throws IOException {
        for (String variable : List.of("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")) {
            LINKER.defaultLookup().find("unsetenv").ifPresent(address -> call(
                    LINKER.downcallHandle(address, FunctionDescriptor.of(JAVA_INT, ADDRESS)), variable));
        }
        Path folder = Files.createTempDirectory("openblas");
        OpenBlas blas = new OpenBlas(SymbolLookup.libraryLookup(unpack(folder), Arena.global()));
        blas.run("openblas_set_num_threads", threads);
        System.out.println(blas.text("openblas_get_config") + ", kernels for " + blas.text("openblas_get_corename")
                + ", threads: " + threads);
        return blas;
    }

    /** The name of this platform in the natives of Bytedeco. */
    private static String platform() {
        String os = System.getProperty("os.name");
        String system = os.startsWith("Mac") ? "macosx" : os.startsWith("Windows") ? "windows" : "linux";
        return system + (System.getProperty("os.arch").equals("aarch64") ? "-arm64" : "-x86_64");
    }

    /** Copies the libraries there and loads those that the last one needs, which it returns. */
    private static Path unpack(Path folder) throws IOException {
        URL resource = OpenBlas.class.getClassLoader().getResource(FOLDER);
        if (resource == null) {
            throw new IOException("The class path has no " + FOLDER);
        }
        Path last = folder;
        try (FileSystem jar = FileSystems.newFileSystem(uri(resource), Map.of());
                Stream<Path> files = Files.list(jar.getPath(FOLDER))) {
            List<Path> all = files.toList();
            for (String prefix : LIBRARIES) {
                for (Path file : all) {
                    if (file.getFileName().toString().startsWith(prefix)) {
                        last = folder.resolve(file.getFileName().toString());
                        Files.copy(file, last);
                        last.toFile().deleteOnExit();
                        System.load(last.toString());
                    }
                }
            }
        }
        folder.toFile().deleteOnExit();
        return last;
    }

    private static URI uri(URL resource) throws IOException {
        try {
            return resource.toURI();
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }

    /**
     * {@code c = a @ b} or, with the right factors transposed, {@code c = a @ b.T}, for each matrix of a batch. Those are shared by
     * Java's threads, one call each: {@code cblas_sgemm_batch_strided} of OpenBLAS 0.3.31 jumps to address 0x150 on processors
     * for which it chooses kernels for Cooperlake.
     */
    void multiply(Factors factors, boolean transposed, MemorySegment a, MemorySegment b, MemorySegment c) {
        long bytes = Float.BYTES;
        IntStream matrices = IntStream.range(0, factors.batch());
        (Runtime.getRuntime().availableProcessors() > 1 ? matrices.parallel() : matrices)
                .forEach(i -> multiplyOne(factors, transposed,
                        a.asSlice(bytes * i * factors.m() * factors.k()),
                        b.asSlice(bytes * i * factors.k() * factors.n()),
                        c.asSlice(bytes * i * factors.m() * factors.n())));
    }

    private void multiplyOne(Factors factors, boolean transposed, MemorySegment a, MemorySegment b, MemorySegment c) {
        int m = factors.m();
        int n = factors.n();
        int k = factors.k();
        int order = transposed ? TRANSPOSED : PLAIN;
        int stride = transposed ? k : n;
        try {
            if (m == 1) {
                // the matrix is on the left here, so it is transposed when it is not on the right
                sgemv.invokeExact(ROW_MAJOR, transposed ? PLAIN : TRANSPOSED, transposed ? n : k, stride, 1f, b,
                        stride, a, 1, 0f, c, 1);
            } else {
                sgemm.invokeExact(ROW_MAJOR, PLAIN, order, m, n, k, 1f, a, k, b, stride, 0f, c, n);
            }
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private MethodHandle function(String name, FunctionDescriptor type) {
        return LINKER.downcallHandle(library.findOrThrow(name), type);
    }

    private void run(String name, int argument) {
        try {
            function(name, FunctionDescriptor.ofVoid(JAVA_INT)).invokeExact(argument);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private String text(String name) {
        try {
            MemorySegment text = (MemorySegment) function(name, FunctionDescriptor.of(ADDRESS)).invokeExact();
            return text.reinterpret(NAME_BYTES).getString(0);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static void call(MethodHandle unset, String variable) {
        try (Arena arena = Arena.ofConfined()) {
            int _ = (int) unset.invokeExact(arena.allocateFrom(variable));
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
