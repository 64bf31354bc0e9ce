package dev.kiln.backends.cpu;

import dev.kiln.graph.DType;
import dev.kiln.ops.BinaryOp;
import dev.kiln.ops.UnaryOp;
import java.util.List;
import java.util.Optional;

/**
 * The loops from which the first tier of fused execution is put together: each runs one operation over a block of
 * registers. There is a scalar implementation of everything and a vector one of what has a good vector form.
 *
 * <p>A loop computes in the lane of its dtype. To get values of a narrower dtype, run {@link #round} after it.
 * Comparisons and tests give 0 or 1 in an {@link Lane#I64} register; {@code abs}, {@code real} and {@code imag} of
 * complex64 give {@link Lane#F32}; all else stays in its lane.
 */
public interface Loops {
    /** The implementation this machine runs, chosen at first use. */
    static Loops get() {
        return LoopsChoice.chosen();
    }

    /** Whether there is a loop for {@code op} on arguments of {@code type}. */
    boolean has(UnaryOp op, DType type);

    /** Whether there is a loop for {@code op} on arguments of {@code type}. */
    boolean has(BinaryOp op, DType type);

    /**
     * The loop for {@code op} on arguments of {@code type}.
     *
     * @throws IllegalArgumentException if there is none
     */
    UnaryLoop unary(UnaryOp op, DType type);

    /**
     * The loop for {@code op} on arguments of {@code type}.
     *
     * @throws IllegalArgumentException if there is none
     */
    BinaryLoop binary(BinaryOp op, DType type);

    /** Choice between two values of {@code type}. */
    SelectLoop select(DType type);

    /** Conversion by the rules of C++ to the lane of {@code to}, neither rounded nor wrapped to it. */
    UnaryLoop convert(DType from, DType to);

    /** Conversion by the rules of C++, rounded or wrapped to {@code to}. */
    default UnaryLoop cast(DType from, DType to) {
        if (!rounds(to)) {
            return convert(from, to);
        }
        UnaryLoop round = round(to);
        if (Lane.of(from) == Lane.of(to)) {
            return round;
        }
        UnaryLoop convert = convert(from, to);
        return (out, a, n) -> {
            convert.run(out, a, n);
            round.run(out, out, n);
        };
    }

    /** Whether {@link #round} does anything for {@code type}. */
    static boolean rounds(DType type) {
        return switch (type) {
            case BOOL, UINT64, INT64, FLOAT32, FLOAT64, COMPLEX64 -> false;
            case UINT8, UINT16, UINT32, INT8, INT16, INT32, FLOAT16, BFLOAT16 -> true;
        };
    }

    /** Rounds (to nearest, ties to even) or wraps the values of a lane to {@code type}; otherwise copies. */
    UnaryLoop round(DType type);

    /** Reads values of {@code type}. */
    LoadLoop load(DType type);

    /** Writes values of {@code type}. */
    StoreLoop store(DType type);

    /** Loops along rows for one of the four floating types. */
    FloatRows floatRows(DType type);

    /** Loops along rows for bool and the integer types. */
    IntegerRows integerRows(DType type);

    /** Products of blocks of floats. */
    TileLoops tiles();

    /** Products of matrices. */
    MatrixProduct matrices();

    /** Code generated for a formula that is computed in these passes, where this can generate any. */
    default Optional<RowCode> write(Formula formula, Passes passes) {
        return Optional.empty();
    }

    /** The loop over float32 in memory for a function of a {@link Formula} with so many arguments, where there is one. */
    default Optional<FloatLoop> inMemory(String function, int arguments) {
        return Optional.empty();
    }

    /** Several such functions in one loop, where there is that. */
    default Optional<FloatChain> chain() {
        return Optional.empty();
    }

    /** The loop that combines rows of {@code type} by {@code op}, where there is one. */
    default Optional<FourRowsLoop> rows(BinaryOp op, DType type) {
        return Optional.empty();
    }

    /** Transposes elements of so many bytes, where that is faster than one by one. */
    default Optional<TransposeLoop> transpose(int size) {
        return Optional.empty();
    }

    /** Loops for the gradients of RMS norms, where there are such. */
    default Optional<RmsNormGradientLoops> rmsNormGradient() {
        return Optional.empty();
    }

    /**
     * Loops for whole RMS norms of {@code type}, where these are faster than one put together from others: first the one for rows
     * in a cache, then others that may be faster for rows in memory. To the bit all have the same results.
     */
    default List<RmsNormLoop> rmsNorm(DType type) {
        return List.of();
    }
}
