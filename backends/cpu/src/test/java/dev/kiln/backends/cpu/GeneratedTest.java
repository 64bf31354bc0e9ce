package dev.kiln.backends.cpu;

import static dev.kiln.backends.cpu.Programs.byRow;
import static dev.kiln.backends.cpu.Programs.contiguous;
import static dev.kiln.backends.cpu.Programs.full;
import static dev.kiln.backends.cpu.Programs.strided;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kiln.graph.DType;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Work;
import dev.kiln.graph.Work.Extent;
import dev.kiln.ops.Binary;
import dev.kiln.ops.BinaryOp;
import dev.kiln.ops.Cast;
import dev.kiln.ops.LayerNorm;
import dev.kiln.ops.LayerNormVjp;
import dev.kiln.ops.Reduce;
import dev.kiln.ops.RmsNorm;
import dev.kiln.ops.RmsNormVjp;
import dev.kiln.ops.Select;
import dev.kiln.ops.Softmax;
import dev.kiln.ops.Unary;
import dev.kiln.ops.UnaryOp;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("everyWidth")
class GeneratedTest {

    private static final DType F32 = DType.FLOAT32;
    private static final Binary ADD = new Binary(BinaryOp.ADD);
    private static final Binary MULTIPLY = new Binary(BinaryOp.MULTIPLY);

    private static final Set<UnaryOp> LEFT_TO_SCALARS = EnumSet.of(UnaryOp.LOG2, UnaryOp.ARCSINH, UnaryOp.ARCCOSH,
            UnaryOp.ARCTANH);
    @BeforeEach
    void onlyVectorsAreGenerated() {
        assumeTrue(Loops.get().getClass().getSimpleName().equals("VectorLoops"), "the Vector API is absent");
    }

    /** Requires code, and that it writes what the interpreter does. */
    private static void check(Work.Program program) {
        Programs.check(program, Programs::byGeneratedCode);
    }

    private static List<Long> columns() {
        return List.of(32L, 33L, 79L, 80L, 127L, 500L, 4096L, 4097L);
    }

