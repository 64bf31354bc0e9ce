// Metal's encoder, which fills a command buffer.
#include "metal.h"
#include "methods.h"

#include <algorithm>

namespace standin {

namespace {

constexpr uint64_t MOST_ARGUMENTS = 31;
constexpr uint64_t MOST_BYTES = 4096;
constexpr uint64_t MOST_THREADS = 1024;
constexpr uint64_t CONCURRENT = 1;

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
        commands->steps.push_back(Phase{concurrent, {}});
    }
    void end() override {
        if (open) {
            violation("an encoder was released before endEncoding");
        }
        arguments.clear();
        release(commands);
    }
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
    std::get<Phase>(encoder->commands->steps.back()).dispatches.push_back(std::move(dispatch));
}

void dispatch_groups(void *self, Selector selector, Size groups, Size group) {
    dispatch_threads(self, selector,
            {groups.width * group.width, groups.height * group.height, groups.depth * group.depth}, group);
}

void memory_barrier(void *self, Selector selector, uint64_t scope) {
    Encoder *encoder = open_encoder(self, selector);
    if (encoder != nullptr && (scope & 1) != 0) {
        encoder->commands->steps.push_back(Phase{encoder->concurrent, {}});
    }
}

void end_encoding(void *self, Selector selector) {
    Encoder *encoder = open_encoder(self, selector);
    if (encoder != nullptr) {
        encoder->open = false;
        encoder->commands->encoding = false;
    }
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

const bool ENCODER_REGISTERED = Encoder::type() != nullptr;

} // namespace

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

} // namespace standin
