package dev.kiln.backends.cpu.vector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.kiln.backends.cpu.BinaryLoop;
import dev.kiln.backends.cpu.ChainLoop;
import dev.kiln.backends.cpu.FloatLoop;
import dev.kiln.backends.cpu.FourRowsLoop;
import dev.kiln.backends.cpu.Lane;
import dev.kiln.backends.cpu.LoopTemplate;
import dev.kiln.backends.cpu.Reg;
import dev.kiln.backends.cpu.UnaryLoop;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Loops over single elements against those over vectors from which they were made: all bits, but for which NaN it is. */
@Tag("everyWidth")
class OneLaneLoopTest {

    private static final int SIZE = 2003;
    private static final double[] SPECIAL = {0, -0.0, 1, -1, 0.5, -0.5, 2, 3, 1e-3, Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY, Double.NaN, Float.MIN_VALUE, -Float.MIN_VALUE, Double.MIN_VALUE, Float.MAX_VALUE,
        Double.MAX_VALUE, -Double.MAX_VALUE, 0x1p17, 0x1p18, -1e6, 1e15, 88, 89, -87, -104, 709, -745};

    /** Shown by its name and the number of its arguments. */
    record Function(Method method) {
        @Override
        public String toString() {
            return method.getName() + " of " + method.getParameterCount();
        }

        private boolean isTest() {
            return method.getReturnType() == VectorMask.class;
        }
    }

    static Stream<Function> floats() {
        return functions(F32Functions.class, FloatVector.class);
    }

    static Stream<Function> floatsThatGiveFloats() {
        return floats().filter(function -> !function.isTest());
    }

    static Stream<Function> pairsThatGiveFloats() {
        return floatsThatGiveFloats().filter(function -> function.method.getParameterCount() == 2);
    }

    static Stream<Function> doubles() {
        return functions(F64Functions.class, DoubleVector.class);
    }

    private static Stream<Function> functions(Class<?> holder, Class<?> vectors) {
        return Arrays.stream(holder.getDeclaredMethods())
                .filter(method -> !method.isSynthetic() && method.getParameterCount() <= 2
                        && Arrays.stream(method.getParameterTypes()).allMatch(type -> type == vectors))
                .map(Function::new);
    }

    private static double[] numbers(long seed) {
        Random random = new Random(seed);
        return random.doubles(SIZE).map(u -> switch (random.nextInt(4)) {
            case 0 -> SPECIAL[random.nextInt(SPECIAL.length)];
            case 1 -> Float.intBitsToFloat(random.nextInt());
            case 2 -> (u - 0.5) * 200;
            default -> u * 2 - 1;
        }).toArray();
    }

    private static Reg register(Lane lane, long seed) {
        Reg register = new Reg(lane, SIZE);
        double[] numbers = numbers(seed);
        for (int i = 0; i < SIZE; i++) {
            if (lane == Lane.F32) {
                register.f()[i] = (float) numbers[i];
            } else {
                register.d()[i] = numbers[i];
            }
        }
        return register;
    }

    private static MemorySegment memory(Arena arena, long seed) {
        float[] values = Arrays.copyOf(register(Lane.F32, seed).f(), SIZE);
        return arena.allocateFrom(ValueLayout.JAVA_FLOAT, values);
    }

    /** How one of the two loops is made of a template. */
    private interface Form {
        ClassTransform of(Class<?> template, Method function);
    }

    private static <L> L loop(Class<? extends L> template, Function function, Form form) {
        return LoopTemplate.rewritten(MethodHandles.lookup(), template, form.of(template, function.method));
    }

    @ParameterizedTest(name = "{0} float32 in registers, seeds 1 and 2")
    @MethodSource("floats")
    void floatsInRegisters(Function function) {
        inRegisters(FunctionTable.F32, Lane.F32, function);
    }

    @ParameterizedTest(name = "{0} float64 in registers, seeds 1 and 2")
    @MethodSource("doubles")
    void doublesInRegisters(Function function) {
        inRegisters(FunctionTable.F64, Lane.F64, function);
    }

    private static void inRegisters(FunctionTable table, Lane lane, Function function) {
        Reg expected = inRegisters(table, lane, function, FilledTemplate::overVectors);
        Reg actual = inRegisters(table, lane, function, FilledTemplate::overElements);
        assertArrayEquals(Arrays.copyOf(expected.f(), SIZE), Arrays.copyOf(actual.f(), SIZE));
        assertArrayEquals(Arrays.copyOf(expected.d(), SIZE), Arrays.copyOf(actual.d(), SIZE));
        assertArrayEquals(Arrays.copyOf(expected.l(), SIZE), Arrays.copyOf(actual.l(), SIZE));
    }

