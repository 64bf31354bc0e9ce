package dev.kiln.backends.cpu;

import static dev.kiln.backends.cpu.Programs.byRow;
import static dev.kiln.backends.cpu.Programs.contiguous;
import static dev.kiln.backends.cpu.Programs.full;
import static dev.kiln.backends.cpu.Programs.strided;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Work;
import dev.kiln.graph.Work.Extent;
import dev.kiln.ops.Binary;
import dev.kiln.ops.BinaryOp;
import dev.kiln.ops.Cast;
import dev.kiln.ops.Reduce;
import dev.kiln.ops.RmsNorm;
import dev.kiln.ops.Select;
import dev.kiln.ops.Unary;
import dev.kiln.ops.UnaryOp;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ProgramKernelTest {

    private static final Binary ADD = new Binary(BinaryOp.ADD);
    private static final Binary MULTIPLY = new Binary(BinaryOp.MULTIPLY);
    private static final Unary NEGATIVE = new Unary(UnaryOp.NEGATIVE);
    private static final Unary SQUARE = new Unary(UnaryOp.SQUARE);
    private static final DType F32 = DType.FLOAT32;

    private static Reduce fold(Reduce.Op op, int rank) {
        return new Reduce(op, List.of(rank - 1), true);
    }

    /** Enough memory for any load of the tests: as many elements as the space has, and some. */
    private static List<MemorySegment> inputs(Work.Program program, Arena arena) {
        List<MemorySegment> inputs = new ArrayList<>();
        for (Work.Load load : program.loads()) {
            inputs.add(Programs.randoms(arena, load.dtype(), 2 * program.space().size() + 64, inputs.size()));
        }
        return inputs;
    }

    private static void check(Work.Program program) {
        try (Arena arena = Arena.ofConfined()) {
            List<MemorySegment> inputs = inputs(program, arena);
            List<byte[]> expected = Programs.byInterpreter(program, inputs);
            List<byte[]> actual = Programs.byKernel(program, inputs);
            assertEquals(expected.size(), actual.size());
            for (int i = 0; i < expected.size(); i++) {
                assertArrayEquals(expected.get(i), actual.get(i), "store " + i + " of " + program);
            }
            Programs.byGeneratedCode(program, inputs).ifPresent(generated -> {
                for (int i = 0; i < expected.size(); i++) {
                    assertArrayEquals(expected.get(i), generated.get(i), "generated, store " + i + " of " + program);
                }
            });
        }
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void a_chain_is_computed_in_each_dtype(DType dtype) {
        Shape space = Shape.shape(3, 1171);
        check(new Work.Program(space, List.of(contiguous(dtype, space), contiguous(dtype, space)),
                List.of(full(ADD, dtype, 0, 1), full(MULTIPLY, dtype, 2, 0), full(NEGATIVE, dtype, 3)), List.of(4)));
    }

    @ParameterizedTest
    @CsvSource({"0,5", "5,0", "1,1", "1,7", "7,1", "13,2047", "2,2048", "3,2049", "1,100003", "100003,1", "311,331",
        "70,9001"})
    void rows_of_any_number_and_length_are_computed(long rows, long columns) {
        Shape space = Shape.shape(rows, columns);
        Work.Load x = contiguous(F32, space);
        Work.Load weight = strided(F32, Extent.FULL, 0, 1);
        check(new Work.Program(space, List.of(x, weight, x),
                List.of(full(ADD, F32, 0, 2), full(new RmsNorm(1e-5), F32, 3, 1), full(MULTIPLY, F32, 4, 2)),
                List.of(3, 5)));
        check(new Work.Program(space, List.of(x, strided(F32, Extent.FULL, 0, 0), weight),
                List.of(full(MULTIPLY, F32, 0, 1), full(ADD, F32, 3, 2)), List.of(4)));
        check(new Work.Program(space, List.of(x, strided(F32, Extent.ROW, 1, 0)),
                List.of(byRow(SQUARE, F32, 1), full(MULTIPLY, F32, 0, 2)), List.of(3, 2)));
        check(new Work.Program(space, List.of(x),
                List.of(full(SQUARE, F32, 0), byRow(fold(Reduce.Op.SUM, 2), F32, 1), full(MULTIPLY, F32, 0, 2)),
                List.of(2, 3)));
    }

    @Test
    void strided_loads_reach_the_right_elements() {
        Shape space = Shape.shape(5, 37, 211);
        Work.Load plain = contiguous(F32, space);
        for (long[] strides : new long[][] {{1, 5, 185}, {7807, 1, 37}, {0, 211, 1}, {211, 0, 1}, {37, 1, 0},
            {7807, 211, 0}, {15614, 211, 1}, {1, 1, 1}, {0, 0, 2}}) {
            check(new Work.Program(space, List.of(plain, strided(F32, Extent.FULL, strides)),
                    List.of(full(ADD, F32, 0, 1)), List.of(2)));
            check(new Work.Program(space, List.of(strided(F32, Extent.FULL, strides)),
                    List.of(full(new RmsNorm(1e-5), F32, 0)), List.of(1)));
        }
    }

    @Test
    void negative_strides_read_backwards() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment x = Programs.randoms(arena, F32, 5000, 1);
            Shape space = Shape.shape(5000);
            Work.Program reversed = new Work.Program(space, List.of(strided(F32, Extent.FULL, -1)), List.of(),
                    List.of(0));
            byte[] out = Programs.byKernel(reversed, List.of(x.asSlice(4999 * 4))).getFirst();
            for (int i = 0; i < 5000; i++) {
                assertEquals(x.getAtIndex(java.lang.foreign.ValueLayout.JAVA_FLOAT, 4999 - i),
                        Programs.float32(out, i));
            }
        }
    }

    @Test
    void a_number_without_axes_is_computed() {
        check(new Work.Program(Shape.SCALAR, List.of(strided(F32, Extent.FULL)), List.of(full(SQUARE, F32, 0)),
                List.of(1)));
    }

    @Test
    void values_by_row_are_kept_apart_from_the_rows_they_fold() {
        Shape space = Shape.shape(97, 53);
        Work.Load x = contiguous(F32, space);
        check(new Work.Program(space, List.of(x, x),
                List.of(byRow(fold(Reduce.Op.MAX, 2), F32, 0), full(new Binary(BinaryOp.SUBTRACT), F32, 0, 2),
                        full(new Unary(UnaryOp.EXP), F32, 3), byRow(fold(Reduce.Op.SUM, 2), F32, 4),
                        full(new Binary(BinaryOp.DIVIDE), F32, 4, 5), byRow(fold(Reduce.Op.SUM, 2), F32, 1),
                        byRow(ADD, F32, 7, 5)),
                List.of(6, 8)));
    }

    @Test
    void a_value_by_row_is_folded_as_the_row_it_stands_for() {
        Shape space = Shape.shape(11, 300);
        check(new Work.Program(space, List.of(contiguous(F32, space), strided(F32, Extent.ROW, 1, 0)),
                List.of(full(ADD, F32, 0, 1), byRow(fold(Reduce.Op.SUM, 2), F32, 1), byRow(ADD, F32, 3, 1)),
                List.of(2, 4)));
    }

    @Test
    void what_depends_on_weights_alone_is_computed_too() {
        Shape space = Shape.shape(300, 129);
        check(new Work.Program(space, List.of(contiguous(F32, space), strided(DType.FLOAT16, Extent.FULL, 0, 1)),
                List.of(full(new Cast(F32), F32, 1), full(SQUARE, F32, 2), full(MULTIPLY, F32, 0, 3)),
                List.of(4, 2)));
    }

    @Test
    void conditions_choose_between_values() {
        Shape space = Shape.shape(40, 999);
        for (DType dtype : DType.values()) {
            check(new Work.Program(space, List.of(contiguous(dtype, space), contiguous(dtype, space)),
                    List.of(full(new Binary(BinaryOp.NOT_EQUAL), DType.BOOL, 0, 1), full(new Select(), dtype, 2, 0, 1),
                            full(ADD, dtype, 3, 3)),
                    List.of(4, 2)));
        }
    }

    @ParameterizedTest
    @EnumSource(value = DType.class, names = {"FLOAT32", "FLOAT16", "BFLOAT16", "FLOAT64"})
    void rms_norm_is_computed_in_each_dtype(DType dtype) {
        for (long columns : new long[] {640, 641}) {
            Shape space = Shape.shape(29, columns);
            Work.Load x = contiguous(dtype, space);
            check(new Work.Program(space, List.of(x), List.of(full(new RmsNorm(1e-6), dtype, 0)), List.of(1)));
            for (DType weight : dtype == F32 ? List.of(F32, DType.FLOAT16, DType.BFLOAT16) : List.of(dtype)) {
                for (long step : new long[] {1, 3, 0}) {
                    check(new Work.Program(space, List.of(x, strided(weight, Extent.FULL, 0, step)),
                            List.of(full(new RmsNorm(1e-6), dtype, 0, 1)), List.of(2)));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = DType.class, names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
    void rms_norm_of_what_is_not_finite_or_nearly_so_is_that_of_the_interpreter(DType dtype) {
        float most = dtype == DType.FLOAT16 ? 65504 : 0x1.fep127f;
        float[] specials = {0, -0f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, most, -most, 1e-7f,
            Float.MIN_VALUE, Float.intBitsToFloat(0xffff0000)};
        Shape space = Shape.shape(specials.length, 640);
        LoadLoop load = Loops.get().load(dtype);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment x = Programs.randoms(arena, dtype, space.size(), 1);
            MemorySegment weight = Programs.randoms(arena, dtype, 640, 2);
            for (int i = 0; i < specials.length; i++) {
                put(dtype, x, 640 * i + 33 * i, specials[i]);
                put(dtype, weight, 17 * i, specials[i]);
            }
            Work.Program program = new Work.Program(space,
                    List.of(contiguous(dtype, space), strided(dtype, Extent.FULL, 0, 1)),
                    List.of(full(new RmsNorm(1e-6), dtype, 0, 1)), List.of(2));
            Reg expected = new Reg(Lane.F32, (int) space.size());
            Reg actual = new Reg(Lane.F32, (int) space.size());
            read(load, expected, Programs.byInterpreter(program, List.of(x, weight)).getFirst(), arena, dtype);
            read(load, actual, Programs.byKernel(program, List.of(x, weight)).getFirst(), arena, dtype);
            assertArrayEquals(expected.f(), actual.f(), 0);
        }
    }

    private static void put(DType dtype, MemorySegment array, int at, float value) {
        Reg one = new Reg(Lane.F32, 1);
        one.f()[0] = value;
        Loops.get().store(dtype).run(one, 0, array.address() + (long) at * dtype.size(), 1);
    }

    private static void read(LoadLoop load, Reg to, byte[] elements, Arena arena, DType dtype) {
        MemorySegment copy = arena.allocate(elements.length, 64);
        MemorySegment.copy(elements, 0, copy, java.lang.foreign.ValueLayout.JAVA_BYTE, 0, elements.length);
        load.run(to, 0, copy.address(), dtype.size(), elements.length / dtype.size());
    }

    @Test
    void a_store_may_take_the_memory_of_a_load_of_the_same_elements() {
        Shape space = Shape.shape(64, 1024);
        Work.Load x = contiguous(F32, space);
        // The result does not depend on the first load, whose elements are needed after it was computed.
        Work.Program program = new Work.Program(space, List.of(x, x, x),
                List.of(full(SQUARE, F32, 1), full(ADD, F32, 0, 2)), List.of(3, 4));
        try (Arena arena = Arena.ofConfined()) {
            List<MemorySegment> inputs = inputs(program, arena);
            byte[] expected = Programs.byInterpreter(program, inputs).getFirst();
            assertArrayEquals(expected, Arrays.copyOf(Programs.inPlace(program, inputs), expected.length));
        }
    }

    @Test
    void rms_norm_may_take_the_memory_of_its_input() {
        Shape space = Shape.shape(64, 1024);
        Work.Program program = new Work.Program(space, List.of(contiguous(F32, space)),
                List.of(full(new RmsNorm(1e-5), F32, 0)), List.of(1));
        try (Arena arena = Arena.ofConfined()) {
            List<MemorySegment> inputs = inputs(program, arena);
            byte[] expected = Programs.byInterpreter(program, inputs).getFirst();
            assertArrayEquals(expected, Arrays.copyOf(Programs.inPlace(program, inputs), expected.length));
        }
    }

    @Test
    void the_mean_square_of_a_float16_row_does_not_overflow() {
        Shape space = Shape.shape(2, 4096);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment x = arena.allocate(2 * 4096 * 2, 64);
            for (int i = 0; i < 2 * 4096; i++) {
                x.setAtIndex(java.lang.foreign.ValueLayout.JAVA_SHORT, i, Float.floatToFloat16(60000));
            }
            byte[] out = Programs.byKernel(new Work.Program(space, List.of(contiguous(DType.FLOAT16, space)),
                    List.of(byRow(fold(Reduce.Op.MEAN, 2), DType.FLOAT16, 0)), List.of(1)), List.of(x)).getFirst();
            assertEquals(60000, Float.float16ToFloat((short) ((out[0] & 0xff) | out[1] << 8)), 0);
        }
    }
}
