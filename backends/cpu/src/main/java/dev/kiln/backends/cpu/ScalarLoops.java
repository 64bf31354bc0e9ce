package dev.kiln.backends.cpu;

import dev.kiln.graph.DType;
import dev.kiln.ops.BinaryOp;
import dev.kiln.ops.UnaryOp;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/** Loops in plain Java: everything there is, on any JVM. */
final class ScalarLoops implements Loops {
    private final LoopTable<UnaryOp, UnaryLoop> unary = new LoopTable<>();
    private final LoopTable<BinaryOp, BinaryLoop> binary = new LoopTable<>();
    private final Map<DType, UnaryLoop> rounding = each(Rounding::to);
    private final Map<DType, LoadLoop> loads = each(Loads::of);
    private final Map<DType, StoreLoop> stores = each(Stores::of);
    private final Map<DType, SelectLoop> selects = each(type -> Selects.of(Lane.of(type)));
    private final TileLoops tiles = new ScalarTiles();
    private final FloatRows f32Rows = new ScalarRowsF32();
    private final FloatRows f64Rows = new ScalarRowsF64();

    ScalarLoops() {
        FloatTable.fillUnary(unary);
        FloatTable.fillBinary(binary);
        IntegerTable.fillUnary(unary);
        IntegerTable.fillBinary(binary);
        ComplexTable.fillUnary(unary);
        ComplexTable.fillBinary(binary);
    }

    private static <L> Map<DType, L> each(Function<DType, L> loop) {
        Map<DType, L> map = new EnumMap<>(DType.class);
        for (DType type : DType.values()) {
            map.put(type, loop.apply(type));
        }
        return map;
    }

    @Override
    public boolean has(UnaryOp op, DType type) {
        return unary.has(op, Arithmetic.of(type));
    }

    @Override
    public boolean has(BinaryOp op, DType type) {
        return binary.has(op, Arithmetic.of(type));
    }

    @Override
    public UnaryLoop unary(UnaryOp op, DType type) {
        return unary.get(op, Arithmetic.of(type));
    }

    @Override
    public BinaryLoop binary(BinaryOp op, DType type) {
        return binary.get(op, Arithmetic.of(type));
    }

    @Override
    public SelectLoop select(DType type) {
        return Objects.requireNonNull(selects.get(type));
    }

    @Override
    public UnaryLoop convert(DType from, DType to) {
        return Casts.convert(from, to);
    }

    @Override
    public UnaryLoop round(DType type) {
        return Objects.requireNonNull(rounding.get(type));
    }

    @Override
    public LoadLoop load(DType type) {
        return Objects.requireNonNull(loads.get(type));
    }

    @Override
    public StoreLoop store(DType type) {
        return Objects.requireNonNull(stores.get(type));
    }

    @Override
    public FloatRows floatRows(DType type) {
        return switch (type) {
            case FLOAT16, BFLOAT16, FLOAT32 -> f32Rows;
            case FLOAT64 -> f64Rows;
            case BOOL, UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64, COMPLEX64 ->
                throw new IllegalArgumentException(type + " has no floating-point rows");
        };
    }

    @Override
    public TileLoops tiles() {
        return tiles;
    }

    @Override
    public IntegerRows integerRows(DType type) {
        return switch (type) {
            case UINT64 -> IntegerRows.UNSIGNED;
            case BOOL, UINT8, UINT16, UINT32, INT8, INT16, INT32, INT64 -> IntegerRows.SIGNED;
            case FLOAT16, BFLOAT16, FLOAT32, FLOAT64, COMPLEX64 ->
                throw new IllegalArgumentException(type + " has no integer rows");
        };
    }
}
