package dev.kiln.backends.cpu.vector;

import com.google.common.base.CaseFormat;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.ArrayLoadInstruction;
import java.lang.classfile.instruction.ArrayStoreInstruction;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.classfile.instruction.LocalVariable;
import java.lang.classfile.instruction.LocalVariableType;
import java.lang.classfile.instruction.OperatorInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.classfile.instruction.StackInstruction;
import java.lang.classfile.instruction.StoreInstruction;
import java.lang.classfile.instruction.TypeCheckInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.Method;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Turns the code of a loop over vectors into that of a loop over single elements with the same results: a vector becomes its only
 * lane, a mask a truth value, a call one of {@link OneLane} or {@link OneFloatingLane}. Species and operators are constants, which no longer need to be anywhere.
 *
 * <p>
 * It takes what javac and {@link CodeCopier} make of loops, in which vectors are chosen between by masks only: so what is on the stack is
 * what the code further up has put there.
 */
final class OneLaneLoop implements CodeTransform {

    private static final String API = VectorSpecies.class.getPackageName();
    private static final ClassDesc SPECIES = described(VectorSpecies.class);
    private static final ClassDesc ANY_VECTOR = described(Vector.class);
    private static final Map<ClassDesc, Lane> LANES = Stream
            .of(new Lane(VectorMask.class, boolean.class, OneLane.Masks.class),
                    new Lane(ShortVector.class, short.class, OneLane.Shorts.class),
                    new Lane(IntVector.class, int.class, OneLane.Ints.class),
                    new Lane(LongVector.class, long.class, OneLane.Longs.class),
                    new Lane(FloatVector.class, float.class, OneFloatingLane.Floats.class),
                    new Lane(DoubleVector.class, double.class, OneFloatingLane.Doubles.class))
            .collect(Collectors.toMap(lane -> described(lane.vectors), lane -> lane));

    private record Lane(Class<?> vectors, Class<?> element, Class<?> methods) {
        ClassDesc desc() {
            return described(element);
        }
    }

    private record Local(TypeKind kind, int slot) {}

    /** Species and operators that the loop over vectors has on its stack by now. */
    private final Deque<FieldInstruction> constants = new ArrayDeque<>();
    /** What became of variables that hold a vector. */
    private final Map<Integer, Local> locals = new HashMap<>();
    /** The references that the loop over vectors has on its stack: what became of a vector, or else a reference. */
    private final Deque<TypeKind> references = new ArrayDeque<>();

    private OneLaneLoop() {}

    /** For the methods of a class, none of which has a parameter or a result that is a vector. */
    static CodeTransform transform() {
        return CodeTransform.ofStateful(OneLaneLoop::new);
    }

    /** Adds a method that does to elements what {@code function} does to vectors. */
    static void addMethod(ClassBuilder to, String name, Method function) {
        MethodTypeDesc type = VectorTerms.type(function);
        MethodTypeDesc elements = elements(type);
        to.withMethodBody(name, elements, ClassFile.ACC_PRIVATE | ClassFile.ACC_STATIC, code -> {
            OneLaneLoop translation = new OneLaneLoop();
            for (int i = 0; i < type.parameterCount(); i++) {
                translation.locals.put(i,
                        new Local(TypeKind.from(elements.parameterType(i)), code.parameterSlot(i)));
            }
            code.transforming(translation, vectors -> {
                for (int i = 0; i < type.parameterCount(); i++) {
                    vectors.aload(i);
                }
                CodeCopier.copy(vectors, function.getDeclaringClass(), function.getName(), type);
                vectors.areturn();
            });
        });
    }

    private static MethodTypeDesc elements(MethodTypeDesc type) {
        return MethodTypeDesc.of(element(type.returnType()),
                type.parameterList().stream().map(OneLaneLoop::element).toList());
    }

    private static ClassDesc element(ClassDesc type) {
        return LANES.containsKey(type) ? lane(type).desc() : type;
    }

    @Override
    public void accept(CodeBuilder code, CodeElement element) {
        switch (element) {
            case FieldInstruction constant when isConstant(constant.typeSymbol()) -> constants.push(constant);
            case InvokeInstruction call when call.owner().asSymbol().packageName().equals(API) -> call(code, call);
            case InvokeInstruction call when call.typeSymbol().parameterList().stream().anyMatch(LANES::containsKey) ->
                callOfMethod(code, call);
            case TypeCheckInstruction cast when LANES.containsKey(cast.type().asSymbol()) -> {
            }
            case LoadInstruction load when load.typeKind() == TypeKind.REFERENCE -> load(code, load);
            case StoreInstruction store when store.typeKind() == TypeKind.REFERENCE -> store(code, store);
            case ReturnInstruction end when end.typeKind() == TypeKind.REFERENCE -> code.return_(references.pop());
            case LocalVariable variable -> {
            }
            case LocalVariableType variable -> {
            }
            default -> {
                code.with(element);
                follow(element);
            }
        }
    }

