package dev.kiln.backends.metal;

import dev.kiln.graph.Buffer;
import dev.kiln.graph.Stretch;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

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
        return stretch.map(buffers::get).or(() -> stretch.flatMap(this::wrap));
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

    private synchronized Optional<MtlBuffer> wrap(Stretch stretch) {
        MtlBuffer known = buffers.get(stretch);
        if (known != null) {
            return Optional.of(known);
        }
        MtlBuffer made = over(stretch.address(), stretch.bytes());
        buffers.put(stretch, made);
        if (stretch.beforeEnd(() -> forget(stretch))) {
            return Optional.of(made);
        }
        forget(stretch);
        return Optional.empty();
    }

    private void forget(Stretch stretch) {
        MtlBuffer buffer = buffers.remove(stretch);
        if (buffer != null) {
            buffer.release();
        }
    }
}
