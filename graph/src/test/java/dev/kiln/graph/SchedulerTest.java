package dev.kiln.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.graph.Schedule.Slot;
import dev.kiln.graph.Schedule.Step;
import dev.kiln.streams.Stream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Steps: slots, copies, waits, releases, and memory that is used again. */
class SchedulerTest {

    private final Stream a = Toys.stream();
    private final Stream b = Toys.stream();

    private static <T extends Step> List<T> steps(Schedule schedule, Class<T> kind) {
        return schedule.steps().stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    private Node opaque(Stream stream, Node x) {
        return Toys.on(stream, new Toy.Totals(), x);
    }

    @Test
    void views_need_no_launch() {
        Node x = Toys.counting(a, 3, 5);
        Node view = Toys.reverse(Toys.transpose(Toys.reshape(x, 5, 3)));
        Schedule schedule = Toys.schedule(view);
        assertEquals(List.of(), schedule.steps());
        double[] expected = Naive.values(view);
        long active = Memory.active();
        assertArrayEquals(expected, Toys.values(view));
        assertTrue(Memory.active() - active <= 64);
    }

    /** As the gradients of weights do, which are listed from the first layer on and known from the last one on. */
    @Test
    void results_that_are_known_early_are_computed_early_so_that_what_they_read_is_not_kept() {
        int steps = 20;
        long bytes = 8 << 10;
        Node last = Toys.counting(a, bytes / 8);
        List<Node> results = new ArrayList<>();
        for (int i = 0; i < steps; i++) {
            last = opaque(a, last);
            results.addFirst(Toys.sum(last, false, 0));
        }
        List<Step.Launch> launches = steps(Toys.schedule(results.toArray(Node[]::new)), Step.Launch.class);
        assertEquals(2 * steps, launches.size());
        assertTrue(Plans.of(Capture.of(results)).bytes() < 4 * bytes);
        double[] expected = Naive.values(results.getFirst());
        assertArrayEquals(expected, Toys.values(results.getFirst()));
    }

    @Test
    void a_copy_is_launched_where_strides_cannot_say_it() {
        Node flat = Toys.reshape(Toys.transpose(Toys.counting(a, 3, 5)), 15);
        assertEquals(List.of("copy"), Toys.kernels(flat));
        assertArrayEquals(Naive.values(flat), Toys.values(flat));
    }

    @Test
    void two_readers_of_a_copied_view_share_the_copy() {
        Node flat = Toys.reshape(Toys.transpose(Toys.counting(a, 3, 5)), 15);
        assertEquals(List.of("copy", "totals", "neg+add"),
                Toys.kernels(Toys.add(Toys.neg(flat), Toys.totals(flat))));
    }

    @Test
    void one_stream_neither_signals_nor_waits() {
        Node x = Toys.counting(a, 4);
        Schedule schedule = Toys.schedule(Toys.add(opaque(a, Toys.neg(x)), opaque(a, x)));
        assertEquals(0, schedule.events());
        assertEquals(List.of(), steps(schedule, Step.Wait.class));
    }

    @Test
    void an_edge_between_streams_is_one_signal_and_one_wait() {
        Node x = opaque(a, Toys.counting(a, 4));
        Node y = opaque(b, x);
        Node z = Toys.on(b, new Toy.Pointwise(Toy.Op.ADD), y, x);
        Schedule schedule = Toys.schedule(opaque(b, z));
        assertEquals(1, schedule.events());
        assertEquals(1, steps(schedule, Step.Wait.class).size());
        assertNotEquals(steps(schedule, Step.Signal.class).getFirst().stream(),
                steps(schedule, Step.Wait.class).getFirst().stream());
    }

    @Test
    void a_stream_waits_for_the_last_of_several_values_only() {
        Node x = opaque(a, Toys.counting(a, 4));
        Node y = opaque(a, x);
        Node z = Toys.on(b, new Toy.Pointwise(Toy.Op.ADD), x, y);
        Schedule schedule = Toys.schedule(z);
        assertEquals(1, steps(schedule, Step.Signal.class).size());
        assertEquals(1, steps(schedule, Step.Wait.class).size());
    }

    @Test
    void going_there_and_back_waits_twice() {
        Node x = opaque(a, Toys.counting(a, 4));
        Schedule schedule = Toys.schedule(opaque(a, opaque(b, x)));
        assertEquals(2, schedule.events());
        assertEquals(2, steps(schedule, Step.Wait.class).size());
    }

    @Test
    void a_kernel_writes_over_an_intermediate_that_it_is_the_last_to_read() {
        Node x = opaque(a, Toys.counting(a, 4));
        Schedule schedule = Toys.schedule(opaque(a, Toys.neg(x)));
        Step.Launch negation = schedule.launches().get(1);
        assertEquals(negation.reads().getFirst().slot(), negation.writes().getFirst().slot());
    }

    @Test
    void a_kernel_does_not_write_over_what_is_read_later_or_given_or_asked_for() {
        Node x = opaque(a, Toys.counting(a, 4));
        Schedule later = Toys.schedule(Toys.add(opaque(a, Toys.neg(x)), x));
        assertNotEquals(later.launches().get(1).reads().getFirst().slot(),
                later.launches().get(1).writes().getFirst().slot());
        Node leaf = Toys.counting(a, 4);
        Schedule given = Toys.schedule(Toys.neg(leaf));
        assertNotEquals(given.launches().getFirst().reads().getFirst().slot(),
                given.launches().getFirst().writes().getFirst().slot());
        Node asked = opaque(a, Toys.counting(a, 4));
        Node end = Toys.on(b, new Toy.Pointwise(Toy.Op.NEG), asked);
        Step.Launch last = Toys.schedule(asked, end).launches().getLast();
        assertNotEquals(last.reads().getFirst().slot(), last.writes().getFirst().slot());
    }

    @Test
    void a_kernel_does_not_write_over_what_it_reads_in_another_order() {
        Node x = opaque(a, Toys.counting(a, 4));
        Step.Launch last = Toys.schedule(Toys.neg(Toys.reverse(x))).launches().getLast();
        assertNotEquals(last.reads().getFirst().slot(), last.writes().getFirst().slot());
        Node square = opaque(a, Toys.counting(a, 4, 4));
        last = Toys.schedule(Toys.add(square, Toys.transpose(square))).launches().getLast();
        int written = last.writes().getFirst().slot();
        assertTrue(last.reads().stream().noneMatch(place -> place.slot() == written));
    }

    @Test
    void a_long_chain_needs_the_memory_of_two_values() {
        Node x = Toys.counting(a, 1024);
        for (int i = 0; i < 50; i++) {
            x = opaque(a, x);
        }
        Schedule schedule = Toys.schedule(x);
        Placement placement = new Placement(schedule.slots(), schedule.steps(), 8);
        assertTrue(placement.bytes() <= 64 + 2 * 8192, () -> placement.bytes() + " bytes");
    }

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 8);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void schedules_of_random_graphs_are_sound(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 100; round++) {
            List<Node> outputs = new RandomGraph(random.nextLong(), List.of(a, b, Toys.stream()))
                    .grow(1 + random.nextInt(50));
            Evaluator.schedule(outputs).ifPresent(SchedulerTest::check);
        }
    }

    /**
     * Everything read is written before, seen by the reader's stream, not yet released; all temporaries are released. Every
     * signal is waited for, and no stream waits for what it knows.
     */
    private static void check(Schedule schedule) {
        Map<Integer, Integer> maker = new HashMap<>();
        Map<Integer, Integer> signalled = new HashMap<>();
        Map<Integer, Set<Integer>> sees = new HashMap<>();
        Map<Integer, Set<Integer>> released = new HashMap<>();
        Set<Integer> waited = new HashSet<>();
        List<Step> steps = schedule.steps();
        for (int i = 0; i < steps.size(); i++) {
            Set<Integer> visible = sees.computeIfAbsent(steps.get(i).stream(), stream -> new HashSet<>());
            switch (steps.get(i)) {
                case Step.Launch launch -> {
                    launch.reads().forEach(place -> {
                        Integer made = maker.get(place.slot());
                        assertTrue(made == null
                                ? schedule.slots().get(place.slot()) instanceof Slot.Given
                                : visible.contains(made), () -> place + " is not there in\n" + schedule);
                    });
                    List<Schedule.Place> touched = new ArrayList<>(launch.reads());
                    touched.addAll(launch.writes());
                    touched.forEach(place -> assertTrue(
                            !released.getOrDefault(place.slot(), Set.of()).contains(launch.stream()),
                            () -> place + " was released in\n" + schedule));
                    visible.add(i);
                    for (Schedule.Place place : launch.writes()) {
                        maker.put(place.slot(), i);
                    }
                }
                case Step.Signal(int stream, int event) -> {
                    assertTrue(signalled.put(event, i) == null, "an event signalled twice");
                    sees.put(-1 - event, new HashSet<>(visible));
                }
                case Step.Wait(int stream, int event) -> {
                    assertTrue(signalled.containsKey(event), () -> "a wait before its signal in\n" + schedule);
                    assertTrue(visible.addAll(sees.get(-1 - event)), () -> "a wait for what is known in\n" + schedule);
                    waited.add(event);
                }
                case Step.Release(int stream, int slot) -> {
                    assertTrue(schedule.slots().get(slot) instanceof Slot.Temporary);
                    assertTrue(released.computeIfAbsent(slot, s -> new HashSet<>()).add(stream), "released twice");
                }
            }
        }
        assertEquals(signalled.keySet(), waited, () -> "a signal that nobody waits for in\n" + schedule);
        maker.keySet().stream().filter(slot -> schedule.slots().get(slot) instanceof Slot.Temporary)
                .forEach(slot -> assertTrue(released.containsKey(slot), () -> slot + " stays in\n" + schedule));
    }
}
