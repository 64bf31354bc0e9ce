package dev.kiln.backends.cpu;

import static dev.kiln.backends.cpu.Programs.byRow;
import static dev.kiln.backends.cpu.Programs.contiguous;
import static dev.kiln.backends.cpu.Programs.full;
import static dev.kiln.backends.cpu.Programs.strided;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Work;
import dev.kiln.graph.Work.Extent;
import dev.kiln.ops.Binary;
import dev.kiln.ops.BinaryOp;
import dev.kiln.ops.Cast;
import dev.kiln.ops.RmsNorm;
import dev.kiln.ops.Unary;
import dev.kiln.ops.UnaryOp;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("everyWidth")
class ComposedTest {

    private static final DType F32 = DType.FLOAT32;
    private static final BinaryOp[] CHAINED = {BinaryOp.ADD, BinaryOp.SUBTRACT, BinaryOp.MULTIPLY, BinaryOp.MAXIMUM,
        BinaryOp.MINIMUM};
    private static final Binary ADD = new Binary(BinaryOp.ADD);
    private static final Binary SUBTRACT = new Binary(BinaryOp.SUBTRACT);
    private static final Unary TANH = new Unary(UnaryOp.TANH);

    @BeforeEach
    void onlyVectorsAreComposed() {
        assumeTrue(Loops.get().getClass().getSimpleName().equals("VectorLoops"), "the Vector API is absent");
    }

    private static void check(Work.Program program) {
        Programs.check(program, Programs::byComposedCode);
    }

    private static Work.Program program(Shape space, List<Work.Load> loads, List<Work.Instruction> body,
            Integer... stores) {
        return new Work.Program(space, loads, body, List.of(stores));
    }

    private static Shape row(long columns) {
        return Shape.shape(columns);
    }

    private static List<Work.Load> loads(Shape space, int count) {
        return IntStream.range(0, count).mapToObj(_ -> contiguous(F32, space)).toList();
    }

    static int[] lengths() {
        return new int[] {32, 63, 64, 65, 1023, 1024, 1025, 1087, 4096, 5000};
    }

    @ParameterizedTest
    @MethodSource("lengths")
    void a_chain_over_rows_of_any_length_is_what_the_interpreter_computes(int columns) {
        Shape space = row(columns);
        List<Work.Load> loads = List.of(contiguous(F32, space), contiguous(F32, space), strided(F32, Extent.FULL, 0));
        List<Work.Instruction> body = new ArrayList<>();
        for (int i = 0; i < CHAINED.length; i++) {
            body.add(full(new Binary(CHAINED[i]), F32, i == 0 ? 0 : 2 + i, i % 2 == 0 ? 1 : 2));
        }
        check(program(space, loads, body, 2 + CHAINED.length));
    }

    @Test
    void functions_that_follow_one_another_are_one_step_until_one_is_not_of_chains() {
        Shape space = row(2048);
        Formula formula = Formula.of(program(space, loads(space, 2), List.of(full(ADD, F32, 0, 1),
                full(SUBTRACT, F32, 2, 1), full(TANH, F32, 3), full(ADD, F32, 4, 0)), 5)).orElseThrow();
        Composed code = (Composed) Composer.compose(formula).orElseThrow().code();
        assertEquals(List.of(Composed.Chain.class, Composed.Loop.class, Composed.Loop.class),
                Arrays.stream(code.body()).map(Object::getClass).toList());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void random_programs_of_seed(long seed) {
        Random random = new Random(seed);
        Shape space = random.nextBoolean() ? row(1 + random.nextInt(3000) + 32) : Shape.shape(3, 1030 + seed);
        long[] same = new long[space.rank()];
        List<Work.Load> loads = List.of(contiguous(F32, space), contiguous(F32, space),
                strided(F32, Extent.FULL, same));
        int[] varies = IntStream.concat(IntStream.of(0, 1), IntStream.range(3, 14)).toArray(); // 2 is one number
        List<Work.Instruction> body = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            int value = loads.size() + i;
            int newest = i > 0 && random.nextInt(3) > 0 ? value - 1 : varies[random.nextInt(2 + i)];
            boolean one = random.nextInt(4) == 0;
            body.add(one
                    ? full(random.nextBoolean() ? TANH : new Unary(UnaryOp.ABS), F32, newest)
                    : full(new Binary(CHAINED[random.nextInt(CHAINED.length)]), F32, newest, random.nextInt(value)));
        }
        int last = loads.size() + body.size() - 1;
        check(program(space, loads, body, last, loads.size() + random.nextInt(body.size() - 1)));
    }

