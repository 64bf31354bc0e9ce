package dev.kiln.backends.cpu.vector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * What the methods of the Vector API that our loops call do to a single lane: one class for each of its classes, and for each method
 * one of the same name, or of that of the operator it is given. {@link OneLaneLoop} finds them by that. All give the same bits, but for
 * which NaN it is.
 */
final class OneLane {

    private OneLane() {}

    /** Of a species. */
    static final class Species {
        private Species() {}

        static int length() {
            return 1;
        }

        static int loopBound(int n) {
            return n;
        }

        static boolean indexInRange(int offset, int limit) {
            return offset < limit;
        }
    }

    /** Of masks. */
    static final class Masks {
        private Masks() {}

        static boolean and(boolean a, boolean b) {
            return a && b;
        }

        static boolean or(boolean a, boolean b) {
            return a || b;
        }

        static boolean andNot(boolean a, boolean b) {
            return a && !b;
        }

        static boolean not(boolean a) {
            return !a;
        }

        static boolean cast(boolean a) {
            return a;
        }

        static boolean anyTrue(boolean a) {
            return a;
        }
    }

    /** Of vectors of shorts. */
    static final class Shorts {
        private Shorts() {}

        static short fromMemorySegment(MemorySegment memory, long at, ByteOrder nativeOrder) {
            return memory.get(ValueLayout.JAVA_SHORT_UNALIGNED, at);
        }

        static short fromMemorySegment(MemorySegment memory, long at, ByteOrder nativeOrder, boolean there) {
            return there ? fromMemorySegment(memory, at, nativeOrder) : 0;
        }

        static int s2i(short v, int part) {
            return v;
        }
    }

    /** Of vectors of ints. */
    static final class Ints {
        private Ints() {}

        static int add(int a, int b) {
            return a + b;
        }

        static int sub(int a, int b) {
            return a - b;
        }

        static int and(int a, int b) {
            return a & b;
        }

        static int or(int a, int b) {
            return a | b;
        }

        static int xor(int a, int b) {
            return a ^ b;
        }

        static int neg(int a) {
            return -a;
        }

        static int min(int a, int b) {
            return Math.min(a, b);
        }

        static int max(int a, int b) {
            return Math.max(a, b);
        }

        static int lshl(int a, int b) {
            return a << b;
        }

        static int ashr(int a, int b) {
            return a >> b;
        }

        static int lshr(int a, int b) {
            return a >>> b;
        }

        static boolean ne(int a, int b) {
            return a != b;
        }

        static boolean lt(int a, int b) {
            return a < b;
        }

        static int blend(int a, int b, boolean second) {
            return second ? b : a;
        }

        static float i2f(int a, int part) {
            return a;
        }

        static float reinterpretAsFloats(int a) {
            return Float.intBitsToFloat(a);
        }
    }

    /** Of vectors of longs. */
    static final class Longs {
        private Longs() {}

        static long zero() {
            return 0;
        }

        static long add(long a, long b) {
            return a + b;
        }

        static long sub(long a, long b) {
            return a - b;
        }

        static long and(long a, long b) {
            return a & b;
        }

        static long or(long a, long b) {
            return a | b;
        }

        static long xor(long a, long b) {
            return a ^ b;
        }

        static long neg(long a) {
            return -a;
        }

        static long lshl(long a, long b) {
            return a << b;
        }

        static long ashr(long a, long b) {
            return a >> b;
        }

        static boolean ne(long a, long b) {
            return a != b;
        }

        static long blend(long a, long b, boolean second) {
            return second ? b : a;
        }

        static double reinterpretAsDoubles(long a) {
            return Double.longBitsToDouble(a);
        }

        static void intoArray(long v, long[] to, int at) {
            to[at] = v;
        }
    }
}
