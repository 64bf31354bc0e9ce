package dev.kiln.streams;

import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.L_Result;
import org.openjdk.jcstress.infra.results.LLI_Result;

/** Events under races, for {@link StressTest}. What is not listed as an outcome is forbidden. */
final class EventStress {

    private static final IllegalStateException FAILURE = new IllegalStateException("one of two ends");

    private EventStress() {}

    private static String end(Event event) {
        Throwable failure = event.failure();
        return !event.isDone() ? "pending" : failure == null ? "completed" : "failed";
    }

    /** A waiter sees the end that counts, once. */
    @JCStressTest
    @State
    @Outcome(id = "completed, completed, 1", expect = Expect.ACCEPTABLE, desc = "complete came first")
    @Outcome(id = "failed, failed, 1", expect = Expect.ACCEPTABLE, desc = "fail came first")
    public static class CompleteAgainstFail {
        private final Event event = new Event();
        private @Nullable String seen;
        private int runs;

        public CompleteAgainstFail() {
            event.onDone(() -> {
                seen = end(event);
                runs++;
            });
        }

        @Actor
        public void complete() {
            event.complete();
        }

        @Actor
        public void fail() {
            event.fail(FAILURE);
        }

        @Arbiter
        public void look(LLI_Result result) {
            result.r1 = seen;
            result.r2 = end(event);
            result.r3 = runs;
        }
    }

    /** Actions run once, whether they came before the end or after it. */
    @JCStressTest
    @State
    @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "each ran once")
    public static class OnDoneAgainstOnDoneAndComplete {
        private final Event event = new Event();
        private int first;
        private int second;

        @Actor
        public void addAndComplete() {
            event.onDone(() -> first++);
            event.complete();
        }

        @Actor
        public void add() {
            event.onDone(() -> second++);
        }

        @Arbiter
        public void look(II_Result result) {
            result.r1 = first;
            result.r2 = second;
        }
    }

    /** Two ends run the actions of before once in all. */
    @JCStressTest
    @State
    @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "each ran once")
    public static class CompleteTwice {
        private final Event event = new Event();
        private int first;
        private int second;

        public CompleteTwice() {
            event.onDone(() -> first++);
            event.onDone(() -> second++);
        }

        @Actor
        public void complete() {
            event.complete();
        }

        @Actor
        public void completeToo() {
            event.complete();
        }

        @Arbiter
        public void look(II_Result result) {
            result.r1 = first;
            result.r2 = second;
        }
    }

    /** Whoever waits wakes up, and sees how the event ended. */
    @JCStressTest
    @State
    @Outcome(id = "failed", expect = Expect.ACCEPTABLE, desc = "woken, or never asleep")
    public static class AwaitAgainstFail {
        private final Event event = new Event();

        @Actor
        public void fail() {
            event.fail(FAILURE);
        }

        @Actor
        public void await(L_Result result) {
            event.await();
            result.r1 = end(event);
        }
    }
}
