package dev.kiln.ops;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.base.CaseFormat;
import dev.kiln.streams.StreamOrDevice;
import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The cases of elementwise operations, through each way that a program can spell them. */
class ElementwiseSpellingsTest {

    private static final StreamOrDevice[] ANYWHERE = {};

    @TestFactory
    Stream<DynamicTest> every_case_holds_as_a_function_of_Ops() {
        return cases((name, inputs) -> (Array) Ops.class.getMethod(name, types(inputs.size())).invoke(null,
                arguments(inputs)));
    }

    @TestFactory
    Stream<DynamicTest> every_case_holds_as_a_method_of_its_first_array() {
        return cases((name, inputs) -> {
            List<Array> rest = inputs.subList(1, inputs.size());
            return (Array) Array.class.getMethod(name, types(rest.size())).invoke(inputs.getFirst(), arguments(rest));
        });
    }

    @TestFactory
    Stream<DynamicTest> every_case_holds_on_a_stream_of_its_own() {
        dev.kiln.streams.Stream stream = dev.kiln.streams.Stream.of(dev.kiln.streams.Device.CPU);
        return cases((name, inputs) -> {
            Object[] arguments = arguments(inputs);
            arguments[inputs.size()] = new StreamOrDevice[] {stream};
            return (Array) Ops.class.getMethod(name, types(inputs.size())).invoke(null, arguments);
        });
    }

    @FunctionalInterface
    private interface Spelling {
        Array call(String name, List<Array> inputs) throws ReflectiveOperationException;
    }

    private static Stream<DynamicTest> cases(Spelling spelling) {
        List<Conformance.Case> cases = Conformance.group("elementwise");
        assertTrue(cases.size() >= 60, "cases found: " + cases.size());
        return cases.stream().map(each -> DynamicTest.dynamicTest(each.toString(), () -> {
            String name = CaseFormat.LOWER_UNDERSCORE.to(CaseFormat.LOWER_CAMEL, each.op());
            try {
                each.check("y", spelling.call(name, List.copyOf(each.inputs().values())));
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }));
    }

    private static Class<?>[] types(int arrays) {
        Class<?>[] types = new Class<?>[arrays + 1];
        Arrays.fill(types, Array.class);
        types[arrays] = StreamOrDevice[].class;
        return types;
    }

    private static Object[] arguments(List<Array> arrays) {
        Object[] arguments = arrays.toArray(new Object[arrays.size() + 1]);
        arguments[arrays.size()] = ANYWHERE;
        return arguments;
    }
}
