package dev.kiln.graph;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZZ_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;
import org.openjdk.jcstress.infra.results.Z_Result;

/** Blocks of memory under races, for {@link StressTest}. What is not listed as an outcome is forbidden. */
final class MemoryStress {

    private static final long SMALL = 64;
    /** Such a block is mapped by itself and may go back to the operating system. */
    private static final long LARGE = 64 << 10;

    private MemoryStress() {}

    /** Two threads never get the same block, whether it was kept or is new. */
    @JCStressTest
    @State
    @Outcome(id = "true", expect = Expect.ACCEPTABLE, desc = "two blocks")
    public static class TakeAgainstTake {
        private Block a;
        private Block b;

        @Actor
        public void take() {
            a = Memory.take(SMALL);
        }

        @Actor
        public void takeToo() {
            b = Memory.take(SMALL);
        }

        @Arbiter
        public void look(Z_Result result) {
            result.r1 = a.address != b.address;
            a.release();
            b.release();
        }
    }

    /** A block that comes back goes to one of those who ask, with its whole size. */
    @JCStressTest
    @State
    @Outcome(id = "true", expect = Expect.ACCEPTABLE, desc = "two blocks, large enough")
    public static class ReleaseAgainstTake {
        private final Block before = Memory.take(LARGE);
        private Block a;
        private Block b;

        @Actor
        public void releaseAndTake() {
            before.release();
            a = Memory.take(LARGE);
        }

        @Actor
        public void take() {
            b = Memory.take(LARGE);
        }

        @Arbiter
        public void look(Z_Result result) {
            result.r1 = a.address != b.address && Math.min(a.size, b.size) >= LARGE;
            a.release();
            b.release();
        }
    }

    /** A block that two give back is there once. */
    @JCStressTest
    @State
    @Outcome(id = "true", expect = Expect.ACCEPTABLE, desc = "two blocks")
    public static class ReleaseTwice {
        private final Block block = Memory.take(SMALL);

        @Actor
        public void release() {
            block.release();
        }

        @Actor
        public void releaseToo() {
            block.release();
        }

        @Arbiter
        public void look(Z_Result result) {
            Block a = Memory.take(SMALL);
            Block b = Memory.take(SMALL);
            result.r1 = a.address != b.address;
            a.release();
            b.release();
        }
    }

    /** What is kept can be lent or given up, not both: the memory of a block that was lent can be written. */
    @JCStressTest
    @State
    @Outcome(id = "true", expect = Expect.ACCEPTABLE, desc = "the block is there")
    public static class ClearCacheAgainstTake {
        private Block block;

        public ClearCacheAgainstTake() {
            Memory.take(LARGE).release();
        }

        @Actor
        public void clear() {
            Memory.clearCache();
        }

        @Actor
        public void take() {
            block = Memory.take(LARGE);
        }

        @Arbiter
        public void look(Z_Result result) {
            OffHeap.ALL.asSlice(block.address, block.size).fill((byte) 1);
            result.r1 = block.size >= LARGE;
            block.release();
        }
    }

    /** Whoever gets hold of a buffer in time keeps its memory, and it goes back once when nobody does. */
    @JCStressTest
    @State
    @Outcome(id = "true, true, false", expect = Expect.ACCEPTABLE, desc = "held in time; the memory is still there")
    @Outcome(id = "false, true, false", expect = Expect.ACCEPTABLE, desc = "too late; the memory went back once")
    public static class HoldAgainstLastDrop {
        private final Buffer buffer = Buffer.allocate(LARGE);
        private boolean held;

        public HoldAgainstLastDrop() {
            buffer.hold();
        }

        @Actor
        public void hold() {
            held = buffer.hold();
        }

        @Actor
        public void drop() {
            buffer.drop();
        }

        @Arbiter
        public void look(ZZZ_Result result) {
            result.r1 = held;
            Block a = Memory.take(LARGE);
            Block b = Memory.take(LARGE);
            result.r2 = a.address != b.address
                    && !(held && (a.address == buffer.address() || b.address == buffer.address()));
            a.release();
            b.release();
            if (held) {
                buffer.drop();
            }
            result.r3 = buffer.hold();
        }
    }

    /** Small buffers are parts of one chunk: two threads that take and drop them never get the same bytes. */
    @JCStressTest
    @State
    @Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "each its own bytes")
    public static class SmallAgainstSmall {
        private final Buffer dropped = held();
        private Buffer a;
        private Buffer b;

        private static Buffer held() {
            Buffer buffer = Buffer.allocate(SMALL);
            buffer.hold();
            return buffer;
        }

        @Actor
        public void dropAndTake() {
            dropped.drop();
            a = held();
        }

        @Actor
        public void take() {
            b = held();
        }

        @Arbiter
        public void look(ZZ_Result result) {
            Buffer c = held();
            result.r1 = a.address() != b.address();
            result.r2 = c.address() != a.address() && c.address() != b.address();
            a.drop();
            b.drop();
            c.drop();
        }
    }

    /** Whoever waits for something that another brings about sees it, however late it looks and how early it is told. */
    @JCStressTest
    @State
    @Outcome(id = "true", expect = Expect.ACCEPTABLE, desc = "woken, or never asleep")
    public static class WakeAgainstAwait {
        private final Waiters waiters = new Waiters();
        private volatile boolean there;

        @Actor
        public void wake() {
            there = true;
            waiters.wake();
        }

        @Actor
        public void await(Z_Result result) {
            waiters.await(() -> there, "interrupted");
            result.r1 = there;
        }
    }
}
