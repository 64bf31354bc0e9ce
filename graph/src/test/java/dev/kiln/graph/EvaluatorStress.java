package dev.kiln.graph;

import dev.kiln.streams.Device;
import dev.kiln.streams.Stream;
import java.util.List;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;
import org.openjdk.jcstress.infra.results.ZZZ_Result;

/** Evaluations and their plans under races, for {@link StressTest}. What is not listed as an outcome is forbidden. */
final class EvaluatorStress {

    private static final Stream ONE = Stream.of(Device.CPU);
    private static final Stream OTHER = Stream.of(Device.CPU);
    private static final Stream THIRD = Stream.of(Device.CPU);
    private static final Node LEAF = Toys.counting(ONE, 4);

    private EvaluatorStress() {}

    /** Values that no earlier round has left in memory: n, n, n, n. */
    private static Node fresh(int n) {
        return Toys.vector(ONE, n, n, n, n);
    }

    /** Two threads that ask for one value both get it. */
    @JCStressTest
    @State
    @Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "both read the sum")
    public static class SameNode {
        private static int next;

        private final int n = next++;
        private final Node node = Toys.totals(fresh(n));

        @Actor
        public void read(ZZ_Result result) {
            result.r1 = Toys.values(node)[3] == 4.0 * n;
        }

        @Actor
        public void readToo(ZZ_Result result) {
            result.r2 = Toys.values(node)[3] == 4.0 * n;
        }
    }

    /** An evaluation waits for what another is still computing on a stream that only that one uses. */
    @JCStressTest
    @State
    @Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "both read their sums")
    public static class SharedInputForTwoStreams {
        private static int next;

        private final int n = next++;
        private final Node shared = Toys.totals(fresh(n));
        private final Node first = Toys.on(OTHER, new Toy.Totals(), shared);
        private final Node second = Toys.on(THIRD, new Toy.Totals(), shared);

        @Actor
        public void readFirst(ZZ_Result result) {
            result.r1 = Toys.values(first)[3] == 10.0 * n;
        }

        @Actor
        public void readSecond(ZZ_Result result) {
            result.r2 = Toys.values(second)[3] == 10.0 * n;
        }
    }

    /** Two evaluations that go back and forth between the same streams do not wait for each other for ever. */
    @JCStressTest
    @State
    @Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "both read their sums")
    public static class SharedInputOnTwoStreams {
        private static int next;

        private final int n = next++;
        private final Node shared = Toys.totals(fresh(n));
        private final Node there = Toys.on(OTHER, new Toy.Totals(), shared);
        private final Node back = Toys.on(ONE, new Toy.Totals(), there);
        private final Node sum = Toys.on(OTHER, new Toy.Pointwise(Toy.Op.ADD), shared, shared);

        @Actor
        public void goThereAndBack(ZZ_Result result) {
            result.r1 = Toys.values(back)[3] == 20.0 * n;
        }

        @Actor
        public void goThere(ZZ_Result result) {
            result.r2 = Toys.values(sum)[3] == 8.0 * n;
        }
    }

    /** A node that is released while it is computed is read before that, or not at all. */
    @JCStressTest
    @State
    @Outcome(id = "read, released", expect = Expect.ACCEPTABLE, desc = "reading was first")
    @Outcome(id = "released, released", expect = Expect.ACCEPTABLE, desc = "releasing was first")
    public static class ReadAgainstRelease {
        private static int next;

        private final int n = next++;
        private final Node node = Toys.totals(fresh(n));

        private String read() {
            try {
                return Toys.values(node)[3] == 4.0 * n ? "read" : "wrong";
            } catch (IllegalStateException released) {
                return "released";
            }
        }

        @Actor
        public void read(LL_Result result) {
            result.r1 = read();
        }

        @Actor
        public void release() {
            while (node.state() instanceof Node.Lazy) {
                Thread.onSpinWait(); // reading takes longer to begin than releasing
            }
            node.release();
        }

        @Arbiter
        public void readAgain(LL_Result result) {
            result.r2 = read();
        }
    }

    /** Two threads that find no plan each get one that fits, and one of these two is found from then on. */
    @JCStressTest
    @State
    @Outcome(id = "true, true, true", expect = Expect.ACCEPTABLE, desc = "both plans fit, one is kept")
    public static class MissingPlan {
        private static final int STRUCTURES = 1 << 14;
        private static int next;

        private final Node node = new Toy.Halved(next++ % STRUCTURES).of(LEAF);
        private final Capture first = Capture.of(List.of(node));
        private final Capture second = Capture.of(List.of(node));
        private Plan ofFirst;
        private Plan ofSecond;

        @Actor
        public void planFirst(ZZZ_Result result) {
            ofFirst = Plans.of(first);
            result.r1 = ofFirst.holdsFor(first);
        }

        @Actor
        public void planSecond(ZZZ_Result result) {
            ofSecond = Plans.of(second);
            result.r2 = ofSecond.holdsFor(second);
        }

        @Arbiter
        public void planAgain(ZZZ_Result result) {
            Plan known = Plans.of(first);
            result.r3 = known == ofFirst || known == ofSecond;
        }
    }
}
