package dev.kiln.backends.cpu.vector;

import dev.kiln.backends.cpu.LoopTemplate;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.reflect.Method;
import java.util.function.Consumer;

/**
 * Makes one class per function out of a loop that is written once, with the function's code in place of the {@link Hole}, and
 * that of our other methods in place of their calls. Long functions need that: called, they would meet the limits that {@link CodeCopier} tells of.
 *
 * <p>
 * The loop has a second form, over single elements, in which it begins: {@link OneLaneLoop} makes it of the same code.
 */
final class FilledTemplate {

    private static final Lookup LOOKUP = MethodHandles.lookup();

    /** Whether loops are over vectors from the first call on: for tests of these. */
    private static final boolean VECTORS_AT_ONCE = Boolean.getBoolean("kiln.vectors.at.once");

    private static final String FUNCTION = "function";

    private FilledTemplate() {}

    /**
     * A loop like {@code template} with {@code function}, whose arguments and result are those of the hole.
     *
     * @param sample runs the loop over some hundred elements of its own
     */
    static <L> L of(Class<? extends L> template, Method function, Consumer<L> sample) {
        return of(template, VectorTerms.length(function), overElements(template, function),
                overVectors(template, function), sample);
    }

    /** A loop like {@code template}, in which there is no hole. */
    static <L> L of(Class<? extends L> template, Consumer<L> sample) {
        return of(template, 0, withoutHole(template, OneLaneLoop.transform()),
                withoutHole(template, CodeTransform.ACCEPT_ALL), sample);
    }

    /** How a copy of a template without a hole is made, changed by {@code form}. */
    static ClassTransform withoutHole(Class<?> template, CodeTransform form) {
        return methods(filled(template, hole -> {
            throw new IllegalArgumentException("A hole in " + template);
        }).andThen(form));
    }

    private static <L> L of(Class<? extends L> template, int length, ClassTransform first, ClassTransform then,
            Consumer<L> sample) {
        return VECTORS_AT_ONCE
                ? LoopTemplate.rewritten(LOOKUP, template, then)
                : LoopTemplate.handedOver(LOOKUP, template, length, first, then, sample);
    }

    /** How a copy for vectors is made. */
    static ClassTransform overVectors(Class<?> template, Method function) {
        return methods(filled(template, code -> CodeCopier.copy(code, function.getDeclaringClass(), function.getName(),
                VectorTerms.type(function))));
    }

    /** How a copy for single elements is made. The function is a method in it: so it is compiled after few elements. */
    static ClassTransform overElements(Class<?> template, Method function) {
        ClassDesc self = template.describeConstable().orElseThrow();
        CodeTransform calling = filled(template,
                code -> code.invokestatic(self, FUNCTION, VectorTerms.type(function)));
        return methods(calling.andThen(OneLaneLoop.transform()))
                .andThen(ClassTransform.endHandler(copy -> OneLaneLoop.addMethod(copy, FUNCTION, function)));
    }

    private static ClassTransform methods(CodeTransform code) {
        return ClassTransform.transformingMethodBodies(code);
    }

    private static CodeTransform filled(Class<?> template, Consumer<CodeBuilder> filling) {
        return (code, element) -> {
            if (!(element instanceof InvokeInstruction call && CodeCopier.isCopied(call))
                    || call.owner().asInternalName().equals(internal(template))) {
                code.with(element);
            } else if (call.owner().asInternalName().equals(internal(Hole.class))) {
                filling.accept(code);
            } else {
                CodeCopier.copy(code, call);
            }
        };
    }

    private static String internal(Class<?> type) {
        return type.getName().replace('.', '/');
    }
}
