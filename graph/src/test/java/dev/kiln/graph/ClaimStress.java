package dev.kiln.graph;

import dev.kiln.streams.Device;
import dev.kiln.streams.Event;
import dev.kiln.streams.Stream;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.ZI_Result;
import org.openjdk.jcstress.infra.results.ZZL_Result;

/** Claims to nodes under races, for {@link StressTest}. What is not listed as an outcome is forbidden. */
final class ClaimStress {

    private static final Stream STREAM = Stream.of(Device.CPU);
    private static final Node LEAF = Toys.counting(STREAM, 2);

    private ClaimStress() {}

    /** {@code C} for each node that is claimed, {@code L} for each that is lazy. */
    private static String states(Node... nodes) {
        return Arrays.stream(nodes).map(node -> switch (node.state()) {
            case Node.Claimed claimed -> "C";
            case Node.Lazy lazy -> "L";
            case Node.Running running -> "running";
            case Node.Ready ready -> "ready";
            case Node.Failed failed -> "failed";
            case Node.Released released -> "released";
        }).collect(Collectors.joining());
    }

    /** Of two claims that overlap, one gets all its nodes and the other leaves nothing behind. */
    @JCStressTest
    @State
    @Outcome(id = "true, false, CCCL", expect = Expect.ACCEPTABLE, desc = "the first got all it wants")
    @Outcome(id = "false, true, LCCC", expect = Expect.ACCEPTABLE, desc = "the second got all it wants")
    public static class Overlapping {
        private final Node a = Toys.totals(LEAF);
        private final Node b = Toys.totals(LEAF);
        private final Node c = Toys.totals(LEAF);
        private final Node d = Toys.totals(LEAF);
        private final Capture first = Capture.of(List.of(a, b, c));
        private final Capture second = Capture.of(List.of(d, c, b));

        @Actor
        public void claimFirst(ZZL_Result result) {
            result.r1 = Claim.of(first).isPresent();
        }

        @Actor
        public void claimSecond(ZZL_Result result) {
            result.r2 = Claim.of(second).isPresent();
        }

        @Arbiter
        public void look(ZZL_Result result) {
            result.r3 = states(a, b, c, d);
        }
    }

    /** Whoever meets a claimed node waits, and finds it as it was once the claim is given up. */
    @JCStressTest
    @State
    @Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "the node is still to be computed")
    public static class UndoAgainstCapture {
        private final Node node = Toys.totals(LEAF);
        private final Claim claim = Claim.of(Capture.of(List.of(node))).orElseThrow();

        @Actor
        public void undo() {
            claim.undo();
        }

        @Actor
        public void capture(I_Result result) {
            result.r1 = Capture.of(List.of(node)).wanted.size();
        }
    }

    /** Whoever meets a claimed node waits, and builds on its value once that is being computed. */
    @JCStressTest
    @State
    @Outcome(id = "true, 0", expect = Expect.ACCEPTABLE, desc = "the node is a leaf whose value is on its way")
    public static class BeginAgainstCapture {
        private final Node node = Toys.totals(LEAF);
        private final Claim claim = Claim.of(Capture.of(List.of(node))).orElseThrow();

        @Actor
        public void begin() {
            claim.begin(
                    new Node.Running[] {new Node.Running(new Event(), STREAM, Storage.Scalar.of(DType.FLOAT64, 1))});
        }

        @Actor
        public void capture(ZI_Result result) {
            Capture capture = Capture.of(List.of(node));
            result.r1 = capture.pending(0) != null;
            result.r2 = capture.wanted.size();
        }
    }
}
