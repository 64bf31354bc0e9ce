package dev.kiln.backends.cpu;

import java.util.List;

/** RMS norm of rows of one dtype, straight from memory to memory. */
@FunctionalInterface
public interface RmsNormLoop {

    /** Rows of multiples of this many elements are served. */
    int COLUMNS = 64;

    /**
     * Norms {@code rows} rows of {@code columns} elements that lie one after the other from address {@code x} on, and writes
     * them to {@code out}, which may be {@code x}.
     *
     * @param weight address of a row of weights of the same dtype
     */
    void run(long x, long out, long rows, long weight, int columns, float eps);

    /** The same for a loop that puts rows somewhere on the way. */
    @FunctionalInterface
    interface InRoom {

        /**
         * As {@link RmsNormLoop#run}.
         *
         * @param first room for a row as the dtype's lane holds it
         * @param second more such room
         */
        void run(long x, long out, long rows, long weight, Reg first, Reg second, int columns, float eps);
    }

    /** A loop that is lent the room it needs. */
    static RmsNormLoop lending(InRoom loop) {
        List<Lane> room = List.of(Lane.F32, Lane.F32);
        return (x, out, rows, weight, columns, eps) -> {
            Block block = Block.lend(room, columns, 0);
            loop.run(x, out, rows, weight, block.register(0), block.register(1), columns, eps);
            block.giveBack();
        };
    }
}
