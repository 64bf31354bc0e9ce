package dev.kiln.backends.cpu.vector;

import dev.kiln.backends.cpu.BinaryLoop;
import dev.kiln.backends.cpu.Lane;
import dev.kiln.backends.cpu.UnaryLoop;
import dev.kiln.ops.BinaryOp;
import dev.kiln.ops.UnaryOp;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Optional;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;

/**
 * The loops over registers of the operations that have a vector form, which are those that {@code functions} has a method for.
 * Each function has a loop of its own.
 */
record FunctionTable(Class<?> functions, Class<?> vector, Lane lane, Class<? extends UnaryLoop> function,
        Class<? extends UnaryLoop> test, Class<? extends BinaryLoop> function2, Class<? extends BinaryLoop> test2) {

    static final FunctionTable F32 = new FunctionTable(F32Functions.class, FloatVector.class, Lane.F32,
            F32Templates.Unary.class,
            F32Templates.Test.class, F32Templates.Binary.class, F32Templates.Test2.class);
    static final FunctionTable F64 = new FunctionTable(F64Functions.class, DoubleVector.class, Lane.F64,
            F64Templates.Unary.class,
            F64Templates.Test.class, F64Templates.Binary.class, F64Templates.Test2.class);

    /** The loop for {@code op}, or null if it is left to scalars. */
    @Nullable
    UnaryLoop unary(UnaryOp op) {
        return unary(op.toString()).orElse(null);
    }

    /** The loop for a function of one vector, by its name. */
    Optional<UnaryLoop> unary(String name) {
        return VectorTerms.find(functions, name, List.of(vector))
                .map(method -> FilledTemplate.<UnaryLoop>of(isFunction(method) ? function : test, method,
                        Samples.unary(lane, result(method))));
    }

    /** The loop for {@code op}, or null if it is left to scalars. */
    @Nullable
    BinaryLoop binary(BinaryOp op) {
        return VectorTerms.find(functions, op.toString(), List.of(vector, vector))
                .map(method -> FilledTemplate.<BinaryLoop>of(isFunction(method) ? function2 : test2, method,
                        Samples.binary(lane, result(method))))
                .orElse(null);
    }

    private Lane result(Method method) {
        return isFunction(method) ? lane : Lane.I64;
    }

    private boolean isFunction(Method method) {
        return method.getReturnType() == vector;
    }
}
