package dev.kiln.backends.cpu;

import com.google.common.primitives.ImmutableLongArray;
import dev.kiln.graph.DType;
import dev.kiln.graph.Kernel;
import dev.kiln.graph.Layout;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Spec;
import dev.kiln.graph.Work;
import dev.kiln.ops.RmsNormGradient;
import dev.kiln.streams.Stream;
import dev.kiln.streams.Workers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/**
 * Both gradients of an RMS norm in one pass over x and the cotangent. The weight's is added up in float32 over runs of rows, and
 * those in double. How rows are cut into runs and parts depends on their number alone, so the result does not depend on the machine.
 */
final class RmsNormGradientKernel implements Kernel {

    private static final int RUN = 64;
    private static final int LEAST_IN_A_PART = 16;
    private static final int MOST_PARTS = 16;
    private static final Pool<Room> ROOMS = new Pool<>(MOST_PARTS, Room::new);

    /** Where the rows of an input are. */
    private record Rows(Walk starts, long step) {
        static Rows of(Work.Operand operand) {
            int last = operand.spec().shape().rank() - 1;
            int size = operand.spec().dtype().size();
            Shape leading = Shape.shape(Arrays.copyOf(operand.spec().shape().toArray(), last));
            ImmutableLongArray strides = operand.layout().strides().subArray(0, last);
            return new Rows(Walk.of(leading, new Layout(0, strides), size), operand.layout().stride(last) * size);
        }
    }

    private final RmsNormGradientLoops loops = Loops.get().rmsNormGradient().orElseThrow();
    private final Rows x;
    private final Rows weight;
    private final Rows cotangent;
    private final ElementType type;
    private final int columns;
    private final float eps;
    private final long rows;
    private final int byX;
    private final int byWeight;
    private final int parts;
    private final int tasks;

    RmsNormGradientKernel(RmsNormGradient primitive, Work.Several work) {
        x = Rows.of(work.inputs().get(0));
        weight = Rows.of(work.inputs().get(1));
        cotangent = Rows.of(work.inputs().get(2));
        Spec input = work.inputs().getFirst().spec();
        type = ElementType.of(input.dtype());
        columns = (int) input.shape().dim(-1);
        rows = input.shape().size() / columns;
        eps = (float) primitive.eps();
        byX = work.inputs().size() + work.primitives().indexOf(primitive.siblings().get(0));
        byWeight = work.inputs().size() + work.primitives().indexOf(primitive.siblings().get(1));
        parts = Math.clamp(rows / LEAST_IN_A_PART, 1, MOST_PARTS);
        tasks = Tasks.count(parts, 3.0 * rows * columns * type.bytes());
    }

    static boolean serves(RmsNormGradient primitive, List<Spec> inputs, Spec output) {
        long columns = output.shape().dim(-1);
        return output.dtype() != DType.FLOAT64 && Loops.get().rmsNormGradient().isPresent()
                && columns > 0 && columns <= Integer.MAX_VALUE / Float.BYTES
                && columns % RmsNormGradientLoops.COLUMNS == 0;
    }

    @Override
    public void launch(Stream stream, long[] addresses) {
        Room[] rooms = new Room[parts];
        Workers.shared().run(tasks, task -> {
            for (int part = (int) Tasks.start(parts, tasks, task); part < Tasks.start(parts, tasks, task + 1); part++) {
                rooms[part] = ROOMS.acquire();
                rooms[part].prepare(columns);
                run(rooms[part], addresses, Tasks.start(rows, parts, part), Tasks.start(rows, parts, part + 1));
            }
        });
        rooms[0].endRun();
        for (int part = 1; part < parts; part++) {
            rooms[part].addTo(rooms[0].sums);
        }
        loops.narrow(rooms[0].sum(), type, addresses[byWeight], columns);
        for (Room room : rooms) {
            room.giveBack();
        }
    }

    private void run(Room room, long[] addresses, long from, long to) {
        long w = read(weight.step, addresses[1], room.row(Room.WEIGHT));
        for (long first = from; first < to; first += RUN) {
            if (first > from) {
                room.endRun();
            }
            long end = Math.min(to, first + RUN);
            for (long row = first; row < end; row += RmsNormGradientLoops.ROWS) {
                rows(room, addresses, w, row, (int) Math.min(RmsNormGradientLoops.ROWS, end - row));
            }
        }
    }

