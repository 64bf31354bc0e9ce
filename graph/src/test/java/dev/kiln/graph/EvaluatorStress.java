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
import org.openjdk.jcstress.infra.results.DD_Result;
import org.openjdk.jcstress.infra.results.ZZZ_Result;

/** Evaluations and their plans under races, for {@link StressTest}. What is not listed as an outcome is forbidden. */
final class EvaluatorStress {

    private static final Stream ONE = Stream.of(Device.CPU);
    private static final Stream OTHER = Stream.of(Device.CPU);
    private static final Node LEAF = Toys.counting(ONE, 4);

    private EvaluatorStress() {}

    /** Two threads that ask for one value both get it. */
    @JCStressTest
    @State
    @Outcome(id = "10.0, 10.0", expect = Expect.ACCEPTABLE, desc = "both read the sum")
    public static class SameNode {
        private final Node node = Toys.totals(LEAF);

        @Actor
        public void read(DD_Result result) {
            result.r1 = Toys.values(node)[3];
        }

        @Actor
        public void readToo(DD_Result result) {
            result.r2 = Toys.values(node)[3];
        }
    }

    /** Two evaluations that go back and forth between the same streams do not wait for each other for ever. */
    @JCStressTest
    @State
    @Outcome(id = "35.0, 20.0", expect = Expect.ACCEPTABLE, desc = "both read their sums")
    public static class SharedInputOnTwoStreams {
        private final Node shared = Toys.totals(LEAF);
        private final Node there = Toys.on(OTHER, new Toy.Totals(), shared);
        private final Node back = Toys.on(ONE, new Toy.Totals(), there);
        private final Node sum = Toys.on(OTHER, new Toy.Pointwise(Toy.Op.ADD), shared, shared);

        @Actor
        public void goThereAndBack(DD_Result result) {
            result.r1 = Toys.values(back)[3];
        }

        @Actor
        public void goThere(DD_Result result) {
            result.r2 = Toys.values(sum)[3];
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
