package dev.kiln.backends.cpu;

import dev.kiln.graph.DType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What a register holds; several dtypes share a lane, and {@link Loops#round} keeps their values apart. */
public enum Lane {
    /** float16, bfloat16 and float32 as {@code float}. */
    F32,
    /** float64 as {@code double}. */
    F64,
    /** bool as 0 and 1, and all integers as {@code long}; uint64 as its 64 bits. */
    I64,
    /** complex64 as pairs of {@code float}: real, imaginary. */
    C64;

    /** Those of {@code floats} registers for floats and one for integers behind them. */
    static List<Lane> floatsAndOneForIntegers(int floats) {
        List<Lane> lanes = new ArrayList<>(Collections.nCopies(floats, F32));
        lanes.add(I64);
        return List.copyOf(lanes);
    }

    /** The lane in which values of {@code type} are computed. */
    public static Lane of(DType type) {
        return switch (type.category()) {
            case BOOL, UNSIGNED, SIGNED -> I64;
            case FLOATING -> type == DType.FLOAT64 ? F64 : F32;
            case COMPLEX -> C64;
        };
    }
}
