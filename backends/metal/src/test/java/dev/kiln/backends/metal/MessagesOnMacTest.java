package dev.kiln.backends.metal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Where the JDK puts the arguments of messages on macOS, by its own plan for that system, which it has on this one as well:
 * all in the general registers x0 to x7 in their order, larger structs by the address of a copy, nothing on the stack. So does
 * the C compiler for arm64; a message for which this does not hold needs a closer look.
 */
class MessagesOnMacTest {

    private static final String PACKAGE = "jdk.internal.foreign.abi.aarch64.CallArranger";
    private static final byte GENERAL = 0;
    private static final int REGISTERS = 8;

    static Stream<Arguments> messages() {
        return MessagesInUse.all().stream().map(message -> Arguments.of(message.name(), message.type()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("messages")
    void arguments_are_in_the_general_registers_in_their_order(String selector, FunctionDescriptor type)
            throws ReflectiveOperationException {
        Object sequence = sequence(type);
        List<MemoryLayout> arguments = type.argumentLayouts();
        assertTrue(arguments.size() <= REGISTERS, selector);
        for (int i = 0; i < arguments.size(); i++) {
            List<?> steps = (List<?>) get(sequence, "argumentBindings", new Class<?>[] {int.class}, i + 1); // 0: where to
            assertEquals(List.of(GENERAL + ":" + i), places(steps), selector + ", argument " + i);
            boolean copied = steps.stream().anyMatch(step -> step.getClass().getSimpleName().equals("Copy"));
            assertEquals(arguments.get(i).equals(Message.SIZE), copied, selector + ", argument " + i);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("messages")
    void what_comes_back_is_in_the_first_general_register(String selector, FunctionDescriptor type)
            throws ReflectiveOperationException {
        List<?> steps = (List<?>) get(sequence(type), "returnBindings", new Class<?>[0]);
        assertEquals(type.returnLayout().map(layout -> List.of(GENERAL + ":0")).orElse(List.of()), places(steps),
                selector);
        assertTrue(type.returnLayout().stream().allMatch(ValueLayout.class::isInstance), selector);
    }

    private static Object sequence(FunctionDescriptor type) throws ReflectiveOperationException {
        var field = Class.forName(PACKAGE).getField("MACOS");
        field.setAccessible(true);
        Method plan = Class.forName(PACKAGE).getMethod("getBindings", java.lang.invoke.MethodType.class,
                FunctionDescriptor.class, boolean.class);
        plan.setAccessible(true);
        Object bindings = plan.invoke(field.get(null), type.toMethodType(), type, false);
        return get(bindings, "callingSequence", new Class<?>[0]);
    }

    /** The kinds and numbers of the registers that values are put in or taken from. */
    private static List<String> places(List<?> steps) throws ReflectiveOperationException {
        List<String> places = new ArrayList<>();
        for (Object step : steps) {
            if (step.getClass().getSimpleName().startsWith("VM")) {
                Object storage = get(step, "storage", new Class<?>[0]);
                places.add(
                        get(storage, "type", new Class<?>[0]) + ":" + get(storage, "indexOrOffset", new Class<?>[0]));
            }
        }
        return places;
    }

    private static Object get(Object from, String name, Class<?>[] types, Object... arguments)
            throws ReflectiveOperationException {
        Method method = from.getClass().getMethod(name, types);
        method.setAccessible(true);
        return method.invoke(from, arguments);
    }
}
