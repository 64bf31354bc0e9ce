// What threads of a kernel do beside computing: reads and writes, which are checked before they happen, and waiting for others.
#include "executor.h"

namespace standin {

void Executor::touch_shared(const char *at, uint64_t bytes, bool write) {
    size_t offset = static_cast<size_t>(at - shared);
    uint16_t self = static_cast<uint16_t>(current);
    uint32_t simdgroup = current / WIDTH;
    auto ordered_before = [&](uint16_t who, uint32_t when, uint32_t simd_when) {
        return who == self || when < epoch || (who < SEVERAL && who / WIDTH == simdgroup && simd_when < simd_epochs[simdgroup]);
    };
    for (size_t i = offset; i < offset + bytes; i++) {
        Touch &touch = touches[i];
        bool written = touch.write_epoch >= first_epoch;
        bool read = touch.read_epoch >= first_epoch;
        if (!write && !written) {
            ::standin::fault("reads threadgroup memory that nobody has written");
        }
        if (written && !ordered_before(touch.writer, touch.write_epoch, touch.write_simd_epoch)) {
            ::standin::fault(write ? "writes threadgroup memory that another thread writes at the same time"
                                   : "reads threadgroup memory that another thread writes at the same time");
        }
        if (write && read && !ordered_before(touch.reader, touch.read_epoch, touch.read_simd_epoch)) {
            ::standin::fault("writes threadgroup memory that another thread reads at the same time");
        }
        if (write) {
            touch.writer = self;
            touch.write_epoch = epoch;
            touch.write_simd_epoch = simd_epochs[simdgroup];
        } else {
            bool same_time = touch.read_epoch == epoch && touch.reader != self;
            touch.reader = same_time ? SEVERAL : self;
            touch.read_epoch = epoch;
            touch.read_simd_epoch = simd_epochs[simdgroup];
        }
    }
}

namespace {

void access(const void *address, uint64_t bytes, bool write) {
    Executor &the = *executor;
    const char *at = static_cast<const char *>(address);
    if (at >= the.shared && at < the.shared + SHARED) {
        if (at + bytes > the.shared + the.shared_used) {
            fault("is behind the end of threadgroup memory");
        }
        the.touch_shared(at, bytes, write);
        return;
    }
    for (const Range &range : the.dispatch->ranges) {
        if (at >= range.begin && at + bytes <= range.end && (!write || range.written)) {
            return;
        }
    }
    const char *stack = the.stacks + the.current * (STACK + GUARD) + GUARD;
    const Range &image = the.dispatch->kernel->image;
    if ((at >= stack && at + bytes <= stack + STACK) || (!write && at >= image.begin && at + bytes <= image.end)) {
        return;
    }
    for (const Range &range : the.dispatch->ranges) {
        if (at >= range.begin && at < range.end) {
            fault(write && !range.written ? "writes an argument that it declares as read only"
                                          : "is across the end of a buffer");
        }
    }
    fault(write ? "writes out of bounds of its arguments" : "reads out of bounds of its arguments");
}

void barrier(bool whole_threadgroup, bool orders) {
    executor->fibers[executor->current].orders = orders;
    wait_as(whole_threadgroup ? State::AT_BARRIER : State::AT_SIMD_BARRIER);
}

uint64_t exchange(int operation, uint64_t value, int from) {
    Fiber &self = executor->fibers[executor->current];
    self.operation = operation;
    self.value = value;
    self.from = from;
    wait_as(State::AT_EXCHANGE);
    return executor->fibers[executor->current].received;
}

int lane() { return static_cast<int>(executor->current % WIDTH); }

void *shared_variable(int id, uint64_t bytes, uint64_t alignment) {
    Executor &the = *executor;
    if (id >= MOST_SHARED) {
        fault("has too many threadgroup variables");
    }
    if (the.shared_sizes[id] == 0) {
        size_t offset = (the.shared_used + alignment - 1) / alignment * alignment;
        if (offset + bytes > SHARED) {
            fault("needs more than 32 KiB of threadgroup memory");
        }
        the.shared_offsets[id] = offset;
        the.shared_sizes[id] = bytes;
        the.shared_used = offset + bytes;
    }
    return the.shared + the.shared_offsets[id];
}

} // namespace

Host the_host = {access, barrier, exchange, lane, shared_variable};

} // namespace standin
