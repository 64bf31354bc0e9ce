package dev.kiln.backends.cpu.vector;

import dev.kiln.backends.cpu.LoopTemplate;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.reflect.Method;

/**
 * Makes one class per function out of a loop that is written once, with the function's code in place of the {@link Hole}, and
 * that of our other methods in place of their calls. Long functions need that: called, they would meet the limits that {@link CodeCopier} tells of.
 */
final class FilledTemplate {

    private static final Lookup LOOKUP = MethodHandles.lookup();

    private FilledTemplate() {}

    /** An instance of a copy of {@code template} with {@code function}, whose arguments and result are those of the hole. */
    static <L> L of(Class<? extends L> template, Method function) {
        return LoopTemplate.rewritten(LOOKUP, template, (code, element) -> put(code, element, template, function));
    }

    private static void put(CodeBuilder code, CodeElement element, Class<?> template, Method function) {
        if (!(element instanceof InvokeInstruction call && CodeCopier.isCopied(call))
                || call.owner().asInternalName().equals(internal(template))) {
            code.with(element);
        } else if (call.owner().asInternalName().equals(internal(Hole.class))) {
            CodeCopier.copy(code, function.getDeclaringClass(), function.getName(), VectorTerms.type(function));
        } else {
            CodeCopier.copy(code, call);
        }
    }

    private static String internal(Class<?> type) {
        return type.getName().replace('.', '/');
    }
}
