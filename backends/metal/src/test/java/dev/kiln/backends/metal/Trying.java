package dev.kiln.backends.metal;

import dev.kiln.graph.DType;
import dev.kiln.graph.Kernel;
import dev.kiln.graph.Stretch;
import dev.kiln.graph.Work;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** Runs cases of the self-test with kernels that are compiled anew, so that their text may be another. */
final class Trying {

    private static final int PATIENCE_SECONDS = 60;

    private Trying() {}

    static SelfTestCase named(String name) {
        return SelfTestCases.all().stream().filter(test -> test.name().equals(name)).findFirst().orElseThrow();
    }

    /** What is wrong with the results, or what was done wrong on the way; empty if nothing is. */
    static Optional<String> failure(SelfTestCase test) {
        MemoryOfTest memory = new MemoryOfTest();
        Queue queue = MetalDevice.get().newQueue("trying");
        try {
            long[] addresses = memory.of(test);
            AtomicReference<Throwable> failure = new AtomicReference<>();
            CountDownLatch done = new CountDownLatch(1);
            queue.encode((MetalKernel) kernel(test.work()), addresses, failure::set);
            queue.whenDone(done::countDown);
            if (!done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                return Optional.of("it has not ended");
            }
            Throwable thrown = failure.get();
            return thrown != null ? Optional.of(thrown.toString()) : memory.difference(test, addresses);
        } catch (MetalException refused) {
            return Optional.of(refused.toString());
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        } finally {
            queue.close();
            memory.close();
        }
    }

    private static Kernel kernel(Work work) {
        Pipelines pipelines = new Pipelines(MtlDevice.open());
        return switch (work) {
            case Work.Program program -> ProgramKernel.of(program, pipelines);
            case Work.Single single -> Table.kernel(single, pipelines).orElseThrow();
            case Work.Several several -> throw new AssertionError("Metal has no kernel for several: " + several);
        };
    }

    /** The arrays of a case, in memory of their own. */
    static final class MemoryOfTest implements AutoCloseable {
        private final Arena arena = Arena.ofShared();

        long[] of(SelfTestCase test) {
            long[] addresses = new long[test.inputs().size() + test.expected().size()];
            for (int i = 0; i < test.inputs().size(); i++) {
                addresses[i] = allocate(test.inputs().get(i).length, test.reads().get(i));
                SelfTestCase.write(addresses[i], test.reads().get(i), test.inputs().get(i));
            }
            for (int i = 0; i < test.expected().size(); i++) {
                double[] wrong = new double[test.expected().get(i).length];
                Arrays.fill(wrong, 77);
                addresses[test.inputs().size() + i] = allocate(wrong.length, test.writes().get(i));
                SelfTestCase.write(addresses[test.inputs().size() + i], test.writes().get(i), wrong);
            }
            return addresses;
        }

        @Override
        public void close() {
            arena.close();
        }

        /** Nobody knows this memory, so it has a device buffer of its own: the array ends where that ends, behind NaN. */
        private long allocate(int elements, DType dtype) {
            long bytes = (long) elements * dtype.size();
            MemorySegment pages = arena.allocate(Math.ceilDiv(bytes, Stretch.PAGE) * Stretch.PAGE, Stretch.PAGE);
            return pages.fill((byte) 0xff).address() + pages.byteSize() - bytes;
        }

        Optional<String> difference(SelfTestCase test, long[] addresses) {
            for (int out = 0; out < test.expected().size(); out++) {
                double[] wanted = test.expected().get(out);
                for (int i = 0; i < wanted.length; i++) {
                    double got = SelfTestCase.read(addresses[test.inputs().size() + out], test.writes().get(out), i);
                    if (!test.accepts(wanted[i], got)) {
                        return Optional.of("element " + i + " is " + got + ", not " + wanted[i]);
                    }
                }
            }
            return Optional.empty();
        }
    }
}
