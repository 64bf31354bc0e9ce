package dev.kiln.backends.cpu;

/** Where a norm of 16-bit elements puts rows on the way. It is lent, since fresh arrays cost as much as a row. */
public final class NormRoom {

    private static final Pool<NormRoom> POOL = new Pool<>(2 * Runtime.getRuntime().availableProcessors(),
            () -> new NormRoom(0));
    private static final int MOST_KEPT_COLUMNS = 1 << 20;

    private final Reg wide;
    private final short[] row;
    private final short[] weights;

    private NormRoom(int columns) {
        wide = new Reg(Lane.F32, columns);
        row = new short[columns];
        weights = new short[columns];
    }

    /** Room for rows of at least {@code columns}. */
    static NormRoom lend(int columns) {
        NormRoom lent = POOL.acquire();
        return lent.row.length < columns ? new NormRoom(columns) : lent;
    }

    /** Ends the loan. What has grown large is left to the collector. */
    void giveBack() {
        if (row.length <= MOST_KEPT_COLUMNS) {
            POOL.release(this);
        }
    }

    /** A row of what the dtype's lane holds. */
    public Reg wide() {
        return wide;
    }

    /** A row as memory holds it. */
    public short[] row() {
        return row;
    }

    /** Another. */
    public short[] weights() {
        return weights;
    }
}
