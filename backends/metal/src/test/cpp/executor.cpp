// Runs kernels: each thread of a threadgroup is a fiber, which waits at barriers and where lanes exchange values.
#include "executor.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <sys/mman.h>

namespace standin {

namespace {

std::mutex order_mutex;
Order the_order = Order::FORWARD;
uint64_t the_seed = 0;
uint64_t dispatch_number = 0;

} // namespace

thread_local Executor *executor = nullptr;

// Saves what a function keeps on the stack it leaves, and continues on the other.
extern "C" __attribute__((visibility("hidden"))) void standin_switch(void **from, void *to);
asm(R"(
    .text
    .globl standin_switch
    .hidden standin_switch
    .type standin_switch, @function
standin_switch:
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret
    .size standin_switch, .-standin_switch
)");

void wait_as(State state) {
    Fiber &self = executor->fibers[executor->current];
    self.state = state;
    standin_switch(&self.stack_pointer, executor->scheduler);
}

namespace {

void begin() {
    Executor &the = *executor;
    const Dispatch &dispatch = *the.dispatch;
    dispatch.kernel->call(the.arguments.data(), &the.positions[the.current]);
    wait_as(State::DONE);
    abort(); // a thread that is done is not continued
}

} // namespace

Executor::Executor() {
    size_t bytes = MOST_THREADS * (STACK + GUARD);
    void *memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
        abort();
    }
    stacks = static_cast<char *>(memory);
    for (size_t i = 0; i < MOST_THREADS; i++) {
        mprotect(stacks + i * (STACK + GUARD), GUARD, PROT_NONE);
    }
    shared = static_cast<char *>(aligned_alloc(64, SHARED));
}

/** Stops the running thread; without one, only remembers. */
void Executor::fail(const std::string &what) {
    if (fault.empty()) {
        fault = what;
    }
}

std::string describe(const Position &p) {
    char text[160];
    snprintf(text, sizeof text, "thread (%u, %u, %u) of threadgroup (%u, %u, %u)", p.in_group[0], p.in_group[1], p.in_group[2],
            p.group[0], p.group[1], p.group[2]);
    return text;
}

[[noreturn]] void fault(const std::string &what) {
    executor->fail(executor->dispatch->kernel->name + ": " + describe(executor->positions[executor->current]) + " " + what);
    wait_as(State::DONE);
    abort();
}

std::vector<uint32_t> Executor::ordered(uint32_t length) {
    std::vector<uint32_t> numbers(length);
    for (uint32_t i = 0; i < length; i++) {
        numbers[i] = order == Order::REVERSE ? length - 1 - i : i;
    }
    if (order == Order::RANDOM) {
        std::shuffle(numbers.begin(), numbers.end(), random);
    }
    return numbers;
}

void Executor::run_fiber(uint32_t thread) {
    current = thread;
    fibers[thread].state = State::READY;
    standin_switch(&scheduler, fibers[thread].stack_pointer);
}

/** Lets lanes that all wait for each other have their values; whether that went well. */
bool Executor::exchange(uint32_t begin, uint32_t end) {
    int operation = 0;
    for (uint32_t i = begin; i < end; i++) {
        if (fibers[i].state == State::AT_EXCHANGE) {
            if (operation != 0 && operation != fibers[i].operation) {
                fail(dispatch->kernel->name + ": lanes of a simdgroup are at different exchanges");
                return false;
            }
            operation = fibers[i].operation;
        }
    }
    for (uint32_t i = begin; i < end; i++) {
        Fiber &fiber = fibers[i];
        if (fiber.state != State::AT_EXCHANGE) {
            continue;
        }
        bool wide = operation == 3 || operation == 4; // up and down: at the rim a lane keeps its own
        if (fiber.from < 0 || fiber.from >= static_cast<int>(WIDTH)) {
            if (!wide) {
                fail(dispatch->kernel->name + ": " + describe(positions[i]) + " takes a value from a lane that cannot be");
                return false;
            }
            fiber.received = fiber.value;
            continue;
        }
        uint32_t from = begin + static_cast<uint32_t>(fiber.from);
        if (from >= end || fibers[from].state != State::AT_EXCHANGE) {
            fail(dispatch->kernel->name + ": " + describe(positions[i]) + " takes a value from a lane that gives none");
            return false;
        }
        fiber.received = fibers[from].value;
    }
    for (uint32_t i = begin; i < end; i++) {
        if (fibers[i].state == State::AT_EXCHANGE) {
            fibers[i].state = State::READY;
        }
    }
    return true;
}

/** Runs a simdgroup's threads until all are at a barrier of the threadgroup or done; false after a fault. */
bool Executor::run_simdgroup(uint32_t simdgroup) {
    uint32_t begin = simdgroup * WIDTH;
    uint32_t end = std::min(begin + WIDTH, count);
    while (true) {
        for (uint32_t lane_number : ordered(end - begin)) {
            if (fibers[begin + lane_number].state == State::READY) {
                run_fiber(begin + lane_number);
                if (!fault.empty()) {
                    return false;
                }
            }
        }
        uint32_t exchanging = 0, at_simd_barrier = 0, at_barrier = 0;
        bool orders = true;
        for (uint32_t i = begin; i < end; i++) {
            exchanging += fibers[i].state == State::AT_EXCHANGE;
            at_simd_barrier += fibers[i].state == State::AT_SIMD_BARRIER;
            at_barrier += fibers[i].state == State::AT_BARRIER;
            orders &= fibers[i].state != State::AT_SIMD_BARRIER || fibers[i].orders;
        }
        if ((exchanging != 0) + (at_simd_barrier != 0) + (at_barrier != 0) > 1) {
            fail(dispatch->kernel->name + ": lanes of a simdgroup wait at different places");
            return false;
        }
        if (exchanging != 0) {
            if (!exchange(begin, end)) {
                return false;
            }
        } else if (at_simd_barrier != 0) {
            simd_epochs[simdgroup] += orders;
            for (uint32_t i = begin; i < end; i++) {
                fibers[i].state = fibers[i].state == State::AT_SIMD_BARRIER ? State::READY : fibers[i].state;
            }
        } else {
            return true;
        }
    }
}

