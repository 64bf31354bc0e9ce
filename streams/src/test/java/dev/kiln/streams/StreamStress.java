package dev.kiln.streams;

import java.util.List;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.IZ_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** Streams under races, for {@link StressTest}. What is not listed as an outcome is forbidden. */
final class StreamStress {

    private StreamStress() {}

    /** Work appended and work brought along is all done, never two pieces at once: the counter needs no lock. */
    @JCStressTest
    @State
    @Outcome(id = "3", expect = Expect.ACCEPTABLE, desc = "all was done, one after the other")
    public static class SubmitAgainstRunIfIdle {
        private final Stream stream = new Stream(Device.CPU);
        private int done;

        @Actor
        public void submit() {
            stream.submit(() -> done++);
            stream.submit(() -> done++);
        }

        @Actor
        public void runIfIdle() {
            if (!stream.runIfIdle(() -> done++)) {
                stream.submit(() -> done++);
            }
        }

        @Arbiter
        public void look(I_Result result) {
            stream.synchronize();
            result.r1 = done;
        }
    }

    /** A stream comes back from a wait, however late it begins to wait and how early the event is done. */
    @JCStressTest
    @State
    @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "the work ran, behind the event")
    public static class WaitAgainstComplete {
        private final Stream stream = new Stream(Device.CPU);
        private final Event event = new Event();
        private int behind;
        private int done;

        @Actor
        public void submit() {
            stream.submitWait(event);
            stream.submit(() -> {
                behind = event.isDone() ? 1 : -1;
                done++;
            });
        }

        @Actor
        public void complete() {
            event.complete();
        }

        @Arbiter
        public void look(II_Result result) {
            stream.synchronize();
            result.r1 = behind;
            result.r2 = done;
        }
    }

    /** What is appended together is appended before the stream is closed, or not at all. */
    @JCStressTest
    @State
    @Outcome(id = "2, false", expect = Expect.ACCEPTABLE, desc = "appended in time: others may wait for it, so it runs")
    @Outcome(id = "0, false", expect = Expect.ACCEPTABLE, desc = "refused")
    public static class CloseAgainstTogether {
        private final Stream stream = new Stream(Device.CPU);
        private int done;

        @Actor
        public void append(IZ_Result result) {
            try {
                Stream.together(List.of(stream), () -> {
                    stream.submit(() -> done++);
                    stream.submit(() -> done++);
                    result.r2 = stream.isClosed();
                });
            } catch (IllegalStateException closed) {
                result.r2 = false;
            }
        }

        @Actor
        public void close() {
            stream.close();
        }

        @Arbiter
        public void look(IZ_Result result) {
            stream.synchronize();
            result.r1 = done;
        }
    }
}
