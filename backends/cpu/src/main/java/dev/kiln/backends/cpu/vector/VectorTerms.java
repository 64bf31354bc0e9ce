package dev.kiln.backends.cpu.vector;

import com.google.common.base.CaseFormat;
import dev.kiln.backends.cpu.Formula;
import dev.kiln.backends.cpu.Formula.Apply;
import dev.kiln.backends.cpu.Formula.Constant;
import dev.kiln.backends.cpu.Formula.Fold;
import dev.kiln.backends.cpu.Formula.Read;
import dev.kiln.backends.cpu.Formula.Scalar;
import dev.kiln.graph.DType;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import org.jspecify.annotations.Nullable;

/** What the terms of a formula are in vectors: floats or truth values, and the methods that compute them. */
final class VectorTerms {

    static final ClassDesc FLOATS = FloatVector.class.describeConstable().orElseThrow();
    static final ClassDesc TRUTHS = VectorMask.class.describeConstable().orElseThrow();

    /** Reading a vector, and keeping it. */
    private static final int AROUND = 40;

    private final List<Class<?>> types = new ArrayList<>();
    private final List<@Nullable Method> methods = new ArrayList<>();

    private VectorTerms() {}

    /** The terms of {@code formula}; empty if a function has no vector form for its arguments. */
    static Optional<VectorTerms> of(Formula formula) {
        VectorTerms terms = new VectorTerms();
        boolean complete = formula.terms().stream().allMatch(terms::add);
        return complete ? Optional.of(terms) : Optional.empty();
    }

    /** The method of this name, in camel case, and these types of arguments in {@code holder}, if there is one. */
    static Optional<Method> find(Class<?> holder, String name, List<? extends Class<?>> arguments) {
        String camel = camel(name);
        return Arrays.stream(holder.getDeclaredMethods())
                .filter(m -> m.getName().equals(camel) && Arrays.asList(m.getParameterTypes()).equals(arguments))
                .findFirst();
    }

    static String camel(String name) {
        return CaseFormat.LOWER_UNDERSCORE.to(CaseFormat.LOWER_CAMEL, name);
    }

    /** Whether the term is true or false. */
    boolean isTruth(int term) {
        return types.get(term) == VectorMask.class;
    }

    ClassDesc type(int term) {
        return isTruth(term) ? TRUTHS : FLOATS;
    }

    /** The method of a function, a fold's step or a function of numbers. */
    Method method(int term) {
        Method method = methods.get(term);
        if (method == null) {
            throw new IllegalArgumentException("Term " + term + " is not computed by a method.");
        }
        return method;
    }

    /** About how many bytes a loop takes for a term: for its method's code, if it has one, and for what stands around it. */
    int length(int term) {
        Method method = methods.get(term);
        return AROUND + (method == null ? 0 : length(method));
    }

    /** Of the code of {@code method} and of what it calls of ours, in bytes. */
    static int length(Method method) {
        return CodeCopier.length(method.getDeclaringClass(), method.getName(), type(method));
    }

    static MethodTypeDesc type(Method method) {
        return MethodTypeDesc.ofDescriptor(
                java.lang.invoke.MethodType.methodType(method.getReturnType(), method.getParameterTypes())
                        .toMethodDescriptorString());
    }

    private boolean add(Formula.Term term) {
        List<Class<?>> arguments = term.arguments().stream().<Class<?>>map(types::get).toList();
        Optional<Method> method = switch (term) {
            case Apply(String function, List<Integer> from, boolean byRow) ->
                find(F32Functions.class, function, arguments);
            case Fold(String function, List<Integer> from) -> {
                List<Class<?>> step = new ArrayList<>(arguments);
                step.addFirst(FloatVector.class);
                yield find(F32Folds.class, function, step);
            }
            case Scalar(String function, List<Integer> from) -> Arrays.stream(RowScalars.class.getDeclaredMethods())
                    .filter(m -> m.getName().equals(camel(function))).findFirst();
            case Read read -> Optional.empty();
            case Constant constant -> Optional.empty();
        };
        methods.add(method.orElse(null));
        types.add(switch (term) {
            case Read read when read.dtype() == DType.BOOL -> VectorMask.class;
            case Apply apply when method.isPresent() -> method.get().getReturnType();
            default -> FloatVector.class;
        });
        return method.isPresent() || term instanceof Read || term instanceof Constant;
    }
}
