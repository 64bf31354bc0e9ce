package dev.kiln.backends.metal;

import dev.kiln.graph.Buffer;
import dev.kiln.graph.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Looks whether the device does what Kiln needs of it: compiles kernels, runs them and compares with what must come out. A
 * few of them when one first asks for the device, which is there only if they pass; all of them for {@link #run}.
 */
public final class MetalSelfTest {

    private static final int SIMD_WIDTH = 32;
    private static final int PATIENCE_SECONDS = 120;

    /**
     * How a kernel went.
     *
     * @param failure empty if it passed
     * @param millis that compiling and running took
     */
    public record Result(String name, Optional<String> failure, long millis) {
        @Override
        public String toString() {
            return (failure.isEmpty() ? "ok    " : "FAILED ") + name + " (" + millis + " ms)"
                    + failure.map(why -> ": " + why).orElse("");
        }
    }

    /** Why the device cannot be used, found out once. */
    private static final class Verdict {
        static final Optional<String> WHY_NOT = find();

        private static Optional<String> find() {
            try {
                MetalDevice device = MetalDevice.get();
                return results(SelfTestCases.few(), true).stream().filter(result -> result.failure.isPresent())
                        .findFirst()
                        .map(result -> "its self-test failed on " + device.name() + ": " + result.name + ": "
                                + firstLine(result.failure.orElseThrow()));
            } catch (RuntimeException | Error failed) {
                return Optional.of(firstLine(String.valueOf(failed.getMessage())));
            }
        }
    }

    private MetalSelfTest() {}

    static Optional<String> whyUnavailable() {
        return Verdict.WHY_NOT;
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse(text);
    }

    /**
     * The name of the device, for example "Apple M2".
     *
     * @throws RuntimeException if there is none; its message says why
     */
    public static String device() {
        return MetalDevice.get().name();
    }

    /**
     * Runs all kernels of the self-test.
     *
     * @throws RuntimeException if there is no device; its message says why
     */
    public static List<Result> run() {
        return results(SelfTestCases.all(), false);
    }

    private static List<Result> results(List<SelfTestCase> cases, boolean untilFailure) {
        Queue queue = MetalDevice.get().newQueue("self-test");
        List<Result> results = new ArrayList<>();
        for (SelfTestCase test : cases) {
            long start = System.nanoTime();
            Optional<String> failure = failure(test, queue);
            results.add(new Result(test.name(), failure, (System.nanoTime() - start) / 1_000_000));
            if (untilFailure && failure.isPresent()) {
                break;
            }
        }
        queue.close();
        return results;
    }

    private static Optional<String> failure(SelfTestCase test, Queue queue) {
        List<Buffer> buffers = new ArrayList<>();
        try {
            long[] addresses = new long[test.inputs().size() + test.expected().size()];
            for (int i = 0; i < test.inputs().size(); i++) {
                addresses[i] = allocate(buffers, test.inputs().get(i).length, test.reads().get(i));
                SelfTestCase.write(addresses[i], test.reads().get(i), test.inputs().get(i));
            }
            for (int i = 0; i < test.expected().size(); i++) {
                addresses[test.inputs().size() + i] = allocate(buffers, test.expected().get(i).length,
                        test.writes().get(i));
            }
            run(test, queue, addresses);
            return difference(test, addresses);
        } catch (RuntimeException | Error failed) {
            return Optional.of(String.valueOf(failed.getMessage()));
        } finally {
            buffers.forEach(Buffer::drop);
        }
    }

    private static long allocate(List<Buffer> buffers, int elements, DType dtype) {
        Buffer buffer = Buffer.allocate((long) elements * dtype.size());
        buffer.hold();
        buffers.add(buffer);
        return buffer.address();
    }

    private static void run(SelfTestCase test, Queue queue, long[] addresses) {
        MetalKernel kernel = (MetalKernel) MetalBackend.kernel(test.work());
        requireSimdWidth(kernel);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        CountDownLatch done = new CountDownLatch(1);
        queue.encode(kernel, addresses, failure::set);
        queue.whenDone(done::countDown);
        try {
            if (!done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new MetalException("it has not ended after " + PATIENCE_SECONDS + " seconds");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new MetalException("the self-test was interrupted");
        }
        Throwable thrown = failure.get();
        if (thrown != null) {
            throw ObjC.unexpected(thrown);
        }
    }

    private static void requireSimdWidth(MetalKernel kernel) {
        if (kernel instanceof ProgramKernel program && program.dispatch().pipeline().simdWidth() != SIMD_WIDTH) {
            throw new MetalException("simdgroups have " + program.dispatch().pipeline().simdWidth() + " threads, not "
                    + SIMD_WIDTH);
        }
    }

    private static Optional<String> difference(SelfTestCase test, long[] addresses) {
        for (int out = 0; out < test.expected().size(); out++) {
            double[] wanted = test.expected().get(out);
            DType dtype = test.writes().get(out);
            for (int i = 0; i < wanted.length; i++) {
                double got = SelfTestCase.read(addresses[test.inputs().size() + out], dtype, i);
                if (!test.accepts(wanted[i], got)) {
                    return Optional.of("element " + i + " of output " + out + " is " + got + ", not " + wanted[i]);
                }
            }
        }
        return Optional.empty();
    }
}
