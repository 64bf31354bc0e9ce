package dev.kiln.backends.cpu;

import dev.kiln.graph.DType;
import dev.kiln.ops.BinaryOp;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Rows of floats without gaps, combined where they lie, four in one pass over the numbers. */
final class RowsInMemory implements RowsAcross {

    private static final int LINE = 64;
    private static final Pool<Room> ROOMS = new Pool<>(2 * Runtime.getRuntime().availableProcessors(), Room::new);

    private final Plan plan;
    private final Room room;

    /**
     * What is the same for all threads.
     *
     * @param neutral numbers to begin with, also stands for rows that are missing
     * @param join combines numbers with numbers
     */
    private record Plan(FourRowsLoop loop, FloatLoop join, DType dtype, float neutral, int levels, int width) {

        /** Bytes of a level: not a multiple of 4 KiB, so that a store to one holds up no load of another. */
        long level() {
            return Math.ceilDiv((long) width * Float.BYTES, LINE) * LINE + 5 * LINE;
        }
    }

    /** What a thread needs; kept for the next. */
    private static final class Room {
        private @Nullable Plan prepared;
        Reg result = new Reg(Lane.F32, 0);
        MemorySegment memory = MemorySegment.NULL;

        /** Fills the rows of neutral numbers, unless the room was used for the same before. */
        void prepare(Plan plan) {
            if (plan.equals(prepared)) {
                return;
            }
            prepared = plan;
            long bytes = (plan.levels + 2) * plan.level();
            if (memory.byteSize() < bytes) {
                memory = Arena.ofAuto().allocate(bytes, LINE);
            }
            if (result.capacity() < plan.width) {
                result = new Reg(Lane.F32, plan.width);
            }
            Arrays.fill(result.f(), 0, plan.width, plan.neutral);
            Loops.get().store(DType.FLOAT32).run(result, 0, memory.address(), plan.width);
            Loops.get().store(plan.dtype).run(result, 0, memory.address() + plan.level(), plan.width);
        }
    }

    private RowsInMemory(Plan plan) {
        this.plan = plan;
        room = ROOMS.acquire();
        room.prepare(plan);
    }

    /** Empty if rows are not of that kind, or there is no loop for the function. */
    static Optional<Supplier<RowsAcross>> maker(BinaryOp op, DType dtype, long step, int levels, int width) {
        OptionalDouble neutral = switch (op) {
            case ADD -> OptionalDouble.of(0);
            case MULTIPLY -> OptionalDouble.of(1);
            case MAXIMUM -> OptionalDouble.of(Double.NEGATIVE_INFINITY);
            case MINIMUM -> OptionalDouble.of(Double.POSITIVE_INFINITY);
            default -> OptionalDouble.empty();
        };
        if (neutral.isEmpty() || step != dtype.size()) {
            return Optional.empty();
        }
        return Loops.get().rows(op, dtype).flatMap(
                loop -> Loops.get().inMemory(op.name().toLowerCase(Locale.ROOT), 2).map(join -> {
                    Plan plan = new Plan(loop, join, dtype, (float) neutral.getAsDouble(), levels, width);
                    return () -> new RowsInMemory(plan);
                }));
    }

    @Override
    public void leaf(int level, long address, Walk rows, long first, long count, int n) {
        long numbers = neutral();
        long end = first + count;
        for (long row = first; row < end; row += 4) {
            plan.loop.run(level(level), numbers, address + rows.offset(row),
                    row + 1 < end ? address + rows.offset(row + 1) : missing(),
                    row + 2 < end ? address + rows.offset(row + 2) : missing(),
                    row + 3 < end ? address + rows.offset(row + 3) : missing(), n);
            numbers = level(level);
        }
    }

    private long neutral() {
        return room.memory.address();
    }

    private long missing() {
        return room.memory.address() + plan.level();
    }

    private long level(int level) {
        return room.memory.address() + (level + 2) * plan.level();
    }

    @Override
    public void join(int level, int n) {
        plan.join.run(level(level), level(level), level(level + 1), n);
    }

    @Override
    public Reg result(int n) {
        Loops.get().load(DType.FLOAT32).run(room.result, 0, level(0), Float.BYTES, n);
        return room.result;
    }

    @Override
    public void giveBack() {
        ROOMS.release(room);
    }
}
