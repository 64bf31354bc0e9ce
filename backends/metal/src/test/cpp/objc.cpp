// The Objective-C runtime, as far as it is called, and no more lenient than it must be.
#include "standin.h"

#include <cstring>
#include <mutex>
#include <unordered_map>
#include <unordered_set>

namespace standin {

namespace {

struct Runtime {
    std::mutex mutex;
    std::unordered_set<std::string> selectors;
    std::unordered_set<const char *> known_selectors;
    std::unordered_map<std::string, Class *> classes;
    std::unordered_set<void *> objects; // all that ever were
    std::unordered_set<void *> methods;
    std::vector<std::string> violations;
};

Runtime &runtime() {
    static Runtime *the = new Runtime(); // never destroyed: threads may outlive main
    return *the;
}

struct Pool {
    std::vector<Object *> objects;
};

thread_local std::vector<Pool *> pools;

bool is_object(void *address) {
    Runtime &the = runtime();
    std::lock_guard<std::mutex> lock(the.mutex);
    return the.objects.count(address) != 0;
}

/** The live object that a message or function was given; null after a violation. */
Object *object_at(void *address, const std::string &what) {
    if (address == nullptr) {
        violation(what + " got nil");
        return nullptr;
    }
    if (!is_object(address)) {
        violation(what + " got what is no object");
        return nullptr;
    }
    Object *object = static_cast<Object *>(address);
    if (object->dead) {
        violation(what + " got a " + object->isa->name + " after its last release");
        return nullptr;
    }
    return object;
}

/** What is run instead of a method that is not there: the caller gets 0. */
void *nothing() { return nullptr; }

} // namespace

void violation(const std::string &what) {
    Runtime &the = runtime();
    std::lock_guard<std::mutex> lock(the.mutex);
    the.violations.push_back(what);
}

Object::Object(Class *isa) : isa(isa) {
    if (isa != nullptr) {
        isa->live++;
    }
    Runtime &the = runtime();
    std::lock_guard<std::mutex> lock(the.mutex);
    the.objects.insert(this);
}

Class::Class(const char *name, std::vector<Method> given, Class *meta) : Object(nullptr), name(name) {
    isa = meta;
    for (Method &method : given) {
        methods.emplace_back(intern(method.name), method);
    }
    Runtime &the = runtime();
    std::lock_guard<std::mutex> lock(the.mutex);
    if (meta != nullptr) {
        the.classes[name] = this;
    }
    for (auto &method : methods) {
        the.methods.insert(&method.second);
    }
}

Method *Class::find(Selector selector) {
    for (auto &method : methods) {
        if (method.first == selector) {
            return &method.second;
        }
    }
    return nullptr;
}

Selector intern(const std::string &name) {
    Runtime &the = runtime();
    std::lock_guard<std::mutex> lock(the.mutex);
    const char *selector = the.selectors.insert(name).first->c_str();
    the.known_selectors.insert(selector);
    return selector;
}

Class *class_named(const std::string &name) {
    Runtime &the = runtime();
    std::lock_guard<std::mutex> lock(the.mutex);
    auto found = the.classes.find(name);
    return found == the.classes.end() ? nullptr : found->second;
}

long live_objects(const std::string &class_name) {
    Class *found = class_named(class_name);
    return found == nullptr ? -1 : found->live.load();
}

void retain(Object *object) { object->references++; }

void release(Object *object) {
    long left = --object->references;
    if (left == 0) {
        object->dead = true;
        object->isa->live--;
        object->end();
    } else if (left < 0) {
        violation("a " + object->isa->name + " was released too often");
    }
}

void autorelease(Object *object, const char *what) {
    if (pools.empty()) {
        violation(std::string(what) + " without an autorelease pool on this thread");
        return; // it leaks, as it would
    }
    pools.back()->objects.push_back(object);
}

Object *checked(void *address, Class *isa, const char *what) {
    Object *object = object_at(address, what);
    if (object != nullptr && object->isa != isa) {
        violation(std::string(what) + " got a " + object->isa->name + ", not a " + isa->name);
        return nullptr;
    }
    return object;
}

/** The code for a message; called by objc_msgSend with the receiver and the selector. */
extern "C" __attribute__((visibility("hidden"))) void *standin_lookup(void *self, Selector selector) {
    Runtime &the = runtime();
    bool known;
    {
        std::lock_guard<std::mutex> lock(the.mutex);
        known = the.known_selectors.count(selector) != 0;
    }
    if (!known) {
        violation("a message with a selector that was not registered");
        return reinterpret_cast<void *>(nothing);
    }
    Object *object = object_at(self, selector);
    if (object == nullptr) {
        return reinterpret_cast<void *>(nothing);
    }
    Method *method = object->isa == nullptr ? nullptr : object->isa->find(selector);
    if (method == nullptr) {
        violation("unrecognized selector " + std::string(selector) + " sent to a "
                + (object->isa == nullptr ? "metaclass" : object->isa->name));
        return reinterpret_cast<void *>(nothing);
    }
    return reinterpret_cast<void *>(method->code);
}

} // namespace standin