    private void rows(Room room, long[] addresses, long w, long first, int count) {
        for (int i = 0; i < RmsNormGradientLoops.ROWS; i++) {
            room.byX[i] = room.row(Room.BY_X + i);
            if (i < count) {
                room.x[i] = read(x.step, addresses[0] + x.starts.offset(first + i), room.row(Room.X + i));
                room.cotangents[i] = read(cotangent.step, addresses[2] + cotangent.starts.offset(first + i),
                        room.row(Room.COTANGENTS + i));
                if (type == ElementType.F32) {
                    room.byX[i] = result(addresses, first + i);
                }
            } else { // a row that adds nothing
                room.x[i] = room.row(Room.ONES);
                room.cotangents[i] = room.row(Room.ZEROS);
            }
        }
        loops.run(room.x, w, room.cotangents, room.byX, room.row(Room.BY_WEIGHT), columns, eps, room.numbers);
        for (int i = 0; i < count && type != ElementType.F32; i++) {
            loops.narrow(room.byX[i], type, result(addresses, first + i), columns);
        }
    }

    private long result(long[] addresses, long row) {
        return addresses[byX] + row * columns * type.bytes();
    }

    /** Where the row at {@code address} is as float32 without gaps: there, or copied to {@code copy}. */
    private long read(long step, long address, long copy) {
        if (type == ElementType.F32 && step == Float.BYTES) {
            return address;
        }
        loops.widen(type, address, step, copy, columns);
        return copy;
    }

    /** What a part needs: some rows of float32, and the sums of the runs that have ended. */
    private static final class Room {
        static final int WEIGHT = 0;
        static final int BY_WEIGHT = 1;
        static final int ONES = 2;
        static final int ZEROS = 3;
        static final int X = 4;
        static final int COTANGENTS = X + RmsNormGradientLoops.ROWS;
        static final int BY_X = COTANGENTS + RmsNormGradientLoops.ROWS;
        private static final int ROWS = BY_X + RmsNormGradientLoops.ROWS;
        /** So that rows do not begin a multiple of 4 KiB apart, where a store holds up loads. */
        private static final int APART = 5 * 64;
        private static final int MOST_KEPT_COLUMNS = 1 << 16;

        final long[] x = new long[RmsNormGradientLoops.ROWS];
        final long[] cotangents = new long[RmsNormGradientLoops.ROWS];
        final long[] byX = new long[RmsNormGradientLoops.ROWS];
        final float[] numbers = new float[RmsNormGradientLoops.NUMBERS];
        private MemorySegment memory = MemorySegment.NULL;
        private double[] sums = {};
        private int columns;
        private boolean hasEnded;

        void prepare(int forColumns) {
            if (columns != forColumns) {
                columns = forColumns;
                sums = new double[columns];
                memory = Arena.ofAuto().allocate(ROWS * ((long) columns * Float.BYTES + APART), 64);
                for (int i = 0; i < columns; i++) {
                    Elements.putFloat(row(ONES) + 4L * i, 1);
                }
            }
            hasEnded = false;
            clear();
        }

        long row(int number) {
            return memory.address() + number * ((long) columns * Float.BYTES + APART);
        }

        /** Adds what has been added to the row to the sums, and begins it anew. */
        void endRun() {
            if (!hasEnded) {
                Arrays.fill(sums, 0);
                hasEnded = true;
            }
            addRun(sums);
            clear();
        }

        private void addRun(double[] to) {
            long run = row(BY_WEIGHT);
            for (int i = 0; i < columns; i++) {
                to[i] += Elements.getFloat(run + 4L * i);
            }
        }

        private void clear() {
            memory.asSlice(row(BY_WEIGHT) - memory.address(), (long) columns * Float.BYTES).fill((byte) 0);
        }

        /** Adds all runs. */
        void addTo(double[] total) {
            addRun(total);
            for (int i = 0; hasEnded && i < columns; i++) {
                total[i] += sums[i];
            }
        }

        /** The address of the sums as float32. */
        long sum() {
            long row = row(BY_WEIGHT);
            for (int i = 0; i < columns; i++) {
                Elements.putFloat(row + 4L * i, (float) sums[i]);
            }
            return row;
        }

        void giveBack() {
            if (columns <= MOST_KEPT_COLUMNS) {
                ROOMS.release(this);
            }
        }
    }
}