void Executor::run_group(const uint32_t (&group)[3], const uint32_t (&groups)[3]) {
    const uint32_t(&threads)[3] = dispatch->threads;
    uint32_t size[3];
    for (int i = 0; i < 3; i++) {
        size[i] = std::min(dispatch->group[i], threads[i] - group[i] * dispatch->group[i]);
    }
    count = size[0] * size[1] * size[2];
    first_epoch = ++epoch;
    memset(shared, 0xff, SHARED); // NaN
    memset(shared_sizes, 0, sizeof shared_sizes);
    shared_used = 0;
    for (const Parameter &parameter : dispatch->kernel->parameters) {
        if (parameter.kind == 3) {
            size_t offset = (shared_used + 15) / 16 * 16;
            arguments[32 + parameter.index] = shared + offset;
            shared_used = offset + dispatch->threadgroup_bytes[parameter.index];
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        Position &p = positions[i];
        uint32_t in_group[3] = {i % size[0], i / size[0] % size[1], i / size[0] / size[1]};
        for (int axis = 0; axis < 3; axis++) {
            p.in_group[axis] = in_group[axis];
            p.group[axis] = group[axis];
            p.group_size[axis] = size[axis];
            p.groups[axis] = groups[axis];
            p.threads[axis] = threads[axis];
            p.grid[axis] = group[axis] * dispatch->group[axis] + in_group[axis];
        }
        p.index = i;
        p.lane = i % WIDTH;
        p.simdgroup = i / WIDTH;
        p.simdgroups = (count + WIDTH - 1) / WIDTH;
        void **top = reinterpret_cast<void **>(stacks + (i + 1) * (STACK + GUARD));
        top -= 2; // as behind a call, the stack pointer is 8 before a multiple of 16
        top[0] = reinterpret_cast<void *>(begin);
        top -= 6;
        memset(top, 0, 6 * sizeof(void *));
        fibers[i].stack_pointer = top;
        fibers[i].state = State::READY;
    }
    while (true) {
        for (uint32_t simdgroup : ordered((count + WIDTH - 1) / WIDTH)) {
            if (!run_simdgroup(simdgroup)) {
                return;
            }
        }
        uint32_t waiting = 0;
        bool orders = true;
        for (uint32_t i = 0; i < count; i++) {
            waiting += fibers[i].state == State::AT_BARRIER;
            orders &= fibers[i].orders;
        }
        if (waiting == 0) {
            return;
        }
        if (waiting != count) {
            fail(dispatch->kernel->name + ": a barrier that not all threads of the threadgroup come to");
            return;
        }
        epoch += orders;
        for (uint32_t i = 0; i < count; i++) {
            fibers[i].state = State::READY;
        }
    }
}

void Executor::run(const Dispatch &given) {
    dispatch = &given;
    fault.clear();
    {
        std::lock_guard<std::mutex> lock(order_mutex);
        order = the_order;
        random.seed(the_seed + ++dispatch_number);
    }
    if (epoch > 0xf0000000u) {
        epoch = 1;
        touches.assign(SHARED, Touch());
    }
    arguments.assign(64, nullptr);
    for (size_t i = 0; i < given.buffers.size(); i++) {
        arguments[i] = given.buffers[i];
    }
    uint32_t groups[3];
    for (int i = 0; i < 3; i++) {
        groups[i] = (given.threads[i] + given.group[i] - 1) / given.group[i];
    }
    uint64_t all = uint64_t(groups[0]) * groups[1] * groups[2];
    for (uint32_t number : ordered(static_cast<uint32_t>(all))) {
        uint32_t group[3] = {number % groups[0], number / groups[0] % groups[1], number / groups[0] / groups[1]};
        run_group(group, groups);
        if (!fault.empty()) {
            return;
        }
    }
}

void set_order(Order order, uint64_t seed) {
    std::lock_guard<std::mutex> lock(order_mutex);
    the_order = order;
    the_seed = seed;
    dispatch_number = 0;
}

std::string run(const Dispatch &dispatch) {
    static std::mutex mutex;
    static std::vector<Executor *> idle; // they have many pages, and a system has not so many for all queues
    {
        std::lock_guard<std::mutex> lock(mutex);
        executor = idle.empty() ? new Executor() : idle.back();
        if (!idle.empty()) {
            idle.pop_back();
        }
    }
    executor->run(dispatch);
    std::string fault = executor->fault;
    std::lock_guard<std::mutex> lock(mutex);
    idle.push_back(executor);
    executor = nullptr;
    return fault;
}

} // namespace standin

/** In which order threads, lanes and threadgroups run from now on: 0 forward, 1 in reverse, 2 at random. */
STANDIN_EXPORT void standin_order(int32_t order, uint64_t seed) {
    standin::set_order(static_cast<standin::Order>(order), seed);
}