    @Test
    void every_function_that_gives_floats_has_a_loop_that_is_that_of_registers() {
        Shape space = row(1100);
        int found = 0;
        for (BinaryOp op : BinaryOp.values()) {
            Work.Program program = program(space, loads(space, 2), List.of(full(new Binary(op), F32, 0, 1)), 2);
            if (Loops.get().inMemory(op.toString(), 2).isPresent()) {
                found++;
                check(program);
            }
        }
        for (UnaryOp op : List.of(UnaryOp.ABS, UnaryOp.NEGATIVE, UnaryOp.SQRT, UnaryOp.EXP, UnaryOp.TANH, UnaryOp.ERF,
                UnaryOp.SIGMOID, UnaryOp.SQUARE, UnaryOp.RSQRT, UnaryOp.FLOOR)) {
            check(program(space, loads(space, 1), List.of(full(new Unary(op), F32, 0)), 1));
        }
        assertEquals(9, found);
    }

    @Test
    void a_value_that_is_needed_again_outlives_a_chain() {
        Shape space = row(1500);
        check(program(space, loads(space, 2), List.of(full(ADD, F32, 0, 1), full(SUBTRACT, F32, 2, 1),
                full(ADD, F32, 3, 2), full(ADD, F32, 4, 4), full(SUBTRACT, F32, 0, 5)), 6));
        check(program(space, loads(space, 2), List.of(full(ADD, F32, 0, 1), full(SUBTRACT, F32, 2, 1),
                full(ADD, F32, 3, 0)), 3, 4, 4));
    }

    @Test
    void a_value_that_nothing_asks_for_is_not_written_over_an_input() {
        Shape space = row(1100);
        Work.Program program = program(space, loads(space, 2), List.of(full(ADD, F32, 0, 1), full(SUBTRACT, F32, 2, 1)),
                2);
        try (Arena arena = Arena.ofConfined()) {
            List<MemorySegment> inputs = Programs.inputs(program, arena);
            List<byte[]> before = inputs.stream().map(input -> input.toArray(ValueLayout.JAVA_BYTE)).toList();
            assertArrayEquals(Programs.byInterpreter(program, inputs).getFirst(),
                    Programs.byComposedCode(program, inputs).orElseThrow().getFirst());
            for (int i = 0; i < before.size(); i++) {
                assertArrayEquals(before.get(i), inputs.get(i).toArray(ValueLayout.JAVA_BYTE));
            }
        }
    }

    @Test
    void what_is_the_same_along_a_row_is_computed_for_each_row() {
        Shape space = Shape.shape(7, 1100);
        Work.Load byRow = strided(F32, Extent.ROW, 1, 1);
        check(program(space, List.of(contiguous(F32, space), byRow, strided(F32, Extent.FULL, 0, 1)),
                List.of(byRow(TANH, F32, 1), full(ADD, F32, 0, 3), full(ADD, F32, 4, 2)), 5));
    }

    @ParameterizedTest
    @ValueSource(ints = {1024, 1100, 4100})
    void code_may_write_over_what_it_reads(int columns) {
        Shape space = row(columns);
        Work.Program twice = program(space, loads(space, 2),
                List.of(full(ADD, F32, 0, 1), full(SUBTRACT, F32, 2, 0), full(ADD, F32, 3, 0)), 2, 4);
        try (Arena arena = Arena.ofConfined()) {
            List<MemorySegment> inputs = Programs.inputs(twice, arena);
            byte[] expected = Programs.byInterpreter(twice, inputs).getFirst();
            assertArrayEquals(expected, Arrays.copyOf(Programs.inPlace(twice, inputs), expected.length));
        }
    }

    @Test
    void programs_that_look_along_rows_or_convert_are_left_to_other_loops() {
        Shape space = row(2048);
        for (Work.Program program : List.of(
                program(space, loads(space, 1), List.of(full(new RmsNorm(1e-5), F32, 0)), 1),
                program(space, List.of(contiguous(DType.BFLOAT16, space)), List.of(full(new Cast(F32), F32, 0)), 1),
                program(space, loads(space, 2), List.of(full(new Binary(BinaryOp.LESS), DType.BOOL, 0, 1)), 2))) {
            assertEquals(Optional.empty(), Formula.of(program).flatMap(Composer::compose));
        }
    }
}
