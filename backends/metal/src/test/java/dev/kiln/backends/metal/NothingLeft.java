package dev.kiln.backends.metal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kiln.graph.Memory;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * For classes of tests after which there must be no object of the device and no byte of memory that was not there before:
 * their arrays belong to scopes, or to nobody.
 */
public final class NothingLeft implements BeforeAllCallback, AfterAllCallback {

    private static final List<String> PASSING = List.of("NSString", "NSError", "MTLCompileOptions", "StandInLibrary",
            "StandInFunction", "StandInCommandBuffer", "StandInComputeCommandEncoder");
    private static final int LOOKS = 200;
    private static final long PAUSE_MILLIS = 20;

    private Map<String, Long> before = Map.of();

    /** For JUnit. */
    public NothingLeft() {}

    @Override
    public void beforeAll(ExtensionContext context) throws InterruptedException {
        StandIn.start();
        before = settled(Map.of());
    }

    @Override
    public void afterAll(ExtensionContext context) throws InterruptedException {
        assertEquals(before, settled(before), "objects and bytes, before the tests and after them");
    }

    /** What there is, once that is {@code expected}, or else when it has not changed for a while. */
    private static Map<String, Long> settled(Map<String, Long> expected) throws InterruptedException {
        Map<String, Long> last = Map.of();
        int same = 0;
        for (int i = 0; i < LOOKS && same < LOOKS / 10; i++) {
            System.gc();
            Thread.sleep(PAUSE_MILLIS);
            Map<String, Long> now = there();
            if (now.equals(expected)) {
                return now;
            }
            same = now.equals(last) ? same + 1 : 0;
            last = now;
        }
        return last;
    }

    private static Map<String, Long> there() {
        Map<String, Long> there = new TreeMap<>();
        PASSING.forEach(name -> there.put(name, StandIn.live(name)));
        MetalDevice device = MetalDevice.get();
        there.put("buffers of no memory", StandIn.live("StandInBuffer") - device.memory().count());
        there.put("pipelines of no kernel", StandIn.live("StandInComputePipelineState") - device.pipelines().count());
        there.put("queues of no stream", StandIn.live("StandInCommandQueue") - device.queueCount());
        there.put("events of nothing", StandIn.live("StandInSharedEvent") - device.events().count());
        there.put("bytes", Memory.active());
        return there;
    }
}
