package dev.kiln.backends.cpu;

import dev.kiln.graph.DType;
import dev.kiln.ops.BinaryOp;
import dev.kiln.ops.UnaryOp;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Loops in plain Java: everything there is, on any JVM. */
final class ScalarLoops implements Loops {
    private final LoopTable<UnaryOp, UnaryLoop> unary = new LoopTable<>((op, arithmetic) -> switch (arithmetic) {
        case F32 -> FloatTable.F32.unary(op);
        case F64 -> FloatTable.F64.unary(op);
        case INTEGER -> IntegerTable.unary(op);
        case UNSIGNED -> IntegerTable.unaryOfUnsigned(op);
        case TRUTH -> IntegerTable.unaryOfTruth(op);
        case COMPLEX -> ComplexTable.unary(op);
    });
    private final LoopTable<BinaryOp, BinaryLoop> binary = new LoopTable<>((op, arithmetic) -> switch (arithmetic) {
        case F32 -> FloatTable.F32.binary(op);
        case F64 -> FloatTable.F64.binary(op);
        case INTEGER -> IntegerTable.binary(op);
        case UNSIGNED -> IntegerTable.binaryOfUnsigned(op);
        case TRUTH -> IntegerTable.binaryOfTruth(op);
        case COMPLEX -> ComplexTable.binary(op);
    });
    private final ConcurrentMap<DType, LoadLoop> loads = new ConcurrentHashMap<>();
    private final ConcurrentMap<DType, StoreLoop> stores = new ConcurrentHashMap<>();
    private final TileLoops tiles = new ScalarTiles();
    private final MatrixProduct matrices = new ScalarMatrixProduct();
    private final FloatRows f32Rows = new ScalarRowsF32();
    private final FloatRows f64Rows = new ScalarRowsF64();

    @Override
    public boolean has(UnaryOp op, DType type) {
        return unary.find(op, Arithmetic.of(type)).isPresent();
    }

    @Override
    public boolean has(BinaryOp op, DType type) {
        return binary.find(op, Arithmetic.of(type)).isPresent();
    }

    @Override
    public UnaryLoop unary(UnaryOp op, DType type) {
        return unary.find(op, Arithmetic.of(type)).orElseThrow(() -> missing(op, type));
    }

    @Override
    public BinaryLoop binary(BinaryOp op, DType type) {
        return binary.find(op, Arithmetic.of(type)).orElseThrow(() -> missing(op, type));
    }

    private static IllegalArgumentException missing(Enum<?> op, DType type) {
        return new IllegalArgumentException("[" + op + "] has no CPU loop for arguments of type " + type);
    }

    @Override
    public SelectLoop select(DType type) {
        return Selects.of(Lane.of(type));
    }

    @Override
    public UnaryLoop convert(DType from, DType to) {
        return Casts.convert(from, to);
    }

    @Override
    public UnaryLoop round(DType type) {
        return Rounding.to(type);
    }

    @Override
    public LoadLoop load(DType type) {
        return loads.computeIfAbsent(type, Loads::of);
    }

    @Override
    public StoreLoop store(DType type) {
        return stores.computeIfAbsent(type, Stores::of);
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

    @Override
    public MatrixProduct matrices() {
        return matrices;
    }
}