    private static Reg inRegisters(FunctionTable table, Lane lane, Function function, Form form) {
        Reg out = new Reg(function.isTest() ? Lane.I64 : lane, SIZE);
        Reg a = register(lane, 1);
        if (function.method.getParameterCount() == 1) {
            UnaryLoop loop = loop(function.isTest() ? table.test() : table.function(), function, form);
            loop.run(out, a, SIZE);
        } else {
            BinaryLoop loop = loop(function.isTest() ? table.test2() : table.function2(), function, form);
            loop.run(out, a, register(lane, 2), SIZE);
        }
        return out;
    }

    @ParameterizedTest(name = "{0} float32 in memory, seeds 1 and 2")
    @MethodSource("floatsThatGiveFloats")
    void floatsInMemory(Function function) {
        Class<? extends FloatLoop> template = function.method.getParameterCount() == 1
                ? F32MemoryTemplates.Unary.class
                : F32MemoryTemplates.Binary.class;

        assertArrayEquals(inMemory(loop(template, function, FilledTemplate::overVectors)),
                inMemory(loop(template, function, FilledTemplate::overElements)));
    }

    private static float[] inMemory(FloatLoop loop) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_FLOAT, SIZE);
            loop.run(out.address(), memory(arena, 1).address(), memory(arena, 2).address(), SIZE);
            return out.toArray(ValueLayout.JAVA_FLOAT);
        }
    }

    @ParameterizedTest(name = "{0} rows of float32 and bfloat16, seeds 1 to 5")
    @MethodSource("pairsThatGiveFloats")
    void rows(Function function) {
        for (Class<? extends FourRowsLoop> template : List.of(F32MemoryTemplates.FourRows.class,
                F32MemoryTemplates.FourBfloat16Rows.class)) {
            assertArrayEquals(ofRows(loop(template, function, FilledTemplate::overVectors)),
                    ofRows(loop(template, function, FilledTemplate::overElements)), template.getName());
        }
    }

    private static float[] ofRows(FourRowsLoop loop) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_FLOAT, SIZE);
            loop.run(out.address(), memory(arena, 1).address(), memory(arena, 2).address(), memory(arena, 3).address(),
                    memory(arena, 4).address(), memory(arena, 5).address(), SIZE);
            return out.toArray(ValueLayout.JAVA_FLOAT);
        }
    }

    @ParameterizedTest(name = "a chain of all its functions over {0} elements, seed {0}")
    @ValueSource(ints = {0, 64, 1024})
    void chains(int n) {
        CodeTransform elements = OneLaneLoop.transform();
        ClassTransform overVectors = FilledTemplate.withoutHole(F32ChainTemplate.class, CodeTransform.ACCEPT_ALL);

        assertArrayEquals(ofChain(overVectors, n),
                ofChain(FilledTemplate.withoutHole(F32ChainTemplate.class, elements), n));
    }

    private static float[] ofChain(ClassTransform form, int n) {
        ChainLoop loop = LoopTemplate.rewritten(MethodHandles.lookup(), F32ChainTemplate.class, form);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_FLOAT, SIZE);
            long[] at = {memory(arena, n).address(), memory(arena, n + 1).address(), out.address()};
            loop.run(at, new int[] {0, 1, 2, 3, 4, 0}, new int[] {0, 1, 0, 1, 1, 0, 1}, 2, n);
            return out.toArray(ValueLayout.JAVA_FLOAT);
        }
    }

    @Test
    void what_has_no_meaning_for_a_single_lane_is_refused() {
        Function reverse = new Function(Arrays.stream(Unfit.class.getDeclaredMethods()).findFirst().orElseThrow());
        IllegalStateException refused = assertThrows(IllegalStateException.class,
                () -> loop(F32Templates.Unary.class, reverse, FilledTemplate::overElements));
        assertEquals("No max[float] in " + OneFloatingLane.Floats.class.getName(), root(refused).getMessage());
    }

    private static Throwable root(Throwable thrown) {
        return thrown.getCause() == null ? thrown : root(thrown.getCause());
    }

    private static final class Unfit {
        static FloatVector spread(FloatVector v) {
            return FloatVector.broadcast(Species.F32, v.reduceLanes(VectorOperators.MAX));
        }
    }
}
