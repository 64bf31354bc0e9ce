package dev.kiln.backends.cpu.vector;

import dev.kiln.backends.cpu.Arithmetic;
import dev.kiln.backends.cpu.BinaryLoop;
import dev.kiln.backends.cpu.FloatRows;
import dev.kiln.backends.cpu.IntegerRows;
import dev.kiln.backends.cpu.Lane;
import dev.kiln.backends.cpu.LoadLoop;
import dev.kiln.backends.cpu.LoopTable;
import dev.kiln.backends.cpu.LoopTemplate;
import dev.kiln.backends.cpu.Loops;
import dev.kiln.backends.cpu.SelectLoop;
import dev.kiln.backends.cpu.StoreLoop;
import dev.kiln.backends.cpu.TileLoops;
import dev.kiln.backends.cpu.UnaryLoop;
import dev.kiln.graph.DType;
import dev.kiln.ops.BinaryOp;
import dev.kiln.ops.UnaryOp;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;

/** Loops written with the Vector API, and the scalar ones for what has no vector form. */
public final class VectorLoops implements Loops {
    private static final Lookup LOOKUP = MethodHandles.lookup();

    private final Loops scalar;
    private final LoopTable<UnaryOp, UnaryLoop> unary = new LoopTable<>();
    private final LoopTable<BinaryOp, BinaryLoop> binary = new LoopTable<>();
    private final UnaryLoop toFloat16 = round(SixteenBits::toFloat16);
    private final UnaryLoop toBfloat16 = round(SixteenBits::toBfloat16);
    private final LoadLoop loadFloat16;
    private final LoadLoop loadBfloat16;
    private final StoreLoop storeFloat16;
    private final StoreLoop storeBfloat16;
    private final TileLoops tiles = new VectorTiles();
    private final FloatRows f32Rows = new VectorRowsF32();
    private final FloatRows f64Rows = new VectorRowsF64();

    /** Vector loops that leave to {@code scalar} what they lack. */
    public VectorLoops(Loops scalar) {
        this.scalar = scalar;
        F32Table.fillUnary(unary);
        F32Table.fillBinary(binary);
        F64Table.fillUnary(unary);
        F64Table.fillBinary(binary);
        I64Table.fillBinary(binary);
        loadFloat16 = SixteenBits.loadFloat16(scalar.load(DType.FLOAT16));
        loadBfloat16 = SixteenBits.loadBfloat16(scalar.load(DType.BFLOAT16));
        storeFloat16 = SixteenBits.storeFloat16(scalar.store(DType.FLOAT16));
        storeBfloat16 = SixteenBits.storeBfloat16(scalar.store(DType.BFLOAT16));
    }

    private static UnaryLoop round(F32Templates.Function fn) {
        return LoopTemplate.instantiate(LOOKUP, F32Templates.Unary.class, fn);
    }

    @Override
    public boolean has(UnaryOp op, DType type) {
        return scalar.has(op, type);
    }

    @Override
    public boolean has(BinaryOp op, DType type) {
        return scalar.has(op, type);
    }

    @Override
    public UnaryLoop unary(UnaryOp op, DType type) {
        Arithmetic arithmetic = Arithmetic.of(type);
        return unary.has(op, arithmetic) ? unary.get(op, arithmetic) : scalar.unary(op, type);
    }

    @Override
    public BinaryLoop binary(BinaryOp op, DType type) {
        Arithmetic arithmetic = Arithmetic.of(type);
        return binary.has(op, arithmetic) ? binary.get(op, arithmetic) : scalar.binary(op, type);
    }

    @Override
    public SelectLoop select(DType type) {
        return switch (Lane.of(type)) {
            case F32 -> VectorSelects::f32;
            case F64 -> VectorSelects::f64;
            case I64 -> VectorSelects::i64;
            case C64 -> scalar.select(type);
        };
    }

    @Override
    public UnaryLoop convert(DType from, DType to) {
        return scalar.convert(from, to);
    }

    @Override
    public UnaryLoop round(DType type) {
        return switch (type) {
            case FLOAT16 -> toFloat16;
            case BFLOAT16 -> toBfloat16;
            case BOOL, UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64, FLOAT32, FLOAT64, COMPLEX64 ->
                scalar.round(type);
        };
    }

    @Override
    public LoadLoop load(DType type) {
        return switch (type) {
            case FLOAT16 -> loadFloat16;
            case BFLOAT16 -> loadBfloat16;
            case BOOL, UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64, FLOAT32, FLOAT64, COMPLEX64 ->
                scalar.load(type);
        };
    }

    @Override
    public StoreLoop store(DType type) {
        return switch (type) {
            case FLOAT16 -> storeFloat16;
            case BFLOAT16 -> storeBfloat16;
            case BOOL, UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64, FLOAT32, FLOAT64, COMPLEX64 ->
                scalar.store(type);
        };
    }

    @Override
    public FloatRows floatRows(DType type) {
        return switch (type) {
            case FLOAT16, BFLOAT16, FLOAT32 -> f32Rows;
            case FLOAT64 -> f64Rows;
            case BOOL, UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64, COMPLEX64 -> scalar.floatRows(type);
        };
    }

    @Override
    public TileLoops tiles() {
        return tiles;
    }

    @Override
    public IntegerRows integerRows(DType type) {
        return scalar.integerRows(type);
    }

    /** Names the width of the vectors. */
    @Override
    public String toString() {
        return "vectors of " + Species.F32.vectorBitSize() + " bits";
    }
}
