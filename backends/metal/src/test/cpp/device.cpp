// Metal's device, and what it makes: buffers, libraries and pipelines.
#include "metal.h"
#include "methods.h"

namespace standin {

namespace {

constexpr uint64_t PAGE = 16384;
constexpr uint64_t MOST_THREADS = 1024;

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

struct Device : Object {
    static Class *type();
    Device() : Object(type()) {}
};

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
void *new_shared_event(void *, Selector) { return new SharedEvent(); }

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

bool responds(void *self, Selector, Selector selector) { return static_cast<Object *>(self)->isa->find(selector) != nullptr; }

Class *string_type() {
    static Class *the = make("NSString", {method("UTF8String", utf8)}, {method("stringWithUTF8String:", string_with)});
    return the;
}

Class *Options::type() {
    static Class *the = make("MTLCompileOptions",
            {method("setFastMathEnabled:", set_fast_math), method("setMathMode:", set_math_mode),
                    method("setLanguageVersion:", set_language)},
            {method("new", new_options)});
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

Class *Device::type() {
    static Class *the = make("StandInDevice",
            {method("name", name), method("hasUnifiedMemory", unified), method("supportsFamily:", supports),
                    method("maxBufferLength", most_bytes), method("recommendedMaxWorkingSetSize", most_bytes),
                    method("maxThreadgroupMemoryLength", most_shared), method("newCommandQueue", new_queue),
                    method("newSharedEvent", new_shared_event),
                    method("newBufferWithBytesNoCopy:length:options:deallocator:", new_buffer),
                    method("newLibraryWithSource:options:error:", new_library),
                    method("newComputePipelineStateWithFunction:error:", new_pipeline)});
    return the;
}

} // namespace

std::atomic<uint64_t> Buffer::bytes{0};

Class *make(const char *name, std::vector<Method> methods, std::vector<Method> of_class) {
    methods.push_back({"respondsToSelector:", "B24@0:8:16", code(responds)});
    of_class.push_back(methods.back());
    return new Class(name, std::move(methods), new Class(name, std::move(of_class), nullptr));
}

Class *Error::type() {
    static Class *the = make("NSError", {method("localizedDescription", description)});
    return the;
}

Class *Buffer::type() {
    static Class *the = make("StandInBuffer", {method("contents", standin::contents), method("length", standin::length)});
    return the;
}

Class *Pipeline::type() {
    static Class *the = make("StandInComputePipelineState",
            {method("maxTotalThreadsPerThreadgroup", most_threads), method("threadExecutionWidth", width)});
    return the;
}

/** All classes are there before the first call; otherwise one that is named could be missing. */
bool register_device() {
    string_type();
    Error::type();
    Options::type();
    Buffer::type();
    Library::type();
    Function::type();
    Pipeline::type();
    Device::type();
    return true;
}
const bool DEVICE_REGISTERED = register_device();

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
