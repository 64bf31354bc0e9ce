package dev.kiln.backends.cpu;

import dev.kiln.graph.DType;
import dev.kiln.graph.Kernel;
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
 * Both gradients of an RMS norm in one pass over x and the cotangent. The weight's is added up in float32 over runs of rows, in
 * double over the runs of a part, and over the few parts in float32 again. How rows are cut into runs and parts depends on their
 * number alone, so the result does not depend on the machine.
 */
final class RmsNormGradientKernel implements Kernel {

    private static final int ROWS = RmsNormGradientLoops.ROWS;
    private static final int GROUPS_OF_A_RUN = 64 / ROWS;
    private static final int LEAST_GROUPS_IN_A_PART = 16 / ROWS;
    private static final int MOST_PARTS = 16;
    /** Bytes of a result that no longer fit the caches beside the inputs. */
    private static final double FAR = 32 << 20;
    /** Each part has room for some rows. */
    private static final int LONGEST_ROW = 1 << 15;
    private static final Pool<Room> ROOMS = new Pool<>(MOST_PARTS, Room::new);

    private final RmsNormGradientLoops loops = Loops.get().rmsNormGradient().orElseThrow();
    private final InputRows x;
    private final InputRows weight;
    private final InputRows cotangent;
    private final ElementType type;
    private final int columns;
    private final float eps;
    private final long rows;
    private final long groups;
    private final boolean direct;
    /** Whether what is written will have left the caches since it was written the last time. */
    private final boolean far;
    private final int byX;
    private final int byWeight;
    private final int parts;
    private final int tasks;

    RmsNormGradientKernel(RmsNormGradient primitive, Work.Several work) {
        x = InputRows.of(work.inputs().get(0));
        weight = InputRows.of(work.inputs().get(1));
        cotangent = InputRows.of(work.inputs().get(2));
        Spec input = work.inputs().getFirst().spec();
        type = ElementType.of(input.dtype());
        columns = (int) input.shape().dim(-1);
        rows = input.shape().size() / columns;
        eps = (float) primitive.eps();
        byX = work.inputs().size() + work.primitives().indexOf(primitive.siblings().get(0));
        byWeight = work.inputs().size() + work.primitives().indexOf(primitive.siblings().get(1));
        groups = Math.ceilDiv(rows, ROWS);
        direct = x.areGapless(type, columns) && cotangent.areGapless(type, columns);
        far = (double) rows * columns * type.bytes() >= FAR;
        parts = Math.clamp(groups / LEAST_GROUPS_IN_A_PART, 1, MOST_PARTS);
        tasks = Tasks.count(parts, 3.0 * rows * columns * type.bytes());
    }

    static boolean serves(RmsNormGradient primitive, List<Spec> inputs, Spec output) {
        long columns = output.shape().dim(-1);
        return output.dtype() != DType.FLOAT64 && Loops.get().rmsNormGradient().isPresent()
                && columns > 0 && columns <= LONGEST_ROW
                && columns % RmsNormGradientLoops.COLUMNS == 0;
    }

    @Override
    public void launch(Stream stream, long[] addresses) {
        Room[] rooms = new Room[parts];
        Workers.shared().run(tasks, task -> {
            for (int part = (int) Tasks.start(parts, tasks, task); part < Tasks.start(parts, tasks, task + 1); part++) {
                rooms[part] = ROOMS.acquire();
                rooms[part].prepare(columns);
                run(rooms[part], addresses, Tasks.start(groups, parts, part), Tasks.start(groups, parts, part + 1));
            }
        });
        long sum = rooms[0].row(Room.BY_WEIGHT);
        for (int part = 1; part < parts; part++) {
            loops.add(sum, rooms[part].row(Room.BY_WEIGHT), columns);
        }
        loops.narrow(sum, type, addresses[byWeight], columns);
        for (Room room : rooms) {
            ROOMS.release(room);
        }
    }

