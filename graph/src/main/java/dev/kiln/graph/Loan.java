package dev.kiln.graph;

import java.lang.System.Logger.Level;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;

/**
 * A block that is lent to an object: it comes back when that is given up, or when the collector finds that nobody has it any
 * more. The block refers to the loan meanwhile, and all blocks are known, so loans need no list of their own, which every
 * result would be entered to and crossed out of.
 */
non-sealed class Loan extends PhantomReference<Object> implements Lender {

    private static final System.Logger LOG = System.getLogger(Loan.class.getName());
    private static final ReferenceQueue<Object> FORGOTTEN = new ReferenceQueue<>();

    static {
        Thread.ofPlatform().daemon().name("kiln-cleaner").start(Loan::takeBackForgotten);
    }

    private final Block block;

    Loan(Object borrower, Block block) {
        super(borrower, FORGOTTEN);
        this.block = block;
        block.lend(this);
    }

    @Override
    public final void takeBack(long bytes) {
        end();
    }

    /** Gives the block back; a second call does nothing. */
    final void end() {
        if (block.end(this)) {
            clear();
            returned(block);
        }
    }

    /** The block is back. */
    void returned(Block block) {
        Memory.giveBack(block);
    }

    private static void takeBackForgotten() {
        while (true) {
            try {
                ((Loan) FORGOTTEN.remove()).end();
                Collector.foundForgotten();
            } catch (InterruptedException nobodyHasAReason) {
                Thread.currentThread().interrupt();
                return;
            } catch (RuntimeException | Error failed) { // one block is lost; those that are forgotten later need not be
                LOG.log(Level.WARNING, "A forgotten block did not come back", failed);
            }
        }
    }
}
