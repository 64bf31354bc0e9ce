package dev.kiln.graph;

import dev.kiln.graph.Schedule.Place;
import dev.kiln.graph.Schedule.Slot;
import dev.kiln.graph.Schedule.Step;
import dev.kiln.streams.Activity;
import dev.kiln.streams.Event;
import dev.kiln.streams.Stream;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One execution of a plan.
 *
 * <p>
 * All memory is taken before anything runs, so that others can already build on where results will be. A launch that fails
 * poisons the slots it should have written; whatever depends on those is poisoned with the same failure, and everything else
 * goes on.
 */
final class Run {

    /** More streams than are ever left. */
    private static final int CUT = Integer.MAX_VALUE;

    private final Plan plan;
    private final Schedule schedule;
    private final Capture capture;
    private final Backlog.Place place;
    private final Binding binding;
    private final Event[] done;
    private final Event[] events;
    private final Node.Running[] running;
    private final AtomicInteger streamsLeft;
    private final Poison poison;
    private final Later later;
    private boolean begun;

    private Run(Plan plan, Capture capture, Backlog.Place place, Binding binding) {
        this.plan = plan;
        this.schedule = plan.schedule();
        this.capture = capture;
        this.place = place;
        this.binding = binding;
        running = new Node.Running[plan.outputs()];
        events = signals();
        done = new Event[capture.streams.size()];
        for (int i = 0; i < done.length; i++) {
            done[i] = new Event(capture.streams.get(i));
        }
        streamsLeft = new AtomicInteger(done.length);
        poison = new Poison(plan, capture);
        later = plan.isLater() ? new Later(schedule.steps(), done.length) : Later.NEVER;
        for (int i = 0; i < running.length; i++) {
            int stream = plan.outputStream(i);
            running[i] = new Node.Running(done[stream], capture.streams.get(stream), binding.hold(i));
        }
        if (done.length == 1) { // on several, one may still read what another has finished
            binding.handOver();
        }
    }

    /**
     * Takes the memory for a run, which gives up its {@code place} when it ends.
     *
     * @return empty if the value of an input has been given up meanwhile; nothing is taken then
     */
    static Optional<Run> of(Plan plan, Capture capture, Backlog.Place place) {
        Optional<Run> run = Optional.empty();
        Backlog.begin(plan.reservation());
        try {
            run = Binding.of(plan, capture).map(binding -> new Run(plan, capture, place, binding));
        } finally {
            if (run.isEmpty()) {
                Backlog.end(plan.reservation());
            }
        }
        return run;
    }

    private Event[] signals() {
        Event[] signals = new Event[plan.events()];
        for (int i = 0; i < signals.length; i++) {
            signals[i] = new Event(capture.streams.get(plan.signaller(i)));
        }
        return signals;
    }

    /** Others may build on the results from now on, and no more on what was taken over. */
    void begin(Claim claim) {
        begun = true;
        claim.begin(running);
        binding.giveUpReady();
    }

    /** Does all of a schedule that has one stream, on the calling thread. */
    void here() {
        Stream stream = capture.streams.getFirst();
        for (int i = 0; i < plan.steps(); i++) {
            Plan.Call call = plan.call(i);
            if (call != null) { // signals are for other streams, and releases were heeded when the plan was made
                start(i, call, stream);
            }
        }
        end(0);
    }

    /** Appends what the stream of this number does to that stream, behind what other evaluations still do for it. */
    void submit(int number) {
        Stream stream = capture.streams.get(number);
        pending(number, other(stream)).forEach(stream::submitWait);
        int[] steps = plan.stepsOf(number);
        int from = 0;
        for (int i = 0; i < steps.length; i++) {
            if (schedule.steps().get(steps[i]) instanceof Step.Wait wait) {
                submit(steps, from, i, stream);
                from = i + 1;
                stream.submitWait(events[wait.event()]);
            }
        }
        submit(steps, from, steps.length, stream);
        stream.submit(() -> orFail(() -> end(number)));
    }

    /** Streams are what they are; what one was given before, it does before. */
    @SuppressWarnings("ReferenceEquality")
    private static Predicate<Stream> other(Stream stream) {
        return by -> by != stream;
    }

    /** The events of other evaluations, of such streams, at which all that this stream reads, or hands out, is there. */
    private Set<Event> pending(int number, Predicate<Stream> of) {
        Set<Event> awaited = new LinkedHashSet<>();
        if (capture.isPending()) {
            for (int step : plan.stepsOf(number)) {
                Plan.Call call = plan.call(step);
                if (call != null) {
                    call.launch.reads().forEach(place -> addPending(place, of, awaited));
                }
            }
            for (int output : plan.outputsOf(number)) {
                addPending(plan.output(output), of, awaited);
            }
        }
        return awaited;
    }

    private void addPending(Place read, Predicate<Stream> of, Set<Event> awaited) {
        if (plan.slot(read.slot()) instanceof Slot.Given given) {
            Node.Running producer = capture.pending(given.input());
            if (producer != null && of.test(producer.stream())) {
                awaited.add(producer.done());
            }
        }
    }

    private void submit(int[] steps, int from, int to, Stream stream) {
        if (from < to) {
            stream.submit(() -> orFail(() -> {
                for (int i = from; i < to; i++) {
                    step(steps[i], stream);
                }
            }));
        }
    }

    private void step(int index, Stream stream) {
        Plan.Call call = plan.call(index);
        if (call != null) {
            start(index, call, stream);
        } else if (schedule.steps().get(index) instanceof Step.Signal signal) {
            Event event = events[signal.event()];
            tell(signal.stream(), index, event, () -> {
                settle(signal.stream(), index);
                event.complete();
            });
        }
    }

