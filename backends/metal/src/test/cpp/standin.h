// A strict stand-in for libobjc and Metal, with which Kiln's calls and kernels are run on Linux.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace standin {

/** Records what was done wrong. The test that did it asks for it; the call does nothing else. */
void violation(const std::string &what);

// ---- objects -------------------------------------------------------------------------------------------------------

typedef const char *Selector; // interned, so that equal ones are at the same address
typedef void (*Code)();

struct Method {
    std::string name;
    std::string encoding;
    Code code;
};

/** What object_getClass gives. Classes are receivers as well: their class is `meta`. */
struct Class;

struct Object {
    Class *isa;
    std::atomic<long> references{1};
    std::atomic<bool> dead{false};
    explicit Object(Class *isa);
    Object(const Object &) = delete;
    Object &operator=(const Object &) = delete;
    virtual ~Object() = default;
    /** Called once when the last reference is gone; the memory stays, so that later uses are noticed. */
    virtual void end() {}
};

struct Class : Object {
    std::string name;
    std::atomic<long> live{0};
    Class(const char *name, std::vector<Method> methods, Class *meta);
    Method *find(Selector selector);

private:
    std::vector<std::pair<Selector, Method>> methods;
};

Selector intern(const std::string &name);
Class *class_named(const std::string &name);
long live_objects(const std::string &class_name);

void retain(Object *object);
void release(Object *object);
/** Gives the object to the thread's innermost pool; a violation where there is none. */
void autorelease(Object *object, const char *what);

struct String : Object {
    std::string text;
    static Class *type();
    explicit String(std::string text);
};

/** The object at an address if it is a live one of that class, else null after a violation. */
Object *checked(void *address, Class *isa, const char *what);

template <typename T>
T *as(void *address, const char *what) {
    return static_cast<T *>(checked(address, T::type(), what));
}

// ---- programs ------------------------------------------------------------------------------------------------------

struct Range {
    const char *begin;
    const char *end;
    bool written;
};

struct Position {
    uint32_t grid[3];
    uint32_t in_group[3];
    uint32_t group[3];
    uint32_t group_size[3];
    uint32_t groups[3];
    uint32_t threads[3];
    uint32_t index;
    uint32_t lane;
    uint32_t simdgroup;
    uint32_t simdgroups;
};

/** An argument of a kernel as its source declares it. */
struct Parameter {
    uint32_t index;
    uint32_t alignment;
    uint32_t bytes; // what it points to
    uint32_t kind;  // 0 written, 1 read, 2 constant, 3 threadgroup
};

struct Kernel {
    std::string name;
    std::vector<Parameter> parameters;
    void (*call)(void *const *buffers, const Position *position) = nullptr;
    Range image{}; // the compiled program's constants
};

struct Program {
    std::vector<Kernel> kernels;
    ~Program();
    void *handle = nullptr;
};

/** Where compiled programs and their parts lie. */
struct Place {
    std::string clang;
    std::string shim;
    std::string cache;
};

/** Compiles; returns null and says why where the source is not acceptable. */
std::shared_ptr<Program> compile(const std::string &source, bool fast_math, std::string &why);

// ---- execution -----------------------------------------------------------------------------------------------------

struct Dispatch {
    std::shared_ptr<Program> program;
    const Kernel *kernel;
    std::vector<void *> buffers;
    std::vector<Range> ranges;
    std::vector<std::shared_ptr<std::vector<char>>> copies; // of setBytes
    std::vector<size_t> threadgroup_bytes;
    uint32_t threads[3];
    uint32_t group[3];
};

/** What a compiled program calls. */
struct Host {
    void (*access)(const void *, uint64_t bytes, bool write);
    void (*barrier)(bool whole_threadgroup, bool orders);
    uint64_t (*exchange)(int operation, uint64_t value, int from);
    int (*lane)();
    void *(*shared)(int id, uint64_t bytes, uint64_t alignment);
};
extern Host the_host;

enum class Order { FORWARD, REVERSE, RANDOM };
void set_order(Order order, uint64_t seed);

/** Runs all threads; returns what a thread did wrong, if one did. */
std::string run(const Dispatch &dispatch);

} // namespace standin

#define STANDIN_EXPORT extern "C" __attribute__((visibility("default")))