    /** Keeps track of the references on the stack. */
    private void follow(CodeElement element) {
        switch (element) {
            case InvokeInstruction call -> {
                call.typeSymbol().parameterList().forEach(this::popped);
                if (call.opcode() != Opcode.INVOKESTATIC) {
                    references.pop();
                }
                pushed(call.typeSymbol().returnType());
            }
            case FieldInstruction field when field.opcode() == Opcode.GETSTATIC -> pushed(field.typeSymbol());
            case FieldInstruction field -> throw new IllegalArgumentException("A field in a loop: " + field);
            case ArrayLoadInstruction load -> references.pop();
            case ArrayStoreInstruction store -> references.pop();
            case OperatorInstruction operator when operator.opcode() == Opcode.ARRAYLENGTH -> references.pop();
            case StackInstruction instruction -> throw new IllegalArgumentException("In a loop: " + instruction);
            default -> {
            }
        }
    }

    private void pushed(ClassDesc type) {
        if (!type.isPrimitive()) {
            references.push(TypeKind.REFERENCE);
        }
    }

    private void popped(ClassDesc type) {
        if (!type.isPrimitive()) {
            references.pop();
        }
    }

    private void load(CodeBuilder code, LoadInstruction load) {
        Local local = locals.getOrDefault(load.slot(), new Local(TypeKind.REFERENCE, load.slot()));
        code.loadLocal(local.kind, local.slot);
        references.push(local.kind);
    }

    private void store(CodeBuilder code, StoreInstruction store) {
        TypeKind kind = references.pop();
        Local local = locals.get(store.slot());
        if (kind == TypeKind.REFERENCE) {
            local = new Local(kind, store.slot());
        } else if (local == null || local.kind != kind) {
            local = new Local(kind, code.allocateLocal(kind));
        }
        locals.put(store.slot(), local);
        code.storeLocal(kind, local.slot);
    }

    private void call(CodeBuilder code, InvokeInstruction call) {
        ClassDesc owner = call.owner().asSymbol();
        boolean ofSpecies = owner.equals(SPECIES);
        MethodTypeDesc type = call.typeSymbol();
        String name = call.name().stringValue();
        List<ClassDesc> arguments = new ArrayList<>();
        for (ClassDesc parameter : type.parameterList().reversed()) {
            if (!isConstant(parameter)) {
                arguments.add(argument(parameter, owner));
            } else {
                String constant = constants.pop().name().stringValue();
                name = parameter.equals(SPECIES)
                        ? name
                        : CaseFormat.UPPER_UNDERSCORE.to(CaseFormat.LOWER_CAMEL, constant);
            }
        }
        if (ofSpecies) {
            constants.pop();
        } else if (call.opcode() != Opcode.INVOKESTATIC) {
            arguments.add(argument(owner, owner));
        }
        Collections.reverse(arguments);
        Class<?> holder = ofSpecies ? OneLane.Species.class : lane(owner).methods;
        Method method = find(holder, name, arguments, code);
        code.invokestatic(described(holder), method.getName(), VectorTerms.type(method));
        if (isVector(type.returnType())) {
            references.push(TypeKind.from(method.getReturnType()));
        } else {
            pushed(type.returnType());
        }
    }

    /** One that {@link #addMethod} has added. */
    private void callOfMethod(CodeBuilder code, InvokeInstruction call) {
        MethodTypeDesc type = elements(call.typeSymbol());
        call.typeSymbol().parameterList().forEach(this::popped);
        code.invokestatic(call.owner().asSymbol(), call.name().stringValue(), type);
        references.push(TypeKind.from(type.returnType()));
    }

    /** A long that comes last may stand for a floating-point number, as it may in the Vector API. */
    private static Method find(Class<?> holder, String name, List<ClassDesc> arguments, CodeBuilder code) {
        Map<List<ClassDesc>, Method> candidates = Arrays.stream(holder.getDeclaredMethods())
                .filter(method -> method.getName().equals(name))
                .collect(Collectors.toMap(method -> VectorTerms.type(method).parameterList(), method -> method));
        Method same = candidates.get(arguments);
        if (same != null) {
            return same;
        }
        if (!arguments.isEmpty() && arguments.getLast().equals(ConstantDescs.CD_long)) {
            for (ClassDesc number : List.of(ConstantDescs.CD_float, ConstantDescs.CD_double)) {
                List<ClassDesc> converted = new ArrayList<>(arguments);
                converted.set(converted.size() - 1, number);
                Method found = candidates.get(converted);
                if (found != null) {
                    code.conversion(TypeKind.LONG, TypeKind.from(number));
                    return found;
                }
            }
        }
        throw new IllegalArgumentException("No " + name + arguments.stream().map(ClassDesc::displayName).toList()
                + " in " + holder.getName());
    }

    private static boolean isConstant(ClassDesc type) {
        return type.equals(SPECIES) || type.displayName().startsWith("VectorOperators");
    }

    private static boolean isVector(ClassDesc type) {
        return type.equals(ANY_VECTOR) || LANES.containsKey(type);
    }

    /** What an argument of a method of {@code owner} becomes, which is on the stack no longer. */
    private ClassDesc argument(ClassDesc parameter, ClassDesc owner) {
        popped(parameter);
        if (!isVector(parameter)) {
            return parameter;
        }
        return lane(parameter.equals(ANY_VECTOR) ? owner : parameter).desc();
    }

    private static Lane lane(ClassDesc type) {
        Lane lane = LANES.get(type);
        if (lane == null) {
            throw new IllegalArgumentException(type.displayName() + " in a loop over single elements");
        }
        return lane;
    }

    private static ClassDesc described(Class<?> type) {
        return type.describeConstable().orElseThrow();
    }
}