    @ParameterizedTest
    @EnumSource(value = DType.class, names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
    void norms_and_their_gradients_of_rows_of_any_length_are_those_of_the_loops(DType dtype) {
        for (long columns : columns()) {
            Shape space = Shape.shape(5, columns);
            Work.Load x = contiguous(dtype, space);
            Work.Load weight = strided(dtype, Extent.FULL, 0, 1);
            check(new Work.Program(space, List.of(x), List.of(full(new RmsNorm(1e-6), dtype, 0)), List.of(1)));
            check(new Work.Program(space, List.of(x, weight), List.of(full(new RmsNorm(1e-6), dtype, 0, 1)),
                    List.of(2)));
            check(new Work.Program(space, List.of(x, weight, weight),
                    List.of(full(new LayerNorm(1e-6), dtype, 0, 1, 2)), List.of(3)));
            check(new Work.Program(space, List.of(x), List.of(full(new Softmax(true), dtype, 0)), List.of(1)));
            for (Primitive vjp : new Primitive[] {new RmsNormVjp(1e-6), new LayerNormVjp(1e-6)}) {
                check(new Work.Program(space, List.of(x, contiguous(F32, space)), List.of(full(vjp, dtype, 0, 1)),
                        List.of(2)));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = DType.class, names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
    void a_norm_between_its_neighbours_is_that_of_the_loops(DType dtype) {
        for (long columns : columns()) {
            Shape space = Shape.shape(3, columns);
            Work.Load x = contiguous(dtype, space);
            // the residual sum is stored as well, and needed in both passes
            check(new Work.Program(space,
                    List.of(x, x, strided(dtype, Extent.FULL, 0, 1), strided(dtype, Extent.FULL, 0, 0)),
                    List.of(full(ADD, dtype, 0, 1), full(new RmsNorm(1e-5), dtype, 4, 2),
                            full(MULTIPLY, dtype, 5, 3), full(new Cast(DType.BFLOAT16), DType.BFLOAT16, 6)),
                    List.of(4, 7)));
        }
    }

    @Test
    void rows_are_folded_and_used_along_the_row() {
        for (Reduce.Op op : new Reduce.Op[] {Reduce.Op.SUM, Reduce.Op.MEAN, Reduce.Op.PROD, Reduce.Op.MAX,
            Reduce.Op.MIN}) {
            for (long columns : columns()) {
                Shape space = Shape.shape(4, columns);
                Work.Load x = contiguous(F32, space);
                check(new Work.Program(space, List.of(x, strided(F32, Extent.ROW, 1, 0)),
                        List.of(byRow(new Reduce(op, List.of(1), true), F32, 0), byRow(ADD, F32, 2, 1),
                                full(new Binary(BinaryOp.SUBTRACT), F32, 0, 3),
                                byRow(new Reduce(Reduce.Op.SUM, List.of(1), true), F32, 4),
                                byRow(new Unary(UnaryOp.EXP), F32, 5), full(MULTIPLY, F32, 4, 6)),
                        List.of(7, 5, 3)));
            }
        }
    }

    @Test
    void the_largest_of_negative_and_the_smallest_of_positive_numbers_are_among_them() {
        for (long columns : columns()) {
            Shape space = Shape.shape(3, columns);
            check(new Work.Program(space, List.of(contiguous(F32, space)),
                    List.of(full(new Unary(UnaryOp.ABS), F32, 0), full(new Unary(UnaryOp.NEGATIVE), F32, 1),
                            byRow(new Reduce(Reduce.Op.MAX, List.of(1), true), F32, 2),
                            byRow(new Reduce(Reduce.Op.MIN, List.of(1), true), F32, 1)),
                    List.of(3, 4)));
        }
    }

    @Test
    void a_softmax_is_nan_where_its_row_has_a_nan_and_keeps_what_is_hardly_there() {
        int columns = 80;
        Shape space = Shape.shape(5, columns);
        float[] x = new float[5 * columns];
        float[] expected = new float[x.length];
        x[41] = Float.NaN;
        Arrays.fill(expected, 0, columns, Float.NaN);
        Arrays.fill(x, columns, 2 * columns, Float.NEGATIVE_INFINITY);
        x[columns + 7] = 3;
        x[columns + 63] = 3;
        expected[columns + 7] = 0.5f;
        expected[columns + 63] = 0.5f;
        Arrays.fill(x, 2 * columns, 3 * columns, Float.NEGATIVE_INFINITY);
        Arrays.fill(expected, 2 * columns, 3 * columns, Float.NaN);
        x[3 * columns] = Float.POSITIVE_INFINITY;
        Arrays.fill(expected, 3 * columns, 4 * columns, Float.NaN);
        Arrays.fill(x, 4 * columns, 5 * columns, -100);
        x[5 * columns - 1] = 0;
        Arrays.fill(expected, 4 * columns, 5 * columns, (float) Math.exp(-100)); // below the normal numbers
        expected[5 * columns - 1] = 1;
        Work.Program program = new Work.Program(space, List.of(contiguous(F32, space)),
                List.of(full(new Softmax(true), F32, 0)), List.of(1));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment in = arena.allocateFrom(ValueLayout.JAVA_FLOAT, x);
            byte[] out = Programs.byGeneratedCode(program, List.of(in)).orElseThrow().getFirst();
            for (int i = 0; i < x.length; i++) {
                assertEquals(expected[i], Programs.float32(out, i), Float.MIN_VALUE, "element " + i);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(UnaryOp.class)
    void a_function_that_has_a_vector_form_gives_the_bits_of_its_loop(UnaryOp op) {
        Shape space = Shape.shape(2, 333);
        Unary unary = new Unary(op);
        assumeTrue(Loops.get().has(op, F32), "not for floats");
        DType out = unary.infer(List.of(new dev.kiln.graph.Spec(space, F32))).dtype();
        Work.Program program = new Work.Program(space, List.of(contiguous(F32, space)), List.of(full(unary, out, 0)),
                List.of(1));
        try (Arena arena = Arena.ofConfined()) {
            List<MemorySegment> inputs = Programs.inputs(program, arena);
            Optional<List<byte[]>> actual = Programs.byGeneratedCode(program, inputs);
            assertEquals(!LEFT_TO_SCALARS.contains(op), actual.isPresent(), "code");
            assumeTrue(actual.isPresent(), "left to scalars");
            byte[] expected = Programs.byInterpreter(program, inputs).getFirst();
            assertArrayEquals(expected, actual.get().getFirst());
        }
    }

    @Test
    void a_program_that_would_be_too_long_for_the_jit_compiler_is_not_written() {
        Shape space = Shape.shape(2, 333);
        for (int count : new int[] {1, 8, 100}) {
            List<Work.Instruction> powers = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                powers.add(full(new Binary(BinaryOp.POWER), F32, 0, i));
            }
            Work.Program program = new Work.Program(space, List.of(contiguous(F32, space)), powers, List.of(count));
            try (Arena arena = Arena.ofConfined()) {
                assertEquals(count == 1,
                        Programs.byGeneratedCode(program, Programs.inputs(program, arena)).isPresent());
            }
        }
    }

    @Test
    void what_is_rounded_on_the_way_stays_rounded_in_a_wider_result() {
        Shape space = Shape.shape(3, 100);
        for (DType narrow : new DType[] {DType.FLOAT16, DType.BFLOAT16}) {
            Work.Load x = contiguous(narrow, space);
            check(new Work.Program(space, List.of(x, x),
                    List.of(full(ADD, narrow, 0, 1), full(new Cast(F32), F32, 2)), List.of(3)));
            check(new Work.Program(space, List.of(contiguous(F32, space)),
                    List.of(full(new Cast(narrow), narrow, 0), full(new Cast(F32), F32, 1)), List.of(2)));
        }
    }

    @Test
    void elementwise_programs_with_a_number_for_each_row_go_over_pieces_of_long_rows() {
        Shape space = Shape.shape(2, 10_000);
        Work.Program program = new Work.Program(space, List.of(contiguous(F32, space), strided(F32, Extent.ROW, 1, 0)),
                List.of(byRow(new Unary(UnaryOp.EXP), F32, 1), full(MULTIPLY, F32, 0, 2)), List.of(3));
        assertTrue(RowGrid.of(program).orElseThrow().pieces() > 4);
        check(program);
    }

    @Test
    void truth_values_are_read_combined_used_and_written() {
        for (long columns : columns()) {
            Shape space = Shape.shape(3, columns);
            check(new Work.Program(space,
                    List.of(contiguous(F32, space), contiguous(F32, space), contiguous(DType.BOOL, space)),
                    List.of(full(new Binary(BinaryOp.LESS), DType.BOOL, 0, 1),
                            full(new Binary(BinaryOp.LOGICAL_OR), DType.BOOL, 3, 2), full(new Select(), F32, 4, 0, 1),
                            full(new Cast(F32), F32, 4), full(ADD, F32, 5, 6)),
                    List.of(7, 4)));
        }
    }

    @Test
    void elementwise_programs_go_over_axes_that_all_loads_read_as_one() {
        Shape space = Shape.shape(2, 3, 40, 64);
        Work.Load mask = strided(F32, Extent.FULL, 0, 0, 64, 1);
        Work.Program program = new Work.Program(space, List.of(contiguous(F32, space), mask),
                List.of(full(ADD, F32, 0, 1)), List.of(2));
        RowGrid grid = RowGrid.of(program).orElseThrow();
        assertEquals(6, grid.rows());
        assertEquals(40 * 64, grid.columns());
        check(program);
    }

    @Test
    void loads_that_jump_along_rows_are_left_to_the_loops() {
        Shape space = Shape.shape(64, 64);
        Work.Program transposed = new Work.Program(space, List.of(strided(F32, Extent.FULL, 1, 64)),
                List.of(full(ADD, F32, 0, 0)), List.of(1));
        assertTrue(RowGrid.of(transposed).isEmpty());
    }

    @Test
    void programs_whose_rows_are_about_as_long_share_their_code() {
        Formula[] formulas = new Formula[2];
        for (int i = 0; i < 2; i++) {
            Shape space = Shape.shape(8 + i, 128 << i);
            formulas[i] = Formula.of(new Work.Program(space, List.of(contiguous(F32, space)),
                    List.of(full(new RmsNorm(0.125), F32, 0)), List.of(1))).orElseThrow();
        }
        assertSame(Generated.of(formulas[0], 128), Generated.of(formulas[1], 256));
        assertNotSame(Generated.of(formulas[0], 128), Generated.of(formulas[1], 4096));
    }

    @Test
    void a_value_that_two_passes_need_is_kept_or_if_it_is_one_step_from_what_is_read_computed_again() {
        Shape space = Shape.shape(8, 128);
        List<Work.Load> loads = List.of(contiguous(F32, space), contiguous(F32, space));
        Passes exponential = passes(new Work.Program(space, loads, List.of(full(ADD, F32, 0, 1),
                full(new Unary(UnaryOp.EXP), F32, 2), full(new RmsNorm(0.5), F32, 3)), List.of(4)));
        assertEquals(2, exponential.passes().size());
        assertEquals(1, exponential.kept().size());
        assertEquals(exponential.kept(), exponential.passes().get(0).saved());
        assertEquals(exponential.kept(), exponential.passes().get(1).recalled());
        Passes sum = passes(new Work.Program(space, loads,
                List.of(full(ADD, F32, 0, 1), full(new RmsNorm(0.5), F32, 2)), List.of(3)));
        assertEquals(List.of(), sum.kept());
        assertTrue(sum.passes().stream().allMatch(pass -> pass.body().containsAll(List.of(0, 1, 2))));
        Passes sumOfSums = passes(new Work.Program(space, loads, List.of(full(ADD, F32, 0, 1),
                full(ADD, F32, 2, 1), full(new RmsNorm(0.5), F32, 3)), List.of(4)));
        assertEquals(1, sumOfSums.kept().size());
        assertEquals(List.of(), passes(
                new Work.Program(space, loads, List.of(full(new RmsNorm(0.5), F32, 0)), List.of(2))).kept());
    }

    private static Passes passes(Work.Program program) {
        return Passes.of(Formula.of(program).orElseThrow());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void code_may_write_over_what_it_reads(int passes) {
        Shape space = Shape.shape(16, 1024);
        Work.Program program = new Work.Program(space, List.of(contiguous(F32, space)),
                List.of(passes == 1 ? full(new Unary(UnaryOp.EXP), F32, 0) : full(new RmsNorm(1e-5), F32, 0)),
                List.of(1));
        try (Arena arena = Arena.ofConfined()) {
            List<MemorySegment> inputs = Programs.inputs(program, arena);
            byte[] expected = Programs.byInterpreter(program, inputs).getFirst();
            MemorySegment place = inputs.getFirst();
            RowGrid grid = RowGrid.of(program).orElseThrow();
            grid.run(Generated.of(Formula.of(program).orElseThrow(), 1024).write().orElseThrow(),
                    new long[] {place.address(), place.address()}, 0, grid.pieces());
            assertArrayEquals(expected,
                    place.asSlice(0, expected.length).toArray(ValueLayout.JAVA_BYTE));
        }
    }

    @Test
    void code_takes_over_when_it_has_become_the_faster_way_and_not_before() {
        Shape space = Shape.shape(1, 4096);
        Formula formula = Formula.of(new Work.Program(space, List.of(contiguous(F32, space)),
                List.of(full(new Unary(UnaryOp.TANH), F32, 0), full(ADD, F32, 1, 1)), List.of(2))).orElseThrow();
        Generated generated = Generated.of(formula, 4096);
        Generated.Code code = generated.write().orElseThrow();
        generated.took(1, 0); // an element in no time: nothing is faster
        assertFalse(new Trial(generated, code, 4096, Trial.ATTEMPT_NANOS).turn());
        assertFalse(generated.isFaster(0));
        assertEquals(null, generated.code());

        Generated slow = Generated.of(Formula.of(new Work.Program(space, List.of(contiguous(F32, space)),
                List.of(full(new Unary(UnaryOp.TANH), F32, 0), full(MULTIPLY, F32, 1, 1)), List.of(2))).orElseThrow(),
                4096);
        slow.took(1, Long.MAX_VALUE);
        Trial trial = new Trial(slow, slow.write().orElseThrow(), 4096, Trial.ATTEMPT_NANOS);
        while (!trial.turn()) {
            assertEquals(null, slow.code());
        }
        assertNotNull(slow.code());
    }

    @Test
    void code_that_does_not_become_fast_is_tried_in_other_classes_and_then_given_up() {
        Shape space = Shape.shape(1, 64);
        Generated generated = Generated.of(Formula.of(new Work.Program(space, List.of(contiguous(F32, space)),
                List.of(full(new Unary(UnaryOp.TANH), F32, 0), full(MULTIPLY, F32, 0, 1)), List.of(2))).orElseThrow(),
                64);
        generated.took(1, 0);
        Trial trial = new Trial(generated, generated.write().orElseThrow(), 64, 0);
        Set<Class<?>> classes = new HashSet<>();
        for (int attempt = 1; attempt < Trial.ATTEMPTS; attempt++) {
            classes.add(trial.tried().getClass());
            assertFalse(trial.turn(), "attempt " + attempt);
        }
        classes.add(trial.tried().getClass());
        assertTrue(trial.turn());
        assertEquals(Trial.ATTEMPTS, classes.size());
        assertEquals(null, generated.code());
    }

    @Test
    void nothing_is_faster_than_loops_of_which_no_time_is_known() {
        Shape space = Shape.shape(1, 128);
        Generated generated = Generated.of(Formula.of(new Work.Program(space, List.of(contiguous(F32, space)),
                List.of(full(new Unary(UnaryOp.ERF), F32, 0), full(ADD, F32, 0, 1)), List.of(2))).orElseThrow(), 128);
        assertFalse(generated.isFaster(0));
        generated.took(1, 2);
        assertTrue(generated.isFaster(1));
        assertFalse(generated.isFaster(2));
    }

    @Test
    void what_runs_a_few_times_is_not_worth_code_however_large_it_is() {
        Shape space = Shape.shape(1, 4096);
        Generated generated = Generated.of(Formula.of(new Work.Program(space, List.of(contiguous(F32, space)),
                List.of(full(new Unary(UnaryOp.TANH), F32, 0), full(ADD, F32, 0, 1)), List.of(2))).orElseThrow(), 4096);
        for (int launch = 0; launch < 15; launch++) {
            assertFalse(generated.becomesHot(1L << 30), "launch " + launch);
        }
        assertTrue(generated.becomesHot(1L << 30));
        assertFalse(generated.becomesHot(1L << 30), "generated twice");
    }
}
