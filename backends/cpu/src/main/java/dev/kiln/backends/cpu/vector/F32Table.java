package dev.kiln.backends.cpu.vector;

import dev.kiln.backends.cpu.BinaryLoop;
import dev.kiln.backends.cpu.FloatLoop;
import dev.kiln.backends.cpu.FourRowsLoop;
import dev.kiln.backends.cpu.LoopTemplate;
import dev.kiln.backends.cpu.UnaryLoop;
import dev.kiln.graph.DType;
import dev.kiln.ops.BinaryOp;
import dev.kiln.ops.UnaryOp;
import java.lang.invoke.LambdaMetafactory;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;

/**
 * The loops over float32 of the operations that have a vector form, which are those that {@link F32Functions} has a method for.
 * Each loop has a lambda of its own: the JIT compiler boxes vectors in a lambda that several loops share.
 */
final class F32Table {
    private static final Lookup LOOKUP = MethodHandles.lookup();

    private F32Table() {}

    /** The loop for {@code op}, or null if it is left to scalars. */
    static @Nullable UnaryLoop unary(UnaryOp op) {
        return VectorTerms.find(F32Functions.class, op.toString(), List.of(FloatVector.class))
                .map(method -> method.getReturnType() == FloatVector.class
                        ? LoopTemplate.<UnaryLoop>instantiate(LOOKUP, F32Templates.Unary.class,
                                lambda(F32Templates.Function.class, method))
                        : LoopTemplate.<UnaryLoop>instantiate(LOOKUP, F32Templates.Test.class,
                                lambda(F32Templates.Predicate.class, method)))
                .orElse(null);
    }

    /** The loop for {@code op}, or null if it is left to scalars. */
    static @Nullable BinaryLoop binary(BinaryOp op) {
        return VectorTerms.find(F32Functions.class, op.toString(), List.of(FloatVector.class, FloatVector.class))
                .map(method -> method.getReturnType() == FloatVector.class
                        ? LoopTemplate.<BinaryLoop>instantiate(LOOKUP, F32Templates.Binary.class,
                                lambda(F32Templates.Function2.class, method))
                        : LoopTemplate.<BinaryLoop>instantiate(LOOKUP, F32Templates.Test2.class,
                                lambda(F32Templates.Relation.class, method)))
                .orElse(null);
    }

    /** The loop over memory for a function of floats that gives a float; empty if there is none of this name. */
    static Optional<FloatLoop> inMemory(String function, int arguments) {
        return VectorTerms.find(F32Functions.class, function, Collections.nCopies(arguments, FloatVector.class))
                .filter(method -> method.getReturnType() == FloatVector.class)
                .flatMap(method -> switch (arguments) {
                    case 1 -> Optional.of(LoopTemplate.<FloatLoop>instantiate(LOOKUP, F32MemoryTemplates.Unary.class,
                            lambda(F32Templates.Function.class, method)));
                    case 2 -> Optional.of(LoopTemplate.<FloatLoop>instantiate(LOOKUP, F32MemoryTemplates.Binary.class,
                            lambda(F32Templates.Function2.class, method)));
                    default -> Optional.empty();
                });
    }

    /** The loop over rows of {@code dtype}; empty if it is left to others. */
    static Optional<FourRowsLoop> rows(BinaryOp op, DType dtype) {
        Optional<Class<? extends FourRowsLoop>> template = switch (dtype) {
            case FLOAT32 -> Optional.of(F32MemoryTemplates.FourRows.class);
            case BFLOAT16 -> Optional.of(F32MemoryTemplates.FourBfloat16Rows.class);
            case BOOL, UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64, FLOAT16, FLOAT64, COMPLEX64 ->
                Optional.empty();
        };
        return template.flatMap(loop -> VectorTerms
                .find(F32Functions.class, op.toString(), List.of(FloatVector.class, FloatVector.class))
                .filter(method -> method.getReturnType() == FloatVector.class)
                .map(method -> LoopTemplate.<FourRowsLoop>instantiate(LOOKUP, loop,
                        lambda(F32Templates.Function2.class, method))));
    }

    /** What {@code F32Functions::method} would be as {@code kind}. */
    private static Object lambda(Class<?> kind, Method method) {
        try {
            MethodHandle function = LOOKUP.unreflect(method);
            return LambdaMetafactory.metafactory(LOOKUP, "of", MethodType.methodType(kind), function.type(), function,
                    function.type()).getTarget().invoke();
        } catch (Throwable impossible) {
            throw new IllegalStateException("no lambda of " + method, impossible);
        }
    }
}