    /**
     * Does {@code action}, which completes {@code event}, once what the stream of this number was handed up to a step is done. A
     * device that made it wait by itself may be done before it is known here how that ended which it waited for.
     */
    private void tell(int number, int end, Event event, Runnable action) {
        Stream stream = capture.streams.get(number);
        Backend backend = Backends.of(stream.device());
        backend.signals(stream, event);
        if (backend.isAsynchronous()) {
            List<Event> before = awaited(number, end);
            backend.whenDone(stream, () -> Event.whenAllDone(before, action));
        } else {
            backend.whenDone(stream, action);
        }
    }

    /** All that the stream of this number has, or its device may have, waited for up to a step. */
    private List<Event> awaited(int number, int end) {
        List<Event> awaited = new ArrayList<>(pending(number, by -> true));
        for (int step : plan.stepsOf(number)) {
            if (step < end && schedule.steps().get(step) instanceof Step.Wait wait) {
                awaited.add(events[wait.event()]);
            }
        }
        return awaited;
    }

    private void start(int index, Plan.Call call, Stream stream) {
        if (call.later) {
            hand(index, call, stream);
        } else {
            launch(call, stream);
        }
    }

    /** Hands a kernel to a device that does it later. */
    private void hand(int index, Plan.Call call, Stream stream) {
        try (Activity kernel = Activity.kernel(stream, call)) {
            if (stream.isClosed()) {
                throw Failures.closed(stream);
            }
            call.run(stream, binding.addresses(),
                    thrown -> later.fail(index, failure(call, stream, thrown)));
        } catch (Throwable thrown) { // as in run
            later.fail(index, failure(call, stream, thrown));
        }
    }

    /** Now that it is known how the launches of a stream went up to a step: tells what they wrote. */
    private void settle(int number, int end) {
        if (!later.isNothing()) {
            later.settle(number, end, (step, launch) -> {
                Plan.Call call = plan.call(step);
                if (call != null && call.later) {
                    poison.spread(launch, poison.reaching(launch), later.failure(step));
                }
            });
        }
    }

    private void launch(Plan.Call call, Stream stream) {
        Step.Launch launch = call.launch;
        if (poison.isClean() || poison.of(launch.reads()) == null) {
            Throwable failure = run(call, stream);
            if (failure != null) {
                poison.spread(launch, failure);
            }
            return;
        }
        // What does not depend on the value that is not there is computed. It may stand in one kernel with what does, only
        // because they were fused, and is none the worse for what that makes of bytes that mean nothing.
        List<@Nullable Throwable> reaching = poison.reaching(launch);
        poison.spread(launch, reaching, reaching.contains(null) ? run(call, stream) : null);
    }

    /** Runs a kernel; not null if it failed. */
    private @Nullable Throwable run(Plan.Call call, Stream stream) {
        try (Activity kernel = Activity.kernel(stream, call)) {
            if (stream.isClosed()) {
                throw Failures.closed(stream);
            }
            call.run(stream, binding.addresses());
            return null;
        } catch (Throwable thrown) { // whatever it is, it belongs to the arrays that depend on this launch
            return failure(call, stream, thrown);
        }
    }

    private Throwable failure(Plan.Call call, Stream stream, Throwable thrown) {
        try {
            return Failures.of(call.launch, stream, capture, thrown);
        } catch (Throwable untold) { // there is no stack or no heap left to say more
            return thrown;
        }
    }

    /** Tells those who wait for what the stream of this number has made. */
    private void end(int number) {
        tell(number, plan.steps(), done[number], () -> ended(number));
    }

    private void ended(int number) {
        settle(number, plan.steps());
        for (int output : plan.outputsOf(number)) {
            finish(output);
        }
        if (streamsLeft.decrementAndGet() == 0) {
            end();
        }
        done[number].complete();
    }

    private void finish(int output) {
        Throwable failure = poison.isClean() ? null : poison.of(plan.output(output));
        Node node = capture.wanted.get(output);
        Storage value = running[output].storage();
        if (failure != null) {
            running[output].fail(failure);
            node.move(running[output], new Node.Failed(failure));
            value.drop();
        } else if (!node.move(running[output], new Node.Ready(value))) {
            value.drop(); // released while it was computed
        } else if (output < capture.asked) {
            Residents.addResult(node, value, capture.unfinished(output));
        } else {
            Residents.addIntermediate(node, value, capture.unfinished(output));
        }
    }

    private void orFail(Runnable work) {
        try {
            work.run();
        } catch (Throwable cut) { // no kernel's: those are the arrays' that depend on them
            fail(cut);
        }
    }

    /** Ends a run that was not brought to its streams as a whole. */
    void abandon(Throwable cut) {
        if (begun) {
            fail(cut);
        } else {
            binding.abandon();
            left();
        }
    }

    /**
     * Ends a run that was cut short: what is not there fails, and nobody waits for it. The memory is left to the collector, since
     * the streams may still have some of the work.
     */
    private void fail(Throwable cut) {
        for (int i = 0; i < running.length; i++) {
            running[i].fail(cut);
            capture.wanted.get(i).move(running[i], new Node.Failed(cut));
        }
        int before = streamsLeft.getAndSet(CUT);
        if (before > 0 && before < CUT / 2) { // it ends here, and not again at the end of a stream or by another cut
            left();
        }
        for (Event event : events) {
            event.complete();
        }
        for (Event event : done) {
            event.complete();
        }
    }

    private void end() {
        try {
            binding.giveUpTaken();
            binding.giveBack();
        } finally {
            left();
        }
    }

    private void left() {
        Backlog.end(plan.reservation());
        place.leave();
    }
}
