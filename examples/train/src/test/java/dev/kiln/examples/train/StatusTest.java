package dev.kiln.examples.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatusTest {

    @Test
    void a_line_tells_steps_loss_speed_and_time_left() {
        String line = new Status(4, 10).line(10, 2.3456, 1234.5);
        assertEquals("step 10/10  2.346 bits/byte  1235 tokens/s  0:00 left", line);
    }

    @Test
    void the_bar_fills_what_the_line_leaves_and_goes_before_the_line_does() {
        assertEquals("[=====     ]  line", Status.withBar("line", 0.5, 18));
        assertEquals("[======]  line", Status.withBar("line", 1, 14));
        assertEquals("line         ", Status.withBar("line", 1, 13));
        assertEquals("lin", Status.withBar("line", 1, 3));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 20, 60, 79, 200})
    void a_line_of_a_long_run_is_as_wide_as_the_terminal_and_whole_from_60_columns_on(int width) {
        String line = new Status(0, 2000).line(1000, 2.5, 29_000);
        String shown = Status.withBar(line, 0.5, width);
        assertEquals(width, shown.length());
        assertTrue(width < 60 || shown.contains(line), shown);
    }
}
