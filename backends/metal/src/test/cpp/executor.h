// What runs the threads of a kernel, for those who see to what one of them does.
#pragma once

#include "standin.h"

#include <random>

namespace standin {

constexpr size_t STACK = 128 * 1024;
constexpr size_t GUARD = 4096;
constexpr size_t MOST_THREADS = 1024;
constexpr size_t SHARED = 32 * 1024;
constexpr uint32_t WIDTH = 32;
constexpr int MOST_SHARED = 64;
constexpr uint16_t NOBODY = 0xffff;
constexpr uint16_t SEVERAL = 0xfffe;

enum class State { READY, AT_BARRIER, AT_SIMD_BARRIER, AT_EXCHANGE, DONE };

struct Fiber {
    void *stack_pointer;
    State state;
    bool orders;
    int operation;
    uint64_t value;
    int from;
    uint64_t received;
};

/** Who touched a byte of threadgroup memory last, and when. */
struct Touch {
    uint32_t write_epoch = 0;
    uint32_t write_simd_epoch = 0;
    uint32_t read_epoch = 0;
    uint32_t read_simd_epoch = 0;
    uint16_t writer = NOBODY;
    uint16_t reader = NOBODY;
};

struct Executor {
    const Dispatch *dispatch = nullptr;
    char *stacks = nullptr;
    char *shared = nullptr;
    std::vector<Touch> touches{SHARED};
    std::vector<Fiber> fibers{MOST_THREADS};
    std::vector<Position> positions{MOST_THREADS};
    void *scheduler = nullptr;
    uint32_t current = 0;
    uint32_t count = 0;
    uint32_t epoch = 1;
    uint32_t first_epoch = 1; // of this threadgroup
    uint32_t simd_epochs[MOST_THREADS / WIDTH] = {};
    size_t shared_offsets[MOST_SHARED];
    size_t shared_sizes[MOST_SHARED];
    size_t shared_used = 0;
    std::vector<void *> arguments;
    std::string fault;
    std::mt19937_64 random;
    Order order = Order::FORWARD;

    Executor();
    void run(const Dispatch &dispatch);
    void run_group(const uint32_t (&group)[3], const uint32_t (&groups)[3]);
    void run_fiber(uint32_t thread);
    bool run_simdgroup(uint32_t simdgroup);
    bool exchange(uint32_t begin, uint32_t end);
    void fail(const std::string &what);
    std::vector<uint32_t> ordered(uint32_t count);
    void touch_shared(const char *at, uint64_t bytes, bool write);
};

/** The one that runs a kernel on this thread. */
extern thread_local Executor *executor;

/** The running thread of the kernel waits. */
void wait_as(State state);

std::string describe(const Position &p);

/** The running thread of the kernel has done something wrong. */
[[noreturn]] void fault(const std::string &what);

} // namespace standin
