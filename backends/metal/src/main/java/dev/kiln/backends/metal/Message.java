package dev.kiln.backends.metal;

import static java.lang.foreign.ValueLayout.ADDRESS;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.stream.Stream;

/**
 * A selector with the C types of its arguments and its result. Each class of the receiving side has its own messages; when
 * one is sent for the first time, the types are compared with those that the receiver's method has by the runtime, so that
 * a mistake here, or a change there, is an exception and not a crash. The methods that send are named after what comes back.
 */
final class Message {

    /** MTLSize: three NSUInteger. */
    static final StructLayout SIZE = MemoryLayout.structLayout(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG);

    private static final System.Logger LOGGER = System.getLogger("dev.kiln");

    private final String name;
    private final FunctionDescriptor type;
    private final MethodHandle sender;
    private final MemorySegment selector;
    private volatile boolean checked;

    private Message(String name, FunctionDescriptor type) {
        long colons = name.chars().filter(c -> c == ':').count();
        if (colons != type.argumentLayouts().size() - 2) {
            throw new IllegalArgumentException("The selector " + name + " takes " + colons + " arguments.");
        }
        this.name = name;
        this.type = type;
        sender = ObjC.sender(type);
        selector = ObjC.selector(name);
    }

    /** A message that something comes back from. */
    static Message returning(MemoryLayout result, String name, MemoryLayout... arguments) {
        return new Message(name, FunctionDescriptor.of(result, all(arguments)));
    }

    /** A message that nothing comes back from. */
    static Message sending(String name, MemoryLayout... arguments) {
        return new Message(name, FunctionDescriptor.ofVoid(all(arguments)));
    }

    /** The receiver and the selector come first. */
    private static MemoryLayout[] all(MemoryLayout... arguments) {
        return Stream.concat(Stream.of(ADDRESS, ADDRESS), Stream.of(arguments)).toArray(MemoryLayout[]::new);
    }

    /** The selector's name. */
    String name() {
        return name;
    }

    /** The C type, receiver and selector included. */
    FunctionDescriptor type() {
        return type;
    }

    /** The selector for {@code self}, whose method is of this message's type. */
    private MemorySegment to(MemorySegment self) {
        if (!checked) {
            check(self);
        }
        return selector;
    }

    private void check(MemorySegment self) {
        ObjC.present(self, "what " + name + " is sent to");
        MemorySegment method = ObjC.method(ObjC.classOf(self), selector);
        if (method.address() != 0) {
            String encoding = ObjC.encoding(method);
            String differs = Encoding.difference(encoding, type);
            if (differs != null) {
                throw new MetalException(
                        "The method " + name + " has the types " + encoding + " on this system, but Kiln"
                                + " would call it as " + type + ": " + differs + ".");
            }
        } else if (!Responds.to(self, selector)) {
            throw new MetalException("There is no method " + name + " on this system.");
        } else {
            LOGGER.log(System.Logger.Level.WARNING, "The types of the method {0} are not known to the runtime.", name);
        }
        checked = true;
    }

    MemorySegment object(MemorySegment self) {
        MemorySegment to = to(self);
        try {
            return (MemorySegment) sender.invokeExact(self, to);
        } catch (Throwable thrown) {
            throw ObjC.unexpected(thrown);
        }
    }

    MemorySegment object(MemorySegment self, MemorySegment a) {
        MemorySegment to = to(self);
        try {
            return (MemorySegment) sender.invokeExact(self, to, a);
        } catch (Throwable thrown) {
            throw ObjC.unexpected(thrown);
        }
    }

    MemorySegment object(MemorySegment self, long a) {
        MemorySegment to = to(self);
        try {
            return (MemorySegment) sender.invokeExact(self, to, a);
        } catch (Throwable thrown) {
            throw ObjC.unexpected(thrown);
        }
    }

    MemorySegment object(MemorySegment self, MemorySegment a, MemorySegment b) {
        MemorySegment to = to(self);
        try {
            return (MemorySegment) sender.invokeExact(self, to, a, b);
        } catch (Throwable thrown) {
            throw ObjC.unexpected(thrown);
        }
    }

