package dev.kiln.backends.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which of several ways the work is done in, by a clock that the test turns. */
class ContestTest {

    private static final List<String> WAYS = List.of("first", "second");

    private long now;
    private final Contest<String> contest = new Contest<>(WAYS, () -> now);

    @Test
    void the_first_way_leads_until_another_is_faster() {
        work(2, 100, 90);
        assertEquals("second", contest.leader());
        assertEquals("first", new Contest<>(WAYS, () -> now).leader());
    }

    @Test
    void most_of_the_work_is_done_by_the_fastest() {
        List<String> done = work(Contest.OPENING + 10 * Contest.ROUND, 100, 90);
        long slow = done.stream().filter("first"::equals).count();
        assertEquals(Contest.OPENING / 2 + 10, slow);
    }

    @Test
    void a_way_that_was_slow_at_first_takes_over_when_it_has_become_fast() {
        work(Contest.OPENING, 100, 5000);
        assertEquals("first", contest.leader());
        work(20 * Contest.ROUND, 100, 80);
        assertEquals("second", contest.leader());
    }

    @Test
    void one_turn_that_was_held_up_changes_nothing() {
        work(Contest.OPENING, 100, 120);
        work(1, 4_000_000, 120);
        assertEquals("first", contest.leader());
    }

    @Test
    void a_way_that_stays_slow_is_left() {
        work(Contest.OPENING, 100, 120);
        work(20 * Contest.ROUND, 200, 120);
        assertEquals("second", contest.leader());
    }

    @Test
    void pieces_count_not_turns() {
        for (int turn = 0; turn < Contest.OPENING; turn++) {
            int pieces = 1 + turn % 2 * 9;
            contest.run(pieces, way -> now += pieces * (way.equals("first") ? 10 : 9));
        }
        assertEquals("second", contest.leader());
    }

    @Test
    void a_single_way_is_never_timed() {
        Contest<String> alone = new Contest<>(List.of("only"), () -> {
            throw new AssertionError("asked for the time");
        });
        List<String> done = new ArrayList<>();
        alone.run(1, done::add);
        assertEquals(List.of("only"), done);
    }

    @Test
    void work_that_fails_leaves_the_contest_as_it_was() {
        work(Contest.OPENING, 100, 120);
        for (int turn = 0; turn < 2 * Contest.ROUND; turn++) {
            try {
                contest.run(1, _ -> {
                    throw new IllegalStateException("failed");
                });
            } catch (IllegalStateException expected) {
                now++;
            }
        }
        List<String> done = work(Contest.ROUND, 100, 120);
        assertTrue(done.stream().filter("first"::equals).count() >= Contest.ROUND - 1, done.toString());
    }

    private List<String> work(int turns, long first, long second) {
        List<String> done = new ArrayList<>();
        for (int turn = 0; turn < turns; turn++) {
            contest.run(1, way -> {
                done.add(way);
                now += way.equals("first") ? first : second;
            });
        }
        return done;
    }
}
