package dev.kiln.backends.metal;

import static java.lang.foreign.ValueLayout.ADDRESS;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The C functions of the Objective-C runtime. Objects are addresses; what a function named {@code new…} returns belongs to
 * the caller, who releases it, other objects live until the autorelease pool of the thread is popped.
 */
final class ObjC {

    private static final SymbolLookup RUNTIME = library(Libraries.OBJC);
    private static final MemorySegment SEND = symbol(RUNTIME, "objc_msgSend");
    private static final Map<FunctionDescriptor, MethodHandle> SENDERS = new ConcurrentHashMap<>();

    private static final FunctionDescriptor ONE = FunctionDescriptor.of(ADDRESS, ADDRESS);
    private static final MethodHandle SELECTOR = function("sel_registerName", ONE);
    private static final MethodHandle GET_CLASS = function("objc_getClass", ONE);
    private static final MethodHandle CLASS_OF = function("object_getClass", ONE);
    private static final MethodHandle RETAIN = function("objc_retain", ONE);
    private static final MethodHandle RELEASE = function("objc_release", FunctionDescriptor.ofVoid(ADDRESS));
    private static final MethodHandle ENCODING = function("method_getTypeEncoding", ONE);
    private static final MethodHandle METHOD = function("class_getInstanceMethod",
            FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle PUSH = function("objc_autoreleasePoolPush", FunctionDescriptor.of(ADDRESS));
    private static final MethodHandle POP = function("objc_autoreleasePoolPop", FunctionDescriptor.ofVoid(ADDRESS));

    private static final Message STRING = Message.returning(ADDRESS, "stringWithUTF8String:", ADDRESS);
    private static final Message UTF8 = Message.returning(ADDRESS, "UTF8String");

    private ObjC() {}

    /**
     * The library of this name. By name and not by path, since the system's libraries are in no file.
     *
     * @throws IllegalArgumentException if there is none
     */
    @SuppressWarnings("restricted")
    static SymbolLookup library(String name) {
        return SymbolLookup.libraryLookup(name, Arena.global());
    }

    static MemorySegment symbol(SymbolLookup library, String name) {
        return library.find(name).orElseThrow(() -> new MetalException("There is no function " + name + "."));
    }

    @SuppressWarnings("restricted")
    static MethodHandle function(MemorySegment address, FunctionDescriptor type) {
        return Linker.nativeLinker().downcallHandle(address, type);
    }

    private static MethodHandle function(String name, FunctionDescriptor type) {
        return function(symbol(RUNTIME, name), type);
    }

    /** What sends messages of exactly this type; a call of another shape would put arguments elsewhere. */
    static MethodHandle sender(FunctionDescriptor type) {
        return SENDERS.computeIfAbsent(type, key -> function(SEND, key));
    }

    static MemorySegment selector(String name) {
        try (Arena arena = Arena.ofConfined()) {
            return call(SELECTOR, arena.allocateFrom(name));
        }
    }

    /** The class of this name. */
    static MemorySegment classNamed(String name) {
        try (Arena arena = Arena.ofConfined()) {
            return present(call(GET_CLASS, arena.allocateFrom(name)), "the class " + name);
        }
    }

    static MemorySegment classOf(MemorySegment object) {
        return call(CLASS_OF, object);
    }

    /** The method of a class for a selector; NULL if it has none of its own. */
    static MemorySegment method(MemorySegment type, MemorySegment selector) {
        try {
            return (MemorySegment) METHOD.invokeExact(type, selector);
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    /** How the types of a method are written down. */
    static String encoding(MemorySegment method) {
        return text(call(ENCODING, method));
    }

    static MemorySegment retain(MemorySegment object) {
        return call(RETAIN, object);
    }

    static void release(MemorySegment object) {
        try {
            RELEASE.invokeExact(object);
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    /** Begins an autorelease pool of this thread, which must be a platform thread and pop it itself. */
    static MemorySegment push() {
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("A virtual thread may change its carrier under an autorelease pool.");
        }
        try {
            return (MemorySegment) PUSH.invokeExact();
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    static void pop(MemorySegment pool) {
        try {
            POP.invokeExact(pool);
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    /** An NSString, which the pool releases. */
    static MemorySegment string(String text) {
        try (Arena arena = Arena.ofConfined()) {
            return present(STRING.object(classNamed("NSString"), arena.allocateFrom(text)), "a string");
        }
    }

    /** The text of an NSString. */
    static String textOf(MemorySegment string) {
        return string.address() == 0 ? "(nothing)" : text(UTF8.object(string));
    }

    @SuppressWarnings("restricted")
    private static String text(MemorySegment characters) {
        return characters.reinterpret(Long.MAX_VALUE).getString(0);
    }

    /** {@code object}, which must be one: messages to nothing are not noticed otherwise. */
    static MemorySegment present(MemorySegment object, String what) {
        if (object.address() == 0) {
            throw new MetalException("Metal has not made " + what + ".");
        }
        return object;
    }

    private static MemorySegment call(MethodHandle function, MemorySegment argument) {
        try {
            return (MemorySegment) function.invokeExact(argument);
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    /** A downcall throws nothing but for being called wrongly. */
    static RuntimeException unexpected(Throwable thrown) {
        return switch (thrown) {
            case RuntimeException e -> e;
            case Error e -> throw e;
            default -> new IllegalStateException(thrown);
        };
    }
}
