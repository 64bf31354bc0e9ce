package dev.kiln.backends.cpu.vector;

import dev.kiln.backends.cpu.Reg;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.LongVector;

/** Vector loops that choose between two values. */
final class VectorSelects {
    private VectorSelects() {}

    static void f32(Reg out, Reg condition, Reg a, Reg b, int n) {
        long[] c = condition.l();
        float[] x = a.f();
        float[] y = b.f();
        float[] z = out.f();
        for (int i = 0; i < n; i += Species.I64.length()) {
            FloatVector.fromArray(Species.F32_HALF, y, i)
                    .blend(FloatVector.fromArray(Species.F32_HALF, x, i), Truth.load(c, i).cast(Species.F32_HALF))
                    .intoArray(z, i);
        }
    }

    static void f64(Reg out, Reg condition, Reg a, Reg b, int n) {
        long[] c = condition.l();
        double[] x = a.d();
        double[] y = b.d();
        double[] z = out.d();
        for (int i = 0; i < n; i += Species.I64.length()) {
            DoubleVector.fromArray(Species.F64, y, i)
                    .blend(DoubleVector.fromArray(Species.F64, x, i), Truth.load(c, i).cast(Species.F64))
                    .intoArray(z, i);
        }
    }

    static void i64(Reg out, Reg condition, Reg a, Reg b, int n) {
        long[] c = condition.l();
        long[] x = a.l();
        long[] y = b.l();
        long[] z = out.l();
        for (int i = 0; i < n; i += Species.I64.length()) {
            LongVector.fromArray(Species.I64, y, i).blend(LongVector.fromArray(Species.I64, x, i), Truth.load(c, i))
                    .intoArray(z, i);
        }
    }
}
