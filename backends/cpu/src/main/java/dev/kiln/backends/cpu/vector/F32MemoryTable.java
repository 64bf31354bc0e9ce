package dev.kiln.backends.cpu.vector;

import dev.kiln.backends.cpu.FloatLoop;
import dev.kiln.backends.cpu.FourRowsLoop;
import dev.kiln.graph.DType;
import dev.kiln.ops.BinaryOp;
import java.lang.reflect.Method;
import java.util.Collections;
import java.util.Optional;
import jdk.incubator.vector.FloatVector;

/** The loops over memory of functions of floats that give a float. */
final class F32MemoryTable {

    private F32MemoryTable() {}

    /** The loop for a function; empty if there is none of this name. */
    static Optional<FloatLoop> loop(String function, int arguments) {
        return find(function, arguments).flatMap(method -> switch (arguments) {
            case 1 ->
                Optional.of(FilledTemplate.<FloatLoop>of(F32MemoryTemplates.Unary.class, method, Samples::inMemory));
            case 2 ->
                Optional.of(FilledTemplate.<FloatLoop>of(F32MemoryTemplates.Binary.class, method, Samples::inMemory));
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
        return template.flatMap(loop -> find(op.toString(), 2)
                .map(method -> FilledTemplate.<FourRowsLoop>of(loop, method, Samples::rows)));
    }

    private static Optional<Method> find(String function, int arguments) {
        return VectorTerms.find(F32Functions.class, function, Collections.nCopies(arguments, FloatVector.class))
                .filter(method -> method.getReturnType() == FloatVector.class);
    }
}
