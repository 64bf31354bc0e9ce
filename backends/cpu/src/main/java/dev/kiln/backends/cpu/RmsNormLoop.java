package dev.kiln.backends.cpu;

/** RMS norm of rows of one dtype, straight from memory to memory. */
@FunctionalInterface
public interface RmsNormLoop {

    /** Rows of multiples of this many elements are served. */
    int COLUMNS = 64;

    /**
     * Norms {@code rows} rows, at least one, of {@code columns} elements that lie one after the other from address {@code x} on,
     * and writes them to {@code out}, which may be {@code x}.
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
         * @param room is the loop's until it returns
         */
        void run(long x, long out, long rows, long weight, NormRoom room, int columns, float eps);
    }

    /** A loop that is lent the room it needs. */
    static RmsNormLoop lending(InRoom loop) {
        return (x, out, rows, weight, columns, eps) -> {
            NormRoom room = NormRoom.lend(columns);
            loop.run(x, out, rows, weight, room, columns, eps);
            room.giveBack();
        };
    }
}
