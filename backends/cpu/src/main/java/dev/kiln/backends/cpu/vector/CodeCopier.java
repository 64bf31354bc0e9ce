package dev.kiln.backends.cpu.vector;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Instruction;
import java.lang.classfile.MethodModel;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.classfile.instruction.StoreInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
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
 * that is copied is no call. Methods to be copied do not branch; what they call in this package is copied too.
 */
final class CodeCopier {

    private static final String PACKAGE = CodeCopier.class.getPackageName().replace('.', '/') + '/';
    private static final Map<String, Map<String, MethodModel>> CLASSES = new ConcurrentHashMap<>();

    private CodeCopier() {}

    /** Adds the code of a method, whose arguments are on the stack; its result, if it has one, will be there instead. */
    static void copy(CodeBuilder code, Class<?> owner, String name, MethodTypeDesc type) {
        copy(code, owner.getName().replace('.', '/'), name, type);
    }

    private static void copy(CodeBuilder code, String owner, String name, MethodTypeDesc type) {
        MethodModel method = CLASSES.computeIfAbsent(owner, CodeCopier::methods).get(name + type.descriptorString());
        if (method == null) {
            throw new IllegalArgumentException("No method " + name + type.displayDescriptor() + " in " + owner);
        }
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
        for (CodeElement element : method.code().orElseThrow()) {
            if (element instanceof Instruction instruction) {
                copy(code, instruction,
                        slot -> locals.computeIfAbsent(slot, absent -> code.allocateLocal(TypeKind.LONG)));
            }
        }
    }

    private static void copy(CodeBuilder code, Instruction instruction, Function<Integer, Integer> locals) {
        switch (instruction) {
            case LoadInstruction load -> code.loadLocal(load.typeKind(), locals.apply(load.slot()));
            case StoreInstruction store -> code.storeLocal(store.typeKind(), locals.apply(store.slot()));
            case InvokeInstruction call when call.owner().asInternalName().startsWith(PACKAGE) ->
                copy(code, call.owner().asInternalName(), call.name().stringValue(), call.typeSymbol());
            case ReturnInstruction end -> {
            }
            case BranchInstruction branch -> throw new IllegalArgumentException("Code that branches cannot be copied.");
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
