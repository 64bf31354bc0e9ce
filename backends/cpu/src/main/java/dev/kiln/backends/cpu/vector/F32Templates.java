package dev.kiln.backends.cpu.vector;

import dev.kiln.backends.cpu.BinaryLoop;
import dev.kiln.backends.cpu.LoopTemplate;
import dev.kiln.backends.cpu.Reg;
import dev.kiln.backends.cpu.UnaryLoop;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Vector loops over float32, which the rows of {@link F32Table} fill in. */
final class F32Templates {
    private F32Templates() {}

    /** A function of one vector. */
    @FunctionalInterface
    interface Function {
        FloatVector of(FloatVector v);
    }

    /** A function of two vectors. */
    @FunctionalInterface
    interface Function2 {
        FloatVector of(FloatVector a, FloatVector b);
    }

    /** A test of one vector. */
    @FunctionalInterface
    interface Predicate {
        VectorMask<Float> of(FloatVector v);
    }

    /** A test of two vectors. */
    @FunctionalInterface
    interface Relation {
        VectorMask<Float> of(FloatVector a, FloatVector b);
    }

    /** Applies a function of one value. */
    static final class Unary implements UnaryLoop {
        private static final Function FN = LoopTemplate.function(MethodHandles.lookup(), Function.class);

        @Override
        public void run(Reg out, Reg a, int n) {
            float[] x = a.f();
            float[] y = out.f();
            for (int i = 0; i < n; i += Species.F32.length()) {
                FN.of(FloatVector.fromArray(Species.F32, x, i)).intoArray(y, i);
            }
        }
    }

    /** Applies a function of two values. */
    static final class Binary implements BinaryLoop {
        private static final Function2 FN = LoopTemplate.function(MethodHandles.lookup(), Function2.class);

        @Override
        public void run(Reg out, Reg a, Reg b, int n) {
            float[] x = a.f();
            float[] y = b.f();
            float[] z = out.f();
            for (int i = 0; i < n; i += Species.F32.length()) {
                FN.of(FloatVector.fromArray(Species.F32, x, i), FloatVector.fromArray(Species.F32, y, i)).intoArray(z,
                        i);
            }
        }
    }

    /** Applies a test of one value. */
    static final class Test implements UnaryLoop {
        private static final Predicate FN = LoopTemplate.function(MethodHandles.lookup(), Predicate.class);

        @Override
        public void run(Reg out, Reg a, int n) {
            float[] x = a.f();
            long[] y = out.l();
            for (int i = 0; i < n; i += Species.I64.length()) {
                Truth.store(FN.of(FloatVector.fromArray(Species.F32_HALF, x, i)), y, i);
            }
        }
    }

    /** Applies a test of two values. */
    static final class Test2 implements BinaryLoop {
        private static final Relation FN = LoopTemplate.function(MethodHandles.lookup(), Relation.class);

        @Override
        public void run(Reg out, Reg a, Reg b, int n) {
            float[] x = a.f();
            float[] y = b.f();
            long[] z = out.l();
            for (int i = 0; i < n; i += Species.I64.length()) {
                Truth.store(FN.of(FloatVector.fromArray(Species.F32_HALF, x, i),
                        FloatVector.fromArray(Species.F32_HALF, y, i)), z, i);
            }
        }
    }
}
