package dev.kiln.backends.cpu.vector;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Instruction;
import java.lang.classfile.Label;
import java.lang.classfile.MethodModel;
import java.lang.classfile.TypeKind;
import java.lang.classfile.attribute.CodeAttribute;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LabelTarget;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.classfile.instruction.StoreInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Copies the code of static methods of this package to where they would be called.
 *
 * <p>
 * The JIT compiler inlines what the Vector API marks as to be inlined always, but our own methods only until some 8000 bytes of
 * bytecode are inlined, of which a vector operation takes hundreds; from there on, each call makes vectors on the heap. Code
 * that is copied is no call. What a method calls in this package is copied too. A method to be copied returns at its end only.
 */
final class CodeCopier {

    private static final String PACKAGE = CodeCopier.class.getPackageName().replace('.', '/') + '/';
    private static final Map<String, Map<String, MethodModel>> CLASSES = new ConcurrentHashMap<>();

    private CodeCopier() {}

    /** Adds the code of a method, whose arguments are on the stack; its result, if it has one, will be there instead. */
    static void copy(CodeBuilder code, Class<?> owner, String name, MethodTypeDesc type) {
        copy(code, owner.getName().replace('.', '/'), name, type);
    }

    /** Adds the code of the method that is called. */
    static void copy(CodeBuilder code, InvokeInstruction call) {
        copy(code, call.owner().asInternalName(), call.name().stringValue(), call.typeSymbol());
    }

    /** How many bytes of code {@link #copy} adds. */
    static int length(Class<?> owner, String name, MethodTypeDesc type) {
        return length(owner.getName().replace('.', '/'), name, type);
    }

    private static int length(String owner, String name, MethodTypeDesc type) {
        CodeAttribute code = method(owner, name, type).findAttribute(Attributes.code()).orElseThrow();
        return code.codeLength() + code.elementStream().filter(InvokeInstruction.class::isInstance)
                .map(InvokeInstruction.class::cast).filter(CodeCopier::isCopied)
                .mapToInt(call -> length(call.owner().asInternalName(), call.name().stringValue(), call.typeSymbol()))
                .sum();
    }

    private static MethodModel method(String owner, String name, MethodTypeDesc type) {
        MethodModel method = CLASSES.computeIfAbsent(owner, CodeCopier::methods).get(name + type.descriptorString());
        if (method == null) {
            throw new IllegalArgumentException("No method " + name + type.displayDescriptor() + " in " + owner);
        }
        return method;
    }

    /** Whether it is one of our methods. */
    static boolean isCopied(InvokeInstruction call) {
        return call.owner().asInternalName().startsWith(PACKAGE);
    }

    private static void copy(CodeBuilder code, String owner, String name, MethodTypeDesc type) {
        int size = 0;
        int[] slots = new int[type.parameterCount()];
        for (int i = 0; i < slots.length; i++) {
            slots[i] = size;
            size += kind(type.parameterType(i)).slotSize();
        }
        Map<Integer, Integer> locals = new ConcurrentHashMap<>();
        for (int i = slots.length - 1; i >= 0; i--) {
            TypeKind kind = kind(type.parameterType(i));
            int local = code.allocateLocal(kind);
            locals.put(slots[i], local);
            code.storeLocal(kind, local);
        }
        Map<Label, Label> labels = new HashMap<>();
        for (CodeElement element : method(owner, name, type).code().orElseThrow()) {
            switch (element) {
                case LabelTarget target -> code.labelBinding(label(code, labels, target.label()));
                case BranchInstruction branch -> code.branch(branch.opcode(), label(code, labels, branch.target()));
                case Instruction instruction -> copy(code, instruction,
                        slot -> locals.computeIfAbsent(slot, absent -> code.allocateLocal(TypeKind.LONG)));
                default -> {
                }
            }
        }
    }

    private static Label label(CodeBuilder code, Map<Label, Label> labels, Label original) {
        return labels.computeIfAbsent(original, absent -> code.newLabel());
    }

    private static void copy(CodeBuilder code, Instruction instruction, Function<Integer, Integer> locals) {
        switch (instruction) {
            case LoadInstruction load -> code.loadLocal(load.typeKind(), locals.apply(load.slot()));
            case StoreInstruction store -> code.storeLocal(store.typeKind(), locals.apply(store.slot()));
            case InvokeInstruction call when isCopied(call) -> copy(code, call);
            case ReturnInstruction end -> {
            }
            default -> code.with(instruction);
        }
    }

    private static Map<String, MethodModel> methods(String owner) {
        try (InputStream in = CodeCopier.class.getResourceAsStream('/' + owner + ".class")) {
            if (in == null) {
                throw new IllegalStateException("no class file of " + owner);
            }
            return ClassFile.of().parse(in.readAllBytes()).methods().stream().collect(Collectors
                    .toMap(method -> method.methodName().stringValue() + method.methodType().stringValue(), m -> m));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static TypeKind kind(ClassDesc type) {
        return TypeKind.from(type);
    }
}
