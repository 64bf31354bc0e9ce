// Metal's objects that more than one file knows.
#pragma once

#include "standin.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <variant>

namespace standin {

struct Error : Object {
    std::string text;
    static Class *type();
    explicit Error(std::string text) : Object(type()), text(std::move(text)) {}
};

struct Buffer : Object {
    char *contents;
    uint64_t length;
    static Class *type();
    static std::atomic<uint64_t> bytes;
    Buffer(char *contents, uint64_t length) : Object(type()), contents(contents), length(length) { bytes += length; }
    void end() override { bytes -= length; }
};
struct Pipeline : Object {
    std::shared_ptr<Program> program;
    const Kernel *kernel;
    static Class *type();
    Pipeline(std::shared_ptr<Program> program, const Kernel *kernel)
            : Object(type()), program(std::move(program)), kernel(kernel) {}
    void end() override { program.reset(); }
};

/** A number that only grows. Whoever waits for what nobody brings about is told so after a while. */
struct SharedEvent : Object {
    std::mutex mutex;
    std::condition_variable changed;
    uint64_t value = 0;
    static Class *type();
    SharedEvent() : Object(type()) {}
    void set(uint64_t next);
    bool wait(uint64_t least);
};

struct CommandBuffer;

struct Queue : Object {
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<CommandBuffer *> committed;
    bool ended = false;
    static Class *type();
    Queue() : Object(type()) {
        std::thread([this] { serve(); }).detach();
    }
    void serve();
    void end() override {
        std::lock_guard<std::mutex> lock(mutex);
        ended = true;
        changed.notify_all();
    }
};

enum class Status : uint64_t { NOT_ENQUEUED = 0, COMMITTED = 2, COMPLETED = 4, ERROR = 5 };

/** What runs between two barriers; if it may run at the same time, then in any order: here the reverse. */
struct Phase {
    bool concurrent;
    std::vector<Dispatch> dispatches;
};

struct Wait {
    SharedEvent *event;
    uint64_t value;
};

struct Signal {
    SharedEvent *event;
    uint64_t value;
};

typedef std::variant<Phase, Wait, Signal> Step;

struct CommandBuffer : Object {
    Queue *queue;
    std::mutex mutex;
    std::condition_variable changed;
    Status status = Status::NOT_ENQUEUED;
    bool encoding = false;
    std::vector<Step> steps;
    std::vector<Object *> held;
    std::string failure;
    static Class *type();
    explicit CommandBuffer(Queue *queue) : Object(type()), queue(queue) { hold(queue); }
    void hold(Object *object) {
        retain(object);
        held.push_back(object);
    }
    void run();
    void let_go() {
        std::vector<Object *> objects;
        objects.swap(held);
        steps.clear();
        for (Object *object : objects) {
            release(object);
        }
    }
    void end() override { let_go(); }
};

void *new_encoder(void *self, Selector, uint64_t type);
void *new_serial_encoder(void *self, Selector selector);

} // namespace standin