// Keeps all registers that arguments may be in, finds the method, and goes on there as if it had been called itself.
asm(R"(
    .text
    .globl objc_msgSend
    .type objc_msgSend, @function
objc_msgSend:
    pushq %rbp
    movq %rsp, %rbp
    subq $208, %rsp
    movq %rdi, (%rsp)
    movq %rsi, 8(%rsp)
    movq %rdx, 16(%rsp)
    movq %rcx, 24(%rsp)
    movq %r8, 32(%rsp)
    movq %r9, 40(%rsp)
    movq %rax, 48(%rsp)
    movups %xmm0, 64(%rsp)
    movups %xmm1, 80(%rsp)
    movups %xmm2, 96(%rsp)
    movups %xmm3, 112(%rsp)
    movups %xmm4, 128(%rsp)
    movups %xmm5, 144(%rsp)
    movups %xmm6, 160(%rsp)
    movups %xmm7, 176(%rsp)
    call standin_lookup
    movq %rax, %r11
    movq (%rsp), %rdi
    movq 8(%rsp), %rsi
    movq 16(%rsp), %rdx
    movq 24(%rsp), %rcx
    movq 32(%rsp), %r8
    movq 40(%rsp), %r9
    movq 48(%rsp), %rax
    movups 64(%rsp), %xmm0
    movups 80(%rsp), %xmm1
    movups 96(%rsp), %xmm2
    movups 112(%rsp), %xmm3
    movups 128(%rsp), %xmm4
    movups 144(%rsp), %xmm5
    movups 160(%rsp), %xmm6
    movups 176(%rsp), %xmm7
    leave
    jmp *%r11
    .size objc_msgSend, .-objc_msgSend
)");

using namespace standin;

STANDIN_EXPORT const void *sel_registerName(const char *name) { return intern(name); }

STANDIN_EXPORT void *objc_getClass(const char *name) { return class_named(name); }

STANDIN_EXPORT void *object_getClass(void *object) {
    Object *checked = object_at(object, "object_getClass");
    return checked == nullptr ? nullptr : checked->isa;
}

STANDIN_EXPORT void *class_getInstanceMethod(void *type, Selector selector) {
    Object *object = object_at(type, "class_getInstanceMethod");
    Class *checked = dynamic_cast<Class *>(object);
    if (checked == nullptr) {
        violation("class_getInstanceMethod got no class");
        return nullptr;
    }
    return checked->find(selector);
}

STANDIN_EXPORT const char *method_getTypeEncoding(void *method) {
    {
        std::lock_guard<std::mutex> lock(runtime().mutex);
        if (runtime().methods.count(method) != 0) {
            return static_cast<Method *>(method)->encoding.c_str();
        }
    }
    violation("method_getTypeEncoding got no method");
    return "";
}

STANDIN_EXPORT void *objc_retain(void *object) {
    Object *checked = object_at(object, "objc_retain");
    if (checked != nullptr) {
        retain(checked);
    }
    return object;
}

STANDIN_EXPORT void objc_release(void *object) {
    Object *checked = object_at(object, "objc_release");
    if (checked != nullptr) {
        release(checked);
    }
}

STANDIN_EXPORT void *objc_autoreleasePoolPush() {
    pools.push_back(new Pool());
    return pools.back();
}

STANDIN_EXPORT void objc_autoreleasePoolPop(void *pool) {
    if (pools.empty() || pools.back() != pool) {
        violation("a pool was popped that is not the innermost of this thread");
        return;
    }
    Pool *popped = pools.back();
    pools.pop_back();
    for (Object *object : popped->objects) {
        release(object);
    }
    delete popped;
}

// ---- for the tests -------------------------------------------------------------------------------------------------

/** The first thing done wrong since the last call, copied to `text`; false if there was nothing. Forgets the others. */
STANDIN_EXPORT bool standin_violation(char *text, uint64_t bytes) {
    Runtime &the = runtime();
    std::lock_guard<std::mutex> lock(the.mutex);
    if (the.violations.empty()) {
        return false;
    }
    std::string first = the.violations.front();
    the.violations.clear();
    strncpy(text, first.c_str(), bytes - 1);
    text[bytes - 1] = 0;
    return true;
}

/** How many objects of a class there are; -1 where there is no such class. */
STANDIN_EXPORT int64_t standin_live(const char *class_name) { return live_objects(class_name); }
