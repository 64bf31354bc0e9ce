package dev.kiln.backends.metal;

import dev.kiln.graph.Buffer;
import dev.kiln.graph.Stretch;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Metal's buffers over Kiln's memory: one for each stretch, made when a kernel first uses it, released before it goes. The
 * memory is the same, so nothing is ever copied.
 *
 * <p>
 * Metal takes whole pages only. What a program wrapped rarely begins or ends with one, so the buffer covers the pages around
 * it as well, which are mapped since a part of them is; kernels touch nothing outside of their arrays.
 */
final class DeviceMemory {

    private final MtlDevice device;
    /** A buffer that is bound for arrays without elements. */
    private final Buffer empty = Buffer.allocate(Stretch.PAGE);
    private final Map<Stretch, MtlBuffer> buffers = new ConcurrentHashMap<>();

    DeviceMemory(MtlDevice device) {
        this.device = device;
        empty.hold();
    }

    /** A buffer that stands for those of arrays without elements. */
    MtlBuffer nothing() {
        return around(empty.address()).orElseThrow();
    }

    /** The buffer that an address lies in; empty if nobody knows what is there. */
    Optional<MtlBuffer> around(long address) {
        Optional<Stretch> stretch = Stretch.around(address);
        return stretch.flatMap(known -> {
            MtlBuffer buffer = buffers.get(known);
            return buffer == null
                    ? Optional.ofNullable(buffers.computeIfAbsent(known, this::wrap))
                    : Optional.of(buffer);
        });
    }

    /** A buffer over the pages of some bytes, which the caller releases. */
    MtlBuffer over(long address, long bytes) {
        long begin = address & -Stretch.PAGE;
        long end = (address + bytes + Stretch.PAGE - 1) & -Stretch.PAGE;
        return device.wrap(begin, end - begin);
    }

    /** How many buffers there are. */
    int count() {
        return buffers.size();
    }

    private @Nullable MtlBuffer wrap(Stretch stretch) {
        MtlBuffer buffer = over(stretch.address(), stretch.bytes());
        if (stretch.beforeEnd(() -> forget(stretch))) {
            return buffer;
        }
        buffer.release();
        return null;
    }

    private void forget(Stretch stretch) {
        MtlBuffer buffer = buffers.remove(stretch);
        if (buffer != null) {
            buffer.release();
        }
    }
}
