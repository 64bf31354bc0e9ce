// Metal's classes. Command buffers run on a thread of their queue, after the call that committed them has returned.
#include "standin.h"

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <thread>

namespace standin {

namespace {

constexpr uint64_t PAGE = 16384;
constexpr uint64_t MOST_ARGUMENTS = 31;
constexpr uint64_t MOST_BYTES = 4096;
constexpr uint64_t MOST_THREADS = 1024;
constexpr uint64_t CONCURRENT = 1;

struct Size {
    uint64_t width, height, depth;
};

template <typename F>
Code code(F *function) {
    return reinterpret_cast<Code>(function);
}

/** Adds offsets to the types of an encoding, as the runtime has them. */
std::string encoding(const std::vector<std::pair<const char *, int>> &types) {
    int offset = 0;
    std::string arguments;
    for (size_t i = 1; i < types.size(); i++) {
        arguments += types[i].first + std::to_string(offset);
        offset += types[i].second;
    }
    return types[0].first + std::to_string(offset) + arguments;
}

template <typename T>
struct Encoded;
template <>
struct Encoded<void> {
    static constexpr std::pair<const char *, int> of{"v", 0};
};
template <>
struct Encoded<void *> {
    static constexpr std::pair<const char *, int> of{"@", 8};
};
template <>
struct Encoded<const void *> {
    static constexpr std::pair<const char *, int> of{"r^v", 8};
};
template <>
struct Encoded<char *> {
    static constexpr std::pair<const char *, int> of{"^v", 8};
};
template <>
struct Encoded<const char *> {
    static constexpr std::pair<const char *, int> of{"r*", 8};
};
template <>
struct Encoded<void **> {
    static constexpr std::pair<const char *, int> of{"^@", 8};
};
template <>
struct Encoded<uint64_t> {
    static constexpr std::pair<const char *, int> of{"Q", 8};
};
template <>
struct Encoded<int64_t> {
    static constexpr std::pair<const char *, int> of{"q", 8};
};
template <>
struct Encoded<bool> {
    static constexpr std::pair<const char *, int> of{"B", 4};
};
template <>
struct Encoded<Size> {
    static constexpr std::pair<const char *, int> of{"{?=QQQ}", 24};
};

/** A method whose encoding follows from its C type; the selector is not among the arguments of `function`. */
template <typename R, typename... A>
Method method(const char *name, R (*function)(void *, Selector, A...)) {
    return {name, encoding({Encoded<R>::of, {"@", 8}, {":", 8}, Encoded<A>::of...}), code(function)};
}

struct Error : Object {
    std::string text;
    static Class *type();
    explicit Error(std::string text) : Object(type()), text(std::move(text)) {}
};

void set_error(void **error, const std::string &text) {
    if (error != nullptr) {
        Error *made = new Error(text);
        autorelease(made, "an error");
        *error = made;
    }
}

struct Options : Object {
    bool fast_math = true;
    static Class *type();
    Options() : Object(type()) {}
};

struct Buffer : Object {
    char *contents;
    uint64_t length;
    static Class *type();
    static std::atomic<uint64_t> bytes;
    Buffer(char *contents, uint64_t length) : Object(type()), contents(contents), length(length) { bytes += length; }
    void end() override { bytes -= length; }
};
std::atomic<uint64_t> Buffer::bytes{0};

struct Library : Object {
    std::shared_ptr<Program> program;
    static Class *type();
    explicit Library(std::shared_ptr<Program> program) : Object(type()), program(std::move(program)) {}
    void end() override { program.reset(); }
};

struct Function : Object {
    std::shared_ptr<Program> program;
    const Kernel *kernel;
    static Class *type();
    Function(std::shared_ptr<Program> program, const Kernel *kernel)
            : Object(type()), program(std::move(program)), kernel(kernel) {}
    void end() override { program.reset(); }
};

struct Pipeline : Object {
    std::shared_ptr<Program> program;
    const Kernel *kernel;
    static Class *type();
    Pipeline(std::shared_ptr<Program> program, const Kernel *kernel)
            : Object(type()), program(std::move(program)), kernel(kernel) {}
    void end() override { program.reset(); }
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

struct CommandBuffer : Object {
    Queue *queue;
    std::mutex mutex;
    std::condition_variable changed;
    Status status = Status::NOT_ENQUEUED;
    bool encoding = false;
    std::vector<Phase> phases;
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
        phases.clear();
        for (Object *object : objects) {
            release(object);
        }
    }
    void end() override { let_go(); }
};

struct Argument {
    Buffer *buffer = nullptr;
    uint64_t offset = 0;
    std::shared_ptr<std::vector<char>> bytes;
};

struct Encoder : Object {
    CommandBuffer *commands;
    bool concurrent;
    bool open = true;
    Pipeline *pipeline = nullptr;
    std::vector<Argument> arguments{MOST_ARGUMENTS};
    std::vector<size_t> threadgroup_bytes = std::vector<size_t>(MOST_ARGUMENTS, 0);
    static Class *type();
    Encoder(CommandBuffer *commands, bool concurrent) : Object(type()), commands(commands), concurrent(concurrent) {
        retain(commands);
        commands->encoding = true;
        commands->phases.push_back({concurrent, {}});
    }
    void end() override {
        if (open) {
            violation("an encoder was released before endEncoding");
        }
        arguments.clear();
        release(commands);
    }
};

struct Device : Object {
    static Class *type();
    Device() : Object(type()) {}
};

/** The encoder if more may be encoded. */
Encoder *open_encoder(void *self, Selector selector) {
    Encoder *encoder = static_cast<Encoder *>(self);
    if (!encoder->open) {
        violation(std::string(selector) + " after endEncoding");
        return nullptr;
    }
    return encoder;
}

void CommandBuffer::run() {
    for (Phase &phase : phases) {
        if (phase.concurrent) {
            std::reverse(phase.dispatches.begin(), phase.dispatches.end());
        }
        for (const Dispatch &dispatch : phase.dispatches) {
            if (failure.empty()) {
                failure = standin::run(dispatch);
            }
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

// ---- methods -------------------------------------------------------------------------------------------------------

void *string_with(void *, Selector, const char *characters) {
    String *string = new String(characters);
    autorelease(string, "stringWithUTF8String:");
    return string;
}

const char *utf8(void *self, Selector) { return static_cast<String *>(self)->text.c_str(); }

void *description(void *self, Selector) {
    String *string = new String(static_cast<Error *>(self)->text);
    autorelease(string, "localizedDescription");
    return string;
}

void *new_options(void *, Selector) { return new Options(); }
void set_fast_math(void *self, Selector, bool enabled) { static_cast<Options *>(self)->fast_math = enabled; }
void set_math_mode(void *self, Selector, int64_t mode) { static_cast<Options *>(self)->fast_math = mode != 0; }
void set_language(void *, Selector, uint64_t) {}

void *name(void *, Selector) {
    String *string = new String("Kiln's stand-in on Linux (not Metal)");
    autorelease(string, "name");
    return string;
}

bool unified(void *, Selector) { return true; }
bool supports(void *, Selector, int64_t family) { return family >= 1001 && family <= 1007; }
uint64_t most_bytes(void *, Selector) { return 1ull << 34; }
uint64_t most_shared(void *, Selector) { return 32768; }
void *new_queue(void *, Selector) { return new Queue(); }

void *new_buffer(void *, Selector, char *bytes, uint64_t length, uint64_t options, void *deallocator) {
    uint64_t address = reinterpret_cast<uint64_t>(bytes);
    if (address == 0 || length == 0 || address % PAGE != 0 || length % PAGE != 0) {
        violation("a buffer without a copy over what are no whole pages");
        return nullptr;
    }
    if (options != 0 || deallocator != nullptr) {
        violation("a buffer with options or a deallocator that the stand-in does not know");
        return nullptr;
    }
    return new Buffer(bytes, length);
}

void *new_library(void *, Selector, void *source, void *options, void **error) {
    String *text = as<String>(source, "newLibraryWithSource:options:error:");
    Options *checked = as<Options>(options, "newLibraryWithSource:options:error:");
    if (text == nullptr || checked == nullptr) {
        return nullptr;
    }
    std::string why;
    std::shared_ptr<Program> program = compile(text->text, checked->fast_math, why);
    if (program == nullptr) {
        set_error(error, why);
        return nullptr;
    }
    return new Library(program);
}

void *new_function(void *self, Selector, void *called) {
    String *wanted = as<String>(called, "newFunctionWithName:");
    if (wanted != nullptr) {
        const std::shared_ptr<Program> &program = static_cast<Library *>(self)->program;
        for (const Kernel &kernel : program->kernels) {
            if (kernel.name == wanted->text) {
                return new Function(program, &kernel);
            }
        }
    }
    return nullptr;
}

void *new_pipeline(void *, Selector, void *function, void **) {
    Function *checked = as<Function>(function, "newComputePipelineStateWithFunction:error:");
    return checked == nullptr ? nullptr : new Pipeline(checked->program, checked->kernel);
}

uint64_t most_threads(void *, Selector) { return MOST_THREADS; }
uint64_t width(void *, Selector) { return 32; }
void *contents(void *self, Selector) { return static_cast<Buffer *>(self)->contents; }
uint64_t length(void *self, Selector) { return static_cast<Buffer *>(self)->length; }

void *command_buffer(void *self, Selector) {
    CommandBuffer *commands = new CommandBuffer(static_cast<Queue *>(self));
    autorelease(commands, "commandBuffer");
    return commands;
}

void *new_encoder(void *self, Selector, uint64_t type) {
    CommandBuffer *commands = static_cast<CommandBuffer *>(self);
    if (commands->status != Status::NOT_ENQUEUED) {
        violation("an encoder for a command buffer that was committed");
        return nullptr;
    }
    if (commands->encoding) {
        violation("an encoder while another one of the command buffer is open");
        return nullptr;
    }
    if (type > CONCURRENT) {
        violation("a dispatch type that does not exist");
        return nullptr;
    }
    Encoder *encoder = new Encoder(commands, type == CONCURRENT);
    autorelease(encoder, "computeCommandEncoderWithDispatchType:");
    return encoder;
}

void *new_serial_encoder(void *self, Selector selector) { return new_encoder(self, selector, 0); }

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

void set_pipeline(void *self, Selector selector, void *pipeline) {
    Encoder *encoder = open_encoder(self, selector);
    Pipeline *checked = as<Pipeline>(pipeline, selector);
    if (encoder != nullptr && checked != nullptr) {
        encoder->commands->hold(checked);
        encoder->pipeline = checked;
    }
}

void set_buffer(void *self, Selector selector, void *buffer, uint64_t offset, uint64_t index) {
    Encoder *encoder = open_encoder(self, selector);
    Buffer *checked = as<Buffer>(buffer, selector);
    if (encoder == nullptr || checked == nullptr) {
        return;
    }
    if (index >= MOST_ARGUMENTS || offset >= checked->length) {
        violation("setBuffer:offset:atIndex: out of bounds");
        return;
    }
    encoder->commands->hold(checked);
    encoder->arguments[index] = {checked, offset, nullptr};
}

void set_bytes(void *self, Selector selector, const void *bytes, uint64_t count, uint64_t index) {
    Encoder *encoder = open_encoder(self, selector);
    if (encoder == nullptr) {
        return;
    }
    if (index >= MOST_ARGUMENTS || bytes == nullptr || count == 0 || count > MOST_BYTES) {
        violation("setBytes:length:atIndex: out of bounds");
        return;
    }
    const char *begin = static_cast<const char *>(bytes);
    encoder->arguments[index] = {nullptr, 0, std::make_shared<std::vector<char>>(begin, begin + count)};
}

void set_threadgroup_length(void *self, Selector selector, uint64_t bytes, uint64_t index) {
    Encoder *encoder = open_encoder(self, selector);
    if (encoder != nullptr) {
        if (index >= MOST_ARGUMENTS || bytes % 16 != 0) {
            violation("setThreadgroupMemoryLength:atIndex: out of bounds or not a multiple of 16");
            return;
        }
        encoder->threadgroup_bytes[index] = bytes;
    }
}

/** Binds one argument; empty if it can be, else what is wrong. */
std::string bind(const Encoder &encoder, const Parameter &parameter, Dispatch &dispatch) {
    std::string which = "the argument " + std::to_string(parameter.index);
    if (parameter.kind == 3) {
        return encoder.threadgroup_bytes[parameter.index] == 0 ? which + " has no threadgroup memory" : "";
    }
    const Argument &argument = encoder.arguments[parameter.index];
    char *begin;
    uint64_t bytes;
    if (argument.bytes != nullptr) {
        begin = argument.bytes->data();
        bytes = argument.bytes->size();
        if (parameter.kind == 0) {
            return which + " is written, but is a copy of bytes";
        }
        dispatch.copies.push_back(argument.bytes);
    } else if (argument.buffer != nullptr) {
        begin = argument.buffer->contents + argument.offset;
        bytes = argument.buffer->length - argument.offset;
    } else {
        return which + " is not bound";
    }
    if (reinterpret_cast<uint64_t>(begin) % parameter.alignment != 0) {
        return which + " is not aligned to its elements";
    }
    if (bytes < parameter.bytes) {
        return which + " is smaller than one element";
    }
    dispatch.buffers[parameter.index] = begin;
    // a kernel may go backward from where it is bound, as strides are
    char *whole = argument.buffer == nullptr ? begin : argument.buffer->contents;
    dispatch.ranges.push_back({whole, begin + bytes, parameter.kind == 0});
    return "";
}

void dispatch_threads(void *self, Selector selector, Size threads, Size group) {
    Encoder *encoder = open_encoder(self, selector);
    if (encoder == nullptr) {
        return;
    }
    if (encoder->pipeline == nullptr) {
        violation("a dispatch without a pipeline");
        return;
    }
    if (threads.width == 0 || threads.height == 0 || threads.depth == 0 || group.width == 0 || group.height == 0
            || group.depth == 0 || group.width * group.height * group.depth > MOST_THREADS
            || std::max({threads.width, threads.height, threads.depth}) >= (1ull << 32)) {
        violation("a dispatch of no threads, or of more than there can be");
        return;
    }
    Dispatch dispatch{encoder->pipeline->program, encoder->pipeline->kernel, std::vector<void *>(MOST_ARGUMENTS), {}, {},
            encoder->threadgroup_bytes,
            {static_cast<uint32_t>(threads.width), static_cast<uint32_t>(threads.height), static_cast<uint32_t>(threads.depth)},
            {static_cast<uint32_t>(group.width), static_cast<uint32_t>(group.height), static_cast<uint32_t>(group.depth)}};
    for (const Parameter &parameter : dispatch.kernel->parameters) {
        std::string wrong = bind(*encoder, parameter, dispatch);
        if (!wrong.empty()) {
            violation(dispatch.kernel->name + ": " + wrong);
            return;
        }
    }
    encoder->commands->phases.back().dispatches.push_back(std::move(dispatch));
}

void dispatch_groups(void *self, Selector selector, Size groups, Size group) {
    dispatch_threads(self, selector,
            {groups.width * group.width, groups.height * group.height, groups.depth * group.depth}, group);
}

void memory_barrier(void *self, Selector selector, uint64_t scope) {
    Encoder *encoder = open_encoder(self, selector);
    if (encoder != nullptr && (scope & 1) != 0) {
        encoder->commands->phases.push_back({encoder->concurrent, {}});
    }
}

void end_encoding(void *self, Selector selector) {
    Encoder *encoder = open_encoder(self, selector);
    if (encoder != nullptr) {
        encoder->open = false;
        encoder->commands->encoding = false;
    }
}

// ---- classes -------------------------------------------------------------------------------------------------------


bool responds(void *self, Selector, Selector selector) { return static_cast<Object *>(self)->isa->find(selector) != nullptr; }

/** A class, which answers to `of_class` itself. */
Class *make(const char *name, std::vector<Method> methods, std::vector<Method> of_class = {}) {
    methods.push_back({"respondsToSelector:", "B24@0:8:16", code(responds)});
    of_class.push_back(methods.back());
    return new Class(name, std::move(methods), new Class(name, std::move(of_class), nullptr));
}

Class *string_type() {
    static Class *the = make("NSString", {method("UTF8String", utf8)}, {method("stringWithUTF8String:", string_with)});
    return the;
}

Class *Error::type() {
    static Class *the = make("NSError", {method("localizedDescription", description)});
    return the;
}

Class *Options::type() {
    static Class *the = make("MTLCompileOptions",
            {method("setFastMathEnabled:", set_fast_math), method("setMathMode:", set_math_mode),
                    method("setLanguageVersion:", set_language)},
            {method("new", new_options)});
    return the;
}

Class *Buffer::type() {
    static Class *the = make("StandInBuffer", {method("contents", standin::contents), method("length", standin::length)});
    return the;
}

Class *Library::type() {
    static Class *the = make("StandInLibrary", {method("newFunctionWithName:", new_function)});
    return the;
}

Class *Function::type() {
    static Class *the = make("StandInFunction", {});
    return the;
}

Class *Pipeline::type() {
    static Class *the = make("StandInComputePipelineState",
            {method("maxTotalThreadsPerThreadgroup", most_threads), method("threadExecutionWidth", width)});
    return the;
}

Class *Queue::type() {
    static Class *the = make("StandInCommandQueue", {method("commandBuffer", command_buffer)});
    return the;
}

Class *CommandBuffer::type() {
    static Class *the = make("StandInCommandBuffer",
            {method("computeCommandEncoder", new_serial_encoder), method("computeCommandEncoderWithDispatchType:", new_encoder),
                    method("commit", commit), method("waitUntilCompleted", wait), method("status", standin::status),
                    method("error", standin::error)});
    return the;
}

Class *Encoder::type() {
    static Class *the = make("StandInComputeCommandEncoder",
            {method("setComputePipelineState:", set_pipeline), method("setBuffer:offset:atIndex:", set_buffer),
                    method("setBytes:length:atIndex:", set_bytes),
                    method("setThreadgroupMemoryLength:atIndex:", set_threadgroup_length),
                    method("dispatchThreads:threadsPerThreadgroup:", dispatch_threads),
                    method("dispatchThreadgroups:threadsPerThreadgroup:", dispatch_groups),
                    method("memoryBarrierWithScope:", memory_barrier), method("endEncoding", end_encoding)});
    return the;
}

Class *Device::type() {
    static Class *the = make("StandInDevice",
            {method("name", name), method("hasUnifiedMemory", unified), method("supportsFamily:", supports),
                    method("maxBufferLength", most_bytes), method("recommendedMaxWorkingSetSize", most_bytes),
                    method("maxThreadgroupMemoryLength", most_shared), method("newCommandQueue", new_queue),
                    method("newBufferWithBytesNoCopy:length:options:deallocator:", new_buffer),
                    method("newLibraryWithSource:options:error:", new_library),
                    method("newComputePipelineStateWithFunction:error:", new_pipeline)});
    return the;
}

/** All classes are there before the first call; otherwise one that is named could be missing. */
bool register_classes() {
    string_type();
    Error::type();
    Options::type();
    Buffer::type();
    Library::type();
    Function::type();
    Pipeline::type();
    Queue::type();
    CommandBuffer::type();
    Encoder::type();
    Device::type();
    return true;
}
const bool REGISTERED = register_classes();

} // namespace

Class *String::type() { return string_type(); }

String::String(std::string text) : Object(type()), text(std::move(text)) {}

} // namespace standin

STANDIN_EXPORT void *MTLCreateSystemDefaultDevice() {
    static standin::Device *the = new standin::Device();
    standin::retain(the);
    return the;
}

/** The bytes of all buffers. */
STANDIN_EXPORT int64_t standin_bytes() { return static_cast<int64_t>(standin::Buffer::bytes.load()); }
