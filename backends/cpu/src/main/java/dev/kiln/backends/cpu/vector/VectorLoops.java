package dev.kiln.backends.cpu.vector;

import dev.kiln.backends.cpu.Arithmetic;
import dev.kiln.backends.cpu.BinaryLoop;
import dev.kiln.backends.cpu.FloatChain;
import dev.kiln.backends.cpu.FloatLoop;
import dev.kiln.backends.cpu.FloatRows;
import dev.kiln.backends.cpu.FourRowsLoop;
import dev.kiln.backends.cpu.Formula;
import dev.kiln.backends.cpu.IntegerRows;
import dev.kiln.backends.cpu.Lane;
import dev.kiln.backends.cpu.LoadLoop;
import dev.kiln.backends.cpu.LoopTable;
import dev.kiln.backends.cpu.LoopTemplate;
import dev.kiln.backends.cpu.Loops;
import dev.kiln.backends.cpu.MatrixProduct;
import dev.kiln.backends.cpu.SelectLoop;
import dev.kiln.backends.cpu.Passes;
import dev.kiln.backends.cpu.RmsNormGradientLoops;
import dev.kiln.backends.cpu.RmsNormLoop;
import dev.kiln.backends.cpu.RowCode;
import dev.kiln.backends.cpu.StoreLoop;
import dev.kiln.backends.cpu.TileLoops;
import dev.kiln.backends.cpu.TransposeLoop;
import dev.kiln.backends.cpu.UnaryLoop;
import dev.kiln.graph.DType;
import dev.kiln.ops.BinaryOp;
import dev.kiln.ops.UnaryOp;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Loops written with the Vector API, and the scalar ones for what has no vector form. */
public final class VectorLoops implements Loops {
    private static final Lookup LOOKUP = MethodHandles.lookup();

    private record InMemory(String function, int arguments) {}

    private record OfRows(BinaryOp op, DType type) {}

    private final Loops scalar;
    private final LoopTable<UnaryOp, UnaryLoop> unary = new LoopTable<>((op, arithmetic) -> switch (arithmetic) {
        case F32 -> FunctionTable.F32.unary(op);
        case F64 -> FunctionTable.F64.unary(op);
        case INTEGER, UNSIGNED, TRUTH, COMPLEX -> null;
    });
    private final LoopTable<BinaryOp, BinaryLoop> binary = new LoopTable<>((op, arithmetic) -> switch (arithmetic) {
        case F32 -> FunctionTable.F32.binary(op);
        case F64 -> FunctionTable.F64.binary(op);
        case INTEGER, TRUTH -> I64Table.binary(op);
        case UNSIGNED -> I64Table.unsigned(op);
        case COMPLEX -> null;
    });
    private final ConcurrentMap<DType, UnaryLoop> rounding = new ConcurrentHashMap<>();
    private final ConcurrentMap<Lane, FloatRows> rows = new ConcurrentHashMap<>();
    private final ConcurrentMap<DType, LoadLoop> loads = new ConcurrentHashMap<>();
    private final ConcurrentMap<DType, List<RmsNormLoop>> norms = new ConcurrentHashMap<>();
    private final ConcurrentMap<InMemory, Optional<FloatLoop>> inMemory = new ConcurrentHashMap<>();
    private final ConcurrentMap<OfRows, Optional<FourRowsLoop>> rowsInMemory = new ConcurrentHashMap<>();
    private final FloatChain chain = new F32Chain();
    private final TileLoops tiles = new VectorTiles();
    private final MatrixProduct matrices = new VectorMatrixProduct();

    /** Vector loops that leave to {@code scalar} what they lack. */
    public VectorLoops(Loops scalar) {
        this.scalar = scalar;
    }

    private static UnaryLoop round(String function) {
        return FunctionTable.F32.unary(function).orElseThrow();
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
        return unary.find(op, Arithmetic.of(type)).orElseGet(() -> scalar.unary(op, type));
    }