    /** Adds up groups of rows. */
    private void run(Room room, long[] addresses, long from, long to) {
        long w = type == ElementType.F32 && weight.step() == Float.BYTES ? addresses[1] : room.row(Room.WEIGHT);
        if (w != addresses[1]) {
            loops.widen(type, addresses[1], weight.step(), w, columns);
        }
        for (long group = from; group < to; group++) {
            if (group > from && (group - from) % GROUPS_OF_A_RUN == 0) {
                room.endRun();
            }
            long first = group * ROWS;
            if (direct && first + ROWS <= rows) {
                long offset = first * columns * Float.BYTES;
                if (far) {
                    loops.fetch(addresses[byX] + offset, (long) ROWS * columns * Float.BYTES, room.numbers);
                }
                loops.run(addresses[0] + offset, w, addresses[2] + offset, addresses[byX] + offset,
                        room.row(Room.BY_WEIGHT), room.partials(), columns, eps, room.numbers);
            } else {
                copied(room, addresses, w, first, (int) Math.min(ROWS, rows - first));
            }
        }
        if (to - from > GROUPS_OF_A_RUN) {
            room.addRuns();
        }
    }

    /** A group of fewer rows, or of rows that are not as the loops want them. */
    private void copied(Room room, long[] addresses, long w, long first, int count) {
        for (int i = 0; i < ROWS; i++) {
            long row = first + Math.min(i, count - 1);
            loops.widen(type, addresses[0] + x.starts().offset(row), x.step(), room.row(Room.X + i), columns);
            if (i < count) {
                loops.widen(type, addresses[2] + cotangent.starts().offset(row), cotangent.step(),
                        room.row(Room.COTANGENTS + i), columns);
            } else { // the last row again adds nothing
                room.clear(Room.COTANGENTS + i);
            }
        }
        loops.run(room.row(Room.X), w, room.row(Room.COTANGENTS), room.row(Room.BY_X), room.row(Room.BY_WEIGHT),
                room.partials(), columns, eps, room.numbers);
        for (int i = 0; i < count; i++) {
            loops.narrow(room.row(Room.BY_X + i), type, addresses[byX] + (first + i) * columns * type.bytes(), columns);
        }
    }

    /** What a part needs: some rows of float32, and the sums of the runs that have ended. */
    private static final class Room {
        static final int WEIGHT = 0;
        static final int BY_WEIGHT = 1;
        static final int X = 2;
        static final int COTANGENTS = X + ROWS;
        static final int BY_X = COTANGENTS + ROWS;
        private static final int ALL = BY_X + ROWS;

        final float[] numbers = new float[RmsNormGradientLoops.NUMBERS];
        private MemorySegment memory = MemorySegment.NULL;
        private double[] sums = {};
        private int columns;

        void prepare(int forColumns) {
            if (columns != forColumns) {
                columns = forColumns;
                sums = new double[columns];
                memory = Arena.ofAuto().allocate(((long) ALL * columns + RmsNormGradientLoops.PARTIALS) * Float.BYTES,
                        64);
            }
            clear(BY_WEIGHT);
        }

        long row(int number) {
            return memory.address() + (long) number * columns * Float.BYTES;
        }

        long partials() {
            return row(ALL);
        }

        /** Adds what has been added to the row to the sums, and begins it anew. */
        void endRun() {
            long run = row(BY_WEIGHT);
            for (int i = 0; i < columns; i++) {
                sums[i] += Elements.getFloat(run + 4L * i);
            }
            clear(BY_WEIGHT);
        }

        /** Adds all that has been added to the row, and begins the sums anew. */
        void addRuns() {
            long run = row(BY_WEIGHT);
            for (int i = 0; i < columns; i++) {
                Elements.putFloat(run + 4L * i, (float) (sums[i] + Elements.getFloat(run + 4L * i)));
            }
            Arrays.fill(sums, 0);
        }

        void clear(int number) {
            memory.asSlice((long) number * columns * Float.BYTES, (long) columns * Float.BYTES).fill((byte) 0);
        }
    }
}
