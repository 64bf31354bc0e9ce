package dev.kiln.backends.cpu.vector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** {@link OneLane} for floating-point numbers. */
final class OneFloatingLane {

    private OneFloatingLane() {}

    /** Of vectors of floats. */
    static final class Floats {
        private Floats() {}

        static float zero() {
            return 0;
        }

        static float broadcast(float v) {
            return v;
        }

        static float fromArray(float[] from, int at) {
            return from[at];
        }

        static void intoArray(float v, float[] to, int at) {
            to[at] = v;
        }

        static float[] toArray(float v) {
            return new float[] {v};
        }

        static float fromMemorySegment(MemorySegment memory, long at, ByteOrder nativeOrder) {
            return memory.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at);
        }

        static float fromMemorySegment(MemorySegment memory, long at, ByteOrder nativeOrder, boolean there) {
            return there ? fromMemorySegment(memory, at, nativeOrder) : 0;
        }

        static void intoMemorySegment(float v, MemorySegment memory, long at, ByteOrder nativeOrder) {
            memory.set(ValueLayout.JAVA_FLOAT_UNALIGNED, at, v);
        }

        static void intoMemorySegment(float v, MemorySegment memory, long at, ByteOrder nativeOrder, boolean there) {
            if (there) {
                intoMemorySegment(v, memory, at, nativeOrder);
            }
        }

        static float add(float a, float b) {
            return a + b;
        }

        static float sub(float a, float b) {
            return a - b;
        }

        static float mul(float a, float b) {
            return a * b;
        }

        static float div(float a, float b) {
            return a / b;
        }

        static float fma(float a, float b, float c) {
            return Math.fma(a, b, c);
        }

        static float min(float a, float b) {
            return Math.min(a, b);
        }

        static float max(float a, float b) {
            return Math.max(a, b);
        }

        static float abs(float a) {
            return Math.abs(a);
        }

        static float neg(float a) {
            return -a;
        }

        static float neg(float a, boolean there) {
            return there ? -a : a;
        }

        static float sqrt(float a) {
            return (float) Math.sqrt(a);
        }

        static float blend(float a, float b, boolean second) {
            return second ? b : a;
        }

        static boolean eq(float a, float b) {
            return a == b;
        }

        static boolean ne(float a, float b) {
            return a != b;
        }

        static boolean lt(float a, float b) {
            return a < b;
        }

        static boolean le(float a, float b) {
            return a <= b;
        }

        static boolean gt(float a, float b) {
            return a > b;
        }

        static boolean ge(float a, float b) {
            return a >= b;
        }

        static boolean isNan(float a) {
            return Float.isNaN(a);
        }

        static boolean isInfinite(float a) {
            return Float.isInfinite(a);
        }

        static boolean isFinite(float a) {
            return Float.isFinite(a);
        }

        static int reinterpretAsInts(float a) {
            return Float.floatToRawIntBits(a);
        }
    }

    /** Of vectors of doubles. */
    static final class Doubles {
        private Doubles() {}

        static double zero() {
            return 0;
        }

        static double broadcast(double v) {
            return v;
        }

        static double fromArray(double[] from, int at) {
            return from[at];
        }

        static void intoArray(double v, double[] to, int at) {
            to[at] = v;
        }

        static double[] toArray(double v) {
            return new double[] {v};
        }

        static double add(double a, double b) {
            return a + b;
        }

        static double sub(double a, double b) {
            return a - b;
        }

        static double mul(double a, double b) {
            return a * b;
        }

        static double div(double a, double b) {
            return a / b;
        }

        static double fma(double a, double b, double c) {
            return Math.fma(a, b, c);
        }

        static double min(double a, double b) {
            return Math.min(a, b);
        }

        static double max(double a, double b) {
            return Math.max(a, b);
        }

        static double abs(double a) {
            return Math.abs(a);
        }

        static double neg(double a) {
            return -a;
        }

        static double sqrt(double a) {
            return Math.sqrt(a);
        }

        static double blend(double a, double b, boolean second) {
            return second ? b : a;
        }

        static double blend(double a, long b, boolean second) {
            return second ? b : a;
        }

        static boolean eq(double a, double b) {
            return a == b;
        }

        static boolean ne(double a, double b) {
            return a != b;
        }

        static boolean lt(double a, double b) {
            return a < b;
        }

        static boolean le(double a, double b) {
            return a <= b;
        }

        static boolean gt(double a, double b) {
            return a > b;
        }

        static boolean ge(double a, double b) {
            return a >= b;
        }

        static boolean isNan(double a) {
            return Double.isNaN(a);
        }

        static boolean isInfinite(double a) {
            return Double.isInfinite(a);
        }

        static boolean isFinite(double a) {
            return Double.isFinite(a);
        }

        static long reinterpretAsLongs(double a) {
            return Double.doubleToRawLongBits(a);
        }
    }
}