    @Override
    public BinaryLoop binary(BinaryOp op, DType type) {
        return binary.find(op, Arithmetic.of(type)).orElseGet(() -> scalar.binary(op, type));
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
            case FLOAT16 -> rounding.computeIfAbsent(type, _ -> round("to_float16"));
            case BFLOAT16 -> rounding.computeIfAbsent(type, _ -> round("to_bfloat16"));
            case BOOL, UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64, FLOAT32, FLOAT64, COMPLEX64 ->
                scalar.round(type);
        };
    }

    @Override
    public LoadLoop load(DType type) {
        return switch (type) {
            case FLOAT16 -> loads.computeIfAbsent(type,
                    _ -> LoopTemplate.instantiate(LOOKUP, LoadFloat16.class, scalar.load(type)));
            case BFLOAT16 -> SixteenBits.loadBfloat16(scalar.load(type));
            case BOOL, UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64, FLOAT32, FLOAT64, COMPLEX64 ->
                scalar.load(type);
        };
    }

    @Override
    public StoreLoop store(DType type) {
        return switch (type) {
            case BFLOAT16 -> SixteenBits.storeBfloat16(scalar.store(type));
            case BOOL, UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64, FLOAT16, FLOAT32, FLOAT64,
                    COMPLEX64 ->
                scalar.store(type);
        };
    }

    @Override
    public FloatRows floatRows(DType type) {
        return switch (type) {
            case FLOAT16, BFLOAT16, FLOAT32 -> rows.computeIfAbsent(Lane.F32, _ -> new VectorRowsF32());
            case FLOAT64 -> rows.computeIfAbsent(Lane.F64, _ -> new VectorRowsF64());
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

    @Override
    public Optional<RowCode> write(Formula formula, Passes passes) {
        return RowCodeWriter.write(formula, passes);
    }

    @Override
    public Optional<FloatLoop> inMemory(String function, int arguments) {
        return inMemory.computeIfAbsent(new InMemory(function, arguments),
                key -> F32MemoryTable.loop(key.function, key.arguments));
    }

    @Override
    public Optional<FloatChain> chain() {
        return Optional.of(chain);
    }

    @Override
    public List<RmsNormLoop> rmsNorm(DType type) {
        return norms.computeIfAbsent(type, this::norms);
    }

    private List<RmsNormLoop> norms(DType type) {
        return switch (type) {
            case FLOAT16 -> List.of(
                    RmsNormLoop.lending(LoopTemplate.instantiate(LOOKUP, Float16Norm.class, floatRows(type))));
            case BFLOAT16 -> List.of(
                    RmsNormLoop.lending(LoopTemplate.apart(LOOKUP, RmsNormLoop.InRoom.class, new Bfloat16Norm())));
            case FLOAT32 -> List.of(LoopTemplate.apart(LOOKUP, RmsNormLoop.class, new Float32Norm()),
                    LoopTemplate.apart(LOOKUP, RmsNormLoop.class, new Float32NormAhead()));
            case BOOL, UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64, FLOAT64, COMPLEX64 -> List.of();
        };
    }

    @Override
    public Optional<FourRowsLoop> rows(BinaryOp op, DType type) {
        return rowsInMemory.computeIfAbsent(new OfRows(op, type), key -> F32MemoryTable.rows(key.op, key.type));
    }

    @Override
    public Optional<TransposeLoop> transpose(int size) {
        return switch (size) {
            case Integer.BYTES -> Optional.of(Transposition::ints);
            case Short.BYTES -> Optional.of(Transposition::shorts);
            default -> Optional.empty();
        };
    }

    @Override
    public Optional<RmsNormGradientLoops> rmsNormGradient() {
        return Optional.of(new Float32NormGradient());
    }

    /** Names the width of the vectors. */
    @Override
    public String toString() {
        return "vectors of " + Species.F32.vectorBitSize() + " bits";
    }

    @Override
    public MatrixProduct matrices() {
        return matrices;
    }
}
