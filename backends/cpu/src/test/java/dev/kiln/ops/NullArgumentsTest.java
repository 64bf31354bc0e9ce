package dev.kiln.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import dev.kiln.streams.StreamOrDevice;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What functions say of an array that is null and may not be. */
class NullArgumentsTest {

    private static final Set<String> FILES = Set.of("save", "saveSafetensors", "load", "loadSafetensors", "eval",
            "asyncEval");

    static Stream<Method> functions() {
        return Stream.of(Ops.class, Fast.class, Random.class).flatMap(type -> Arrays.stream(type.getMethods()))
                .filter(method -> Modifier.isStatic(method.getModifiers()) && !FILES.contains(method.getName())
                        && Arrays.asList(method.getParameterTypes()).contains(Array.class));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("functions")
    void a_null_array_is_named_with_the_operation(Method function) throws IllegalAccessException {
        Class<?>[] types = function.getParameterTypes();
        for (int i = 0; i < types.length; i++) {
            if (types[i] != Array.class
                    || function.getAnnotatedParameterTypes()[i].isAnnotationPresent(Nullable.class)) {
                continue;
            }
            @Nullable
            Object[] arguments = Arrays.stream(types).map(NullArgumentsTest::plausible).toArray();
            arguments[i] = null;
            try {
                function.invoke(null, arguments);
            } catch (InvocationTargetException thrown) {
                String message = String.valueOf(thrown.getCause().getMessage());
                assertTrue(message.startsWith("["),
                        () -> "@@" + function.getDeclaringClass().getSimpleName() + "." + function.getName()
                                + Arrays.toString(types).replace("class dev.kiln.ops.", "") + ": " + message);
            }
        }
    }

    @Test
    void a_null_that_is_no_operand_is_named_too() {
        Array a = Array.of(1f);
        assertNull("[astype] Argument dtype is null.", () -> a.astype(null));
        assertNull("[add] Argument a is null.", () -> Ops.add((Array) null, 1));
        assertNull("A number argument is null.", () -> a.power((Number) null));
        assertNull("[sort] Argument a is null.", () -> Ops.sort(null));
        assertNull("[cumsum] Argument a is null.", () -> Ops.cumsum(null, 0, true, true));
        assertNull("[stack] Argument arrays is null.", () -> Ops.stack(null));
        assertNull("[concatenate] Argument arrays[1] is null.", () -> Ops.concatenate(Arrays.asList(a, null)));
        assertNull("[scaled_dot_product_attention] Argument mask is null.",
                () -> Fast.scaledDotProductAttention(a, a, a, 1, (String) null));
    }

    private static void assertNull(String message, Executable call) {
        assertEquals(message, assertThrows(NullPointerException.class, call).getMessage());
    }

    private static @Nullable Object plausible(Class<?> type) {
        if (type == Array.class) {
            return Array.copyOf(new int[][] {{0, 1}, {1, 0}}).astype(DType.FLOAT32);
        } else if (type == int.class || type == Number.class) {
            return 1;
        } else if (type == long.class) {
            return 1L;
        } else if (type == double.class) {
            return 1.0;
        } else if (type == boolean.class) {
            return false;
        } else if (type == int[].class) {
            return new int[] {0, 1};
        } else if (type == long[].class) {
            return new long[] {1, 1};
        } else if (type == DType.class) {
            return DType.FLOAT32;
        } else if (type == Shape.class) {
            return Shape.shape(2, 2);
        } else if (type == String.class) {
            return "";
        } else if (type == StreamOrDevice[].class) {
            return new StreamOrDevice[0];
        } else if (type == Index[].class) {
            return new Index[0];
        } else if (type == PadMode.class) {
            return PadMode.EDGE;
        } else if (type == long[][].class) {
            return new long[][] {{1, 1}, {1, 1}};
        }
        return null;
    }
}
