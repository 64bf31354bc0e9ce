// Metal's command buffers, which run on a thread of their queue after the call that committed them has returned, and the events by
// which queues wait for each other.
#include "metal.h"
#include "methods.h"

#include <algorithm>
#include <chrono>

namespace standin {

namespace {

constexpr std::chrono::seconds PATIENCE{60};

} // namespace

void SharedEvent::set(uint64_t next) {
    std::lock_guard<std::mutex> lock(mutex);
    if (next <= value) {
        violation("an event is set to " + std::to_string(next) + " and was " + std::to_string(value) + " already");
        return;
    }
    value = next;
    changed.notify_all();
}

bool SharedEvent::wait(uint64_t least) {
    std::unique_lock<std::mutex> lock(mutex);
    return changed.wait_for(lock, PATIENCE, [this, least] { return value >= least; });
}

namespace {

/** Runs one part of a command buffer; empty, or what went wrong. */
struct Running {
    std::string operator()(Phase &phase) const {
        if (phase.concurrent) {
            std::reverse(phase.dispatches.begin(), phase.dispatches.end());
        }
        for (const Dispatch &dispatch : phase.dispatches) {
            std::string failure = run(dispatch);
            if (!failure.empty()) {
                return failure;
            }
        }
        return "";
    }
    std::string operator()(Wait &wait) const {
        return wait.event->wait(wait.value) ? "" : "an event was waited for that nobody has brought about";
    }
    std::string operator()(Signal &signal) const {
        signal.event->set(signal.value);
        return "";
    }
};

} // namespace

void CommandBuffer::run() {
    for (Step &step : steps) {
        if (failure.empty()) {
            failure = std::visit(Running(), step);
        }
    }
    if (!failure.empty()) {
        violation(failure);
    }
    let_go();
    std::lock_guard<std::mutex> lock(mutex);
    status = failure.empty() ? Status::COMPLETED : Status::ERROR;
    changed.notify_all();
}

void Queue::serve() {
    while (true) {
        CommandBuffer *next;
        {
            std::unique_lock<std::mutex> lock(mutex);
            changed.wait(lock, [this] { return ended || !committed.empty(); });
            if (committed.empty()) {
                return;
            }
            next = committed.front();
            committed.pop_front();
        }
        next->run();
        release(next);
    }
}

namespace {

void *command_buffer(void *self, Selector) {
    CommandBuffer *commands = new CommandBuffer(static_cast<Queue *>(self));
    autorelease(commands, "commandBuffer");
    return commands;
}

void commit(void *self, Selector) {
    CommandBuffer *commands = static_cast<CommandBuffer *>(self);
    {
        std::lock_guard<std::mutex> lock(commands->mutex);
        if (commands->status != Status::NOT_ENQUEUED) {
            violation("commit of a command buffer that was committed");
            return;
        }
        if (commands->encoding) {
            violation("commit before endEncoding");
            return;
        }
        commands->status = Status::COMMITTED;
    }
    retain(commands);
    Queue *queue = commands->queue;
    std::lock_guard<std::mutex> lock(queue->mutex);
    queue->committed.push_back(commands);
    queue->changed.notify_all();
}

void wait(void *self, Selector) {
    CommandBuffer *commands = static_cast<CommandBuffer *>(self);
    std::unique_lock<std::mutex> lock(commands->mutex);
    if (commands->status == Status::NOT_ENQUEUED) {
        violation("waitUntilCompleted before commit");
        return;
    }
    commands->changed.wait(lock, [=] { return commands->status >= Status::COMPLETED; });
}

uint64_t status(void *self, Selector) {
    CommandBuffer *commands = static_cast<CommandBuffer *>(self);
    std::lock_guard<std::mutex> lock(commands->mutex);
    return static_cast<uint64_t>(commands->status);
}

void *error(void *self, Selector) {
    CommandBuffer *commands = static_cast<CommandBuffer *>(self);
    std::lock_guard<std::mutex> lock(commands->mutex);
    if (commands->status != Status::ERROR) {
        return nullptr;
    }
    Error *made = new Error(commands->failure);
    autorelease(made, "error");
    return made;
}

/** The command buffer if events may be encoded in it now. */
CommandBuffer *between_encoders(void *self, Selector selector) {
    CommandBuffer *commands = static_cast<CommandBuffer *>(self);
    if (commands->status != Status::NOT_ENQUEUED) {
        violation(std::string(selector) + " in a command buffer that was committed");
        return nullptr;
    }
    if (commands->encoding) {
        violation(std::string(selector) + " before endEncoding");
        return nullptr;
    }
    return commands;
}

template <typename S>
void encode_event(void *self, Selector selector, void *event, uint64_t value) {
    CommandBuffer *commands = between_encoders(self, selector);
    SharedEvent *checked = as<SharedEvent>(event, selector);
    if (commands != nullptr && checked != nullptr) {
        commands->hold(checked);
        commands->steps.push_back(S{checked, value});
    }
}

uint64_t signaled_value(void *self, Selector) {
    SharedEvent *event = static_cast<SharedEvent *>(self);
    std::lock_guard<std::mutex> lock(event->mutex);
    return event->value;
}

void set_signaled_value(void *self, Selector, uint64_t value) { static_cast<SharedEvent *>(self)->set(value); }

} // namespace

Class *Queue::type() {
    static Class *the = make("StandInCommandQueue", {method("commandBuffer", command_buffer)});
    return the;
}

Class *CommandBuffer::type() {
    static Class *the = make("StandInCommandBuffer",
            {method("computeCommandEncoder", new_serial_encoder), method("computeCommandEncoderWithDispatchType:", new_encoder),
                    method("commit", commit), method("waitUntilCompleted", wait), method("status", standin::status),
                    method("error", standin::error),
                    method("encodeWaitForEvent:value:", encode_event<Wait>),
                    method("encodeSignalEvent:value:", encode_event<Signal>)});
    return the;
}

Class *SharedEvent::type() {
    static Class *the = make("StandInSharedEvent",
            {method("signaledValue", signaled_value), method("setSignaledValue:", set_signaled_value)});
    return the;
}

/** All classes are there before the first call; otherwise one that is named could be missing. */
bool register_commands() {
    Queue::type();
    CommandBuffer::type();
    SharedEvent::type();
    return true;
}
const bool COMMANDS_REGISTERED = register_commands();

} // namespace standin
