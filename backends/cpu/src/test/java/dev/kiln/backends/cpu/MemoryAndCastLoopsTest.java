package dev.kiln.backends.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kiln.graph.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("everyWidth")
class MemoryAndCastLoopsTest {
    private static final long SEED = 11;

    @ParameterizedTest
    @MethodSource("dev.kiln.backends.cpu.Implementations#all")
    void every_float16_is_read_and_written_exactly(Loops loops) {
        int all = 1 << 16;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment in = arena.allocate(2L * all);
            MemorySegment out = arena.allocate(2L * all);
            for (int i = 0; i < all; i++) {
                in.setAtIndex(ValueLayout.JAVA_SHORT, i, (short) i);
            }
            Reg reg = new Reg(Lane.F32, all);
            loops.load(DType.FLOAT16).run(reg, 0, in.address(), 2, all);
            loops.store(DType.FLOAT16).run(reg, 0, out.address(), all);
            Reg rounded = new Reg(Lane.F32, all);
            loops.round(DType.FLOAT16).run(rounded, reg, all);
            for (int i = 0; i < all; i++) {
                float expected = Float.float16ToFloat((short) i);
                assertEquals(expected, reg.f()[i], "bits " + i);
                assertEquals(expected, rounded.f()[i], "rounded, bits " + i);
                float again = Float.float16ToFloat(out.getAtIndex(ValueLayout.JAVA_SHORT, i));
                assertEquals(expected, again, "stored, bits " + i);
            }
        }
    }

    @ParameterizedTest(name = "{0}, seed " + SEED)
    @MethodSource("dev.kiln.backends.cpu.Implementations#all")
    void rounding_to_sixteen_bits_is_to_nearest_even(Loops loops) {
        Random random = new Random(SEED);
        int n = 50_001;
        Reg x = new Reg(Lane.F32, n);
        for (int i = 0; i < n; i++) { // any float at all, and many near the limits of float16 and halfway cases
            x.f()[i] = switch (i % 3) {
                case 0 -> Float.intBitsToFloat(random.nextInt());
                case 1 -> (float) (random.nextGaussian() * Math.pow(2, random.nextInt(46) - 28));
                default -> Float.intBitsToFloat(random.nextInt() & 0xFFFF_F000);
            };
        }
        x.f()[0] = 65519.996f;
        x.f()[1] = 65520f;
        x.f()[2] = Float.NEGATIVE_INFINITY;
        x.f()[3] = 0x1p-25f;
        x.f()[4] = Math.nextUp(0x1p-25f);
        x.f()[5] = -0f;
        Reg y = new Reg(Lane.F32, n);
        loops.round(DType.FLOAT16).run(y, x, n);
        for (int i = 0; i < n; i++) {
            assertEquals(Float.float16ToFloat(Float.floatToFloat16(x.f()[i])), y.f()[i], "of " + x.f()[i]);
        }
        loops.round(DType.BFLOAT16).run(y, x, n);
        for (int i = 0; i < n; i++) {
            assertEquals(nearestBfloat16(x.f()[i]), y.f()[i], "of " + x.f()[i]);
        }
    }

    /** By comparing the distances to the neighbours, where the loops use a carry. */
    private static float nearestBfloat16(float x) {
        int bits = Float.floatToRawIntBits(x);
        float low = Float.intBitsToFloat(bits & 0xFFFF_0000);
        if (!Float.isFinite(x)) {
            return Float.isNaN(x) ? Float.NaN : x;
        }
        int next = (bits & 0xFFFF_0000) + 0x1_0000;
        double high = (next & 0x7F80_0000) == 0x7F80_0000 ? Math.copySign(0x1p128, x) : Float.intBitsToFloat(next);
        double toLow = Math.abs((double) x - low);
        double toHigh = Math.abs(high - x);
        boolean odd = (bits & 0x1_0000) != 0;
        return toLow < toHigh || (toLow == toHigh && !odd) ? low : (float) high;
    }

    @ParameterizedTest(name = "{0}, seed " + SEED)
    @MethodSource("dev.kiln.backends.cpu.Implementations#all")
    void what_is_stored_is_what_is_loaded_at_any_offset_and_stride(Loops loops) {
        Random random = new Random(SEED);
        for (DType type : DType.values()) {
            for (int n : new int[] {1, 7, 16, 33, 256}) {
                Reg x = new Reg(Lane.of(type), n + 3);
                for (int i = 0; i < n + 3; i++) {
                    int v = random.nextInt(100);
                    switch (x.lane()) {
                        case F32 -> x.f()[i] = v;
                        case F64 -> x.d()[i] = v;
                        case I64 -> x.l()[i] = type == DType.BOOL ? v & 1 : v;
                        case C64 -> {
                            x.c()[2 * i] = v;
                            x.c()[2 * i + 1] = -v;
                        }
                    }
                }
                check(loops, type, x, n);
            }
        }
    }

    private static void check(Loops loops, DType type, Reg x, int n) {
        int parts = type == DType.COMPLEX64 ? 2 : 1;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate((long) (n + 1) * type.size());
            memory.fill((byte) 0x55);
            loops.store(type).run(x, 3, memory.address(), n);
            assertEquals(0x55, memory.get(ValueLayout.JAVA_BYTE, (long) n * type.size()), "wrote past the end");
            double[] expected = Regs.values(x, n + 3);
            Reg y = new Reg(x.lane(), n + 2);
            loops.load(type).run(y, 2, memory.address(), type.size(), n);
            Reg back = new Reg(x.lane(), n);
            loops.load(type).run(back, 0, memory.address() + (long) (n - 1) * type.size(), -type.size(), n);
            Reg same = new Reg(x.lane(), n);
            loops.load(type).run(same, 0, memory.address(), 0, n);
            for (int i = 0; i < n * parts; i++) {
                int element = i / parts;
                int part = i % parts;
                String what = type + " element " + element + " of " + n;
                assertEquals(expected[3 * parts + i], Regs.values(y, n + 2)[2 * parts + i], what);
                assertEquals(expected[(n + 2 - element) * parts + part], Regs.values(back, n)[i], what);
                assertEquals(expected[3 * parts + part], Regs.values(same, n)[i], what);
            }
            assertEquals(0, Regs.values(y, 1)[0], "wrote before the place");
        }
    }

    @ParameterizedTest
    @MethodSource("dev.kiln.backends.cpu.Implementations#all")
    void integers_wrap_to_their_type(Loops loops) {
        Reg x = Regs.i64(300, -1, 128, 0x1_8000_0000L, 70_000);
        Reg y = new Reg(Lane.I64, 5);
        loops.round(DType.UINT8).run(y, x, 5);
        assertArrayEquals(new double[] {44, 255, 128, 0, 112}, Regs.values(y, 5));
        loops.round(DType.INT8).run(y, x, 5);
        assertArrayEquals(new double[] {44, -1, -128, 0, 112}, Regs.values(y, 5));
        loops.round(DType.INT16).run(y, x, 5);
        assertArrayEquals(new double[] {300, -1, 128, 0, 4464}, Regs.values(y, 5));
        loops.round(DType.UINT16).run(y, x, 5);
        assertArrayEquals(new double[] {300, 65535, 128, 0, 4464}, Regs.values(y, 5));
        loops.round(DType.INT32).run(y, x, 5);
        assertArrayEquals(new double[] {300, -1, 128, Integer.MIN_VALUE, 70_000}, Regs.values(y, 5));
        loops.round(DType.UINT32).run(y, x, 5);
        assertArrayEquals(new double[] {300, 4294967295.0, 128, 0x8000_0000L, 70_000}, Regs.values(y, 5));
        loops.round(DType.INT64).run(y, x, 5);
        assertArrayEquals(Regs.values(x, 5), Regs.values(y, 5));
    }

    @ParameterizedTest
    @MethodSource("dev.kiln.backends.cpu.Implementations#all")
    void casts_follow_the_rules_of_cpp(Loops loops) {
        Reg f = Regs.f32(2.9, -2.9, 0, 0.5, Double.NaN, 200.7);
        assertArrayEquals(new double[] {2, -2, 0, 0, 0, 200}, cast(loops, DType.FLOAT32, DType.INT32, f, 6));
        assertArrayEquals(new double[] {2, 254, 0, 0, 0, 200}, cast(loops, DType.FLOAT32, DType.UINT8, f, 6));
        assertArrayEquals(new double[] {1, 1, 0, 1, 1, 1}, cast(loops, DType.FLOAT32, DType.BOOL, f, 6));
        Reg d = Regs.f64(1 + 0x1p-30, 1e300, 0x1p63 * 1.5);
        assertArrayEquals(new double[] {1, Double.POSITIVE_INFINITY, 0x1p63 * 1.5},
                cast(loops, DType.FLOAT64, DType.FLOAT32, d, 3));
        Reg unsigned = new Reg(Lane.I64, 3);
        loops.cast(DType.FLOAT64, DType.UINT64).run(unsigned, d, 3);
        assertEquals(0xC000_0000_0000_0000L, unsigned.l()[2]);
        Reg u = Regs.i64(-1, 5, 0x8000_0000_0000_0401L);
        assertArrayEquals(new double[] {0x1p64, 5, 0x1p63 + 2048}, cast(loops, DType.UINT64, DType.FLOAT64, u, 3));
        assertArrayEquals(new double[] {0x1p64, 5, 0x1p63}, cast(loops, DType.UINT64, DType.FLOAT32, u, 3));
        assertArrayEquals(new double[] {-1, 5}, cast(loops, DType.INT64, DType.FLOAT32, u, 2));
        Reg i = Regs.i64(257, -1, 65_537);
        assertArrayEquals(new double[] {256, -1, 65_536}, cast(loops, DType.INT32, DType.BFLOAT16, i, 3));
        assertArrayEquals(new double[] {1, 255, 1}, cast(loops, DType.INT32, DType.UINT8, i, 3));
        assertArrayEquals(new double[] {1, 1, 1}, cast(loops, DType.INT32, DType.BOOL, i, 3));
        assertArrayEquals(new double[] {257, 0, -1, 0}, cast(loops, DType.INT32, DType.COMPLEX64, i, 2));
        Reg c = Regs.c64(1.5, 9, 0, 2, 0, 0);
        assertArrayEquals(new double[] {1.5, 0, 0}, cast(loops, DType.COMPLEX64, DType.FLOAT32, c, 3));
        assertArrayEquals(new double[] {1, 0, 0}, cast(loops, DType.COMPLEX64, DType.INT8, c, 3));
        assertArrayEquals(new double[] {1, 1, 0}, cast(loops, DType.COMPLEX64, DType.BOOL, c, 3));
    }

    private static double[] cast(Loops loops, DType from, DType to, Reg x, int n) {
        Reg y = new Reg(Lane.of(to), n);
        loops.cast(from, to).run(y, x, n);
        return Regs.values(y, n);
    }

    @ParameterizedTest
    @MethodSource("dev.kiln.backends.cpu.Implementations#all")
    void every_pair_of_types_casts_small_numbers_unchanged(Loops loops) {
        for (DType from : DType.values()) {
            for (DType to : DType.values()) {
                Reg x = new Reg(Lane.of(from), 3);
                loops.cast(DType.INT64, from).run(x, Regs.i64(0, 1, 1), 3);
                Reg y = new Reg(Lane.of(to), 3);
                loops.cast(from, to).run(y, x, 3);
                Reg back = new Reg(Lane.I64, 3);
                loops.cast(to, DType.INT64).run(back, y, 3);
                assertArrayEquals(new double[] {0, 1, 1}, Regs.values(back, 3), from + " to " + to);
            }
        }
    }
}
