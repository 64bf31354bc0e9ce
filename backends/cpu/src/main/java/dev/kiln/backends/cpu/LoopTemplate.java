package dev.kiln.backends.cpu;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.function.Consumer;

/**
 * Makes one class per operation out of a loop that is written once.
 *
 * <p>A loop over an array that calls a function object is as fast as a hand-written one only if the compiler knows
 * which function it is. If all operations shared one loop class, its call would be megamorphic: a virtual call, and
 * boxed vectors, for every few elements. So a template holds its function in a {@code static final} field, and each
 * operation gets its own copy of the template as a hidden class, with the function as class data. The field is then a
 * constant to the JIT compiler, the function is inlined, and each copy has its own profile.
 *
 * <p>What is handed out calls the copy through a method handle, which the compiler cannot see through because it is no
 * constant. That costs a few nanoseconds a block and keeps the loop a compilation of its own: inlined into its caller,
 * or with other loops into a third method, it would share that one's budget of inlining (8000 bytes of bytecode, of
 * which a vector operation takes hundreds), and the last functions to be inlined would box their vectors instead.
 */
public final class LoopTemplate {
    private LoopTemplate() {}

    /**
     * An instance of a copy of {@code template} that has {@code function}.
     *
     * @param lookup a full-privilege lookup in the package of the template
     */
    public static <L> L instantiate(Lookup lookup, Class<? extends L> template, Object function) {
        try {
            return LoopTemplate
                    .<L>copy(lookup.defineHiddenClassWithClassData(bytes(template), function, true), template)
                    .apart();
        } catch (Throwable e) {
            throw new IllegalStateException("cannot copy the loop " + template.getName(), e);
        }
    }

    /**
     * An instance of a copy of {@code template} whose methods have other code.
     *
     * @param lookup a full-privilege lookup in the package of the template
     */
    public static <L> L rewritten(Lookup lookup, Class<? extends L> template, ClassTransform transform) {
        return copy(lookup, template, transform).apart();
    }

    /**
     * A loop that begins as a copy of {@code template} with the code of {@code elementwise} and goes on with that of {@code vectors},
     * as {@link Handover} tells. Both must give the same bits.
     *
     * @param lookup a full-privilege lookup in the package of the template
     * @param length of the code for an element, in bytes
     * @param sample runs the loop over some hundred elements of its own
     */
    public static <L> L handedOver(Lookup lookup, Class<? extends L> template, int length, ClassTransform elementwise,
            ClassTransform vectors, Consumer<L> sample) {
        return Handover.of(length, copy(lookup, template, elementwise), () -> copy(lookup, template, vectors), sample);
    }

    /**
     * A copy of a template.
     *
     * @param run its method
     */
    record Copy<L>(Class<L> kind, L loop, MethodHandle run) {
        /** The loop as a compilation of its own. */
        L apart() {
            return MethodHandleProxies.asInterfaceInstance(kind, run);
        }
    }

    private static <L> Copy<L> copy(Lookup lookup, Class<? extends L> template, ClassTransform transform) {
        try {
            byte[] code = ClassFile.of().transformClass(ClassFile.of().parse(bytes(template)), transform);
            return copy(lookup.defineHiddenClass(code, true), template);
        } catch (Throwable e) {
            throw new IllegalStateException("cannot rewrite the loop " + template.getName(), e);
        }
    }

    private static <L> Copy<L> copy(Lookup copy, Class<? extends L> template) throws Throwable {
        @SuppressWarnings("unchecked") // a template implements its kind of loop and nothing else
        Class<L> kind = (Class<L>) template.getInterfaces()[0];
        L loop = kind.cast(copy.findConstructor(copy.lookupClass(), MethodType.methodType(void.class)).invoke());
        return new Copy<>(kind, loop, run(copy, copy.lookupClass(), kind).bindTo(loop));
    }

    /**
     * {@code loop}, a compilation of its own for the same reason: one that takes a good part of that budget.
     *
     * @param lookup a lookup with access to the class of {@code loop}
     */
    public static <L> L apart(Lookup lookup, Class<L> kind, L loop) {
        try {
            return MethodHandleProxies.asInterfaceInstance(kind, run(lookup, loop.getClass(), kind).bindTo(loop));
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("cannot call the loop " + loop.getClass().getName(), e);
        }
    }

    private static MethodHandle run(Lookup lookup, Class<?> loop, Class<?> kind) throws IllegalAccessException {
        for (Method method : loop.getDeclaredMethods()) {
            if (method.getName().equals("run")) {
                return lookup.unreflect(method);
            }
        }
        throw new IllegalStateException("a " + kind.getSimpleName() + " without a method run");
    }

    /** The function of the copy that asks; for the initializer of a template's field. */
    public static <F> F function(Lookup copy, Class<F> type) {
        try {
            return MethodHandles.classData(copy, "_", type);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("the class data of " + copy + " is not a " + type.getName(), e);
        }
    }

    private static byte[] bytes(Class<?> template) {
        String file = template.getName().substring(template.getPackageName().length() + 1) + ".class";
        try (InputStream in = template.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("no class file " + file);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
