package dev.kiln.backends.cpu;

import java.util.Arrays;

/** Registers from and to plain arrays. */
final class Regs {
    private Regs() {}

    static Reg f32(double... values) {
        Reg reg = new Reg(Lane.F32, values.length);
        for (int i = 0; i < values.length; i++) {
            reg.f()[i] = (float) values[i];
        }
        return reg;
    }

    static Reg f64(double... values) {
        Reg reg = new Reg(Lane.F64, values.length);
        System.arraycopy(values, 0, reg.d(), 0, values.length);
        return reg;
    }

    static Reg i64(long... values) {
        Reg reg = new Reg(Lane.I64, values.length);
        System.arraycopy(values, 0, reg.l(), 0, values.length);
        return reg;
    }

    static Reg c64(double... parts) {
        Reg reg = new Reg(Lane.C64, parts.length / 2);
        for (int i = 0; i < parts.length; i++) {
            reg.c()[i] = (float) parts[i];
        }
        return reg;
    }

    /** The first {@code n} elements as doubles; of a complex register both parts of each. */
    static double[] values(Reg reg, int n) {
        double[] values = new double[reg.lane() == Lane.C64 ? 2 * n : n];
        Arrays.setAll(values, i -> switch (reg.lane()) {
            case F32 -> reg.f()[i];
            case F64 -> reg.d()[i];
            case I64 -> reg.l()[i];
            case C64 -> reg.c()[i];
        });
        return values;
    }
}
