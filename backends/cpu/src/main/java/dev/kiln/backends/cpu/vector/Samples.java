package dev.kiln.backends.cpu.vector;

import dev.kiln.backends.cpu.BinaryLoop;
import dev.kiln.backends.cpu.ChainLoop;
import dev.kiln.backends.cpu.FloatLoop;
import dev.kiln.backends.cpu.FourRowsLoop;
import dev.kiln.backends.cpu.Lane;
import dev.kiln.backends.cpu.Reg;
import dev.kiln.backends.cpu.UnaryLoop;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.Consumer;

/** Runs of loops over data that mean nothing to anybody, for the one thread that waits until the loops are compiled. */
final class Samples {

    /**
     * Enough for the JIT compiler to see a loop, without and with a rest, and a rest alone: code that meets what had not been seen
     * before is compiled anew.
     */
    private static final int SIZE = 24 * 16 + 1;
    private static final int[] SIZES = {SIZE, SIZE - 1, 1};

    private Samples() {}

    /** Made when the first loop is run, not when it is made. */
    private static final class Memory {
        static final MemorySegment FROM = Arena.ofAuto().allocate(4L * SIZE, 64);
        static final MemorySegment TO = Arena.ofAuto().allocate(4L * SIZE, 64);

        static {
            for (int i = 0; i < SIZE; i++) {
                FROM.setAtIndex(ValueLayout.JAVA_FLOAT, i, number(i));
            }
        }
    }

    /** From -3 to 3. */
    private static float number(int i) {
        return (i - SIZE / 2) / 64f;
    }

    private static Reg numbers(Lane lane) {
        Reg register = new Reg(lane, SIZE);
        for (int i = 0; i < register.f().length; i++) {
            register.f()[i] = number(i);
        }
        for (int i = 0; i < register.d().length; i++) {
            register.d()[i] = number(i);
        }
        return register;
    }

    static Consumer<UnaryLoop> unary(Lane from, Lane to) {
        Reg numbers = numbers(from);
        Reg results = new Reg(to, SIZE);
        return loop -> {
            for (int n : SIZES) {
                loop.run(results, numbers, n);
            }
        };
    }

    static Consumer<BinaryLoop> binary(Lane from, Lane to) {
        Reg numbers = numbers(from);
        Reg results = new Reg(to, SIZE);
        return loop -> {
            for (int n : SIZES) {
                loop.run(results, numbers, numbers, n);
            }
        };
    }

    static void inMemory(FloatLoop loop) {
        for (int n : SIZES) {
            loop.run(Memory.TO.address(), Memory.FROM.address(), Memory.FROM.address(), n);
        }
    }

    static void rows(FourRowsLoop loop) {
        long row = Memory.FROM.address();
        for (int n : SIZES) {
            loop.run(Memory.TO.address(), row, row, row, row, row, n);
        }
    }

    /** All five functions. */
    static void chain(ChainLoop loop) {
        long[] at = {Memory.FROM.address(), Memory.TO.address()};
        loop.run(at, new int[] {0, 1, 2, 3, 4}, new int[6], 1, SIZE / ChainLoop.ELEMENTS * ChainLoop.ELEMENTS);
    }
}
