package dev.kiln.backends.metal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kiln.graph.Work;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How many kernels of the device a kernel of Kiln's is. */
class DispatchesTest {

    static Stream<String> programs() {
        return SelfTestCases.all().stream().filter(test -> test.work() instanceof Work.Program).map(SelfTestCase::name);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("programs")
    void a_norm_or_any_other_fused_group_is_one_dispatch(String name) {
        StandIn.start();
        SelfTestCase test = Trying.named(name);
        try (Calls calls = new Calls(); Trying.MemoryOfTest memory = new Trying.MemoryOfTest()) {
            Batch batch = new Batch(() -> calls.queue.commands(List.of()), MetalDevice.get().memory());
            batch.add((MetalKernel) MetalBackend.kernel(test.work()), memory.of(test), failure -> {
                throw new AssertionError(failure);
            });
            int dispatches = batch.dispatches();
            batch.commit();
            batch.await();
            calls.finish();
            assertEquals(1, dispatches);
        }
    }
}