    MemorySegment object(MemorySegment self, MemorySegment a, MemorySegment b, MemorySegment c) {
        MemorySegment to = to(self);
        try {
            return (MemorySegment) sender.invokeExact(self, to, a, b, c);
        } catch (Throwable thrown) {
            throw ObjC.unexpected(thrown);
        }
    }

    MemorySegment object(MemorySegment self, MemorySegment a, long b, long c, MemorySegment d) {
        MemorySegment to = to(self);
        try {
            return (MemorySegment) sender.invokeExact(self, to, a, b, c, d);
        } catch (Throwable thrown) {
            throw ObjC.unexpected(thrown);
        }
    }

    long number(MemorySegment self) {
        MemorySegment to = to(self);
        try {
            return (long) sender.invokeExact(self, to);
        } catch (Throwable thrown) {
            throw ObjC.unexpected(thrown);
        }
    }

    boolean truth(MemorySegment self) {
        MemorySegment to = to(self);
        try {
            return (boolean) sender.invokeExact(self, to);
        } catch (Throwable thrown) {
            throw ObjC.unexpected(thrown);
        }
    }

    boolean truth(MemorySegment self, long a) {
        MemorySegment to = to(self);
        try {
            return (boolean) sender.invokeExact(self, to, a);
        } catch (Throwable thrown) {
            throw ObjC.unexpected(thrown);
        }
    }

    void send(MemorySegment self) {
        MemorySegment to = to(self);
        try {
            sender.invokeExact(self, to);
        } catch (Throwable thrown) {
            throw ObjC.unexpected(thrown);
        }
    }

    void send(MemorySegment self, MemorySegment a) {
        MemorySegment to = to(self);
        try {
            sender.invokeExact(self, to, a);
        } catch (Throwable thrown) {
            throw ObjC.unexpected(thrown);
        }
    }

    void send(MemorySegment self, boolean a) {
        MemorySegment to = to(self);
        try {
            sender.invokeExact(self, to, a);
        } catch (Throwable thrown) {
            throw ObjC.unexpected(thrown);
        }
    }

    void send(MemorySegment self, long a) {
        MemorySegment to = to(self);
        try {
            sender.invokeExact(self, to, a);
        } catch (Throwable thrown) {
            throw ObjC.unexpected(thrown);
        }
    }

    void send(MemorySegment self, MemorySegment a, long b) {
        MemorySegment to = to(self);
        try {
            sender.invokeExact(self, to, a, b);
        } catch (Throwable thrown) {
            throw ObjC.unexpected(thrown);
        }
    }

    void send(MemorySegment self, MemorySegment a, long b, long c) {
        MemorySegment to = to(self);
        try {
            sender.invokeExact(self, to, a, b, c);
        } catch (Throwable thrown) {
            throw ObjC.unexpected(thrown);
        }
    }

    /** With two structs as arguments, by value: FFM's ADDRESS and a struct are both segments. */
    void sendSizes(MemorySegment self, MemorySegment a, MemorySegment b) {
        MemorySegment to = to(self);
        try {
            sender.invokeExact(self, to, a, b);
        } catch (Throwable thrown) {
            throw ObjC.unexpected(thrown);
        }
    }

    /** Asks an object itself; sent without a check, since every object understands it. */
    private static final class Responds {
        private static final MethodHandle SENDER = ObjC
                .sender(FunctionDescriptor.of(ValueLayout.JAVA_BOOLEAN, ADDRESS, ADDRESS, ADDRESS));
        private static final MemorySegment SELECTOR = ObjC.selector("respondsToSelector:");

        static boolean to(MemorySegment self, MemorySegment selector) {
            try {
                return (boolean) SENDER.invokeExact(self, SELECTOR, selector);
            } catch (Throwable thrown) {
                throw ObjC.unexpected(thrown);
            }
        }
    }
}
