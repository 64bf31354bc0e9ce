package dev.kiln.ops.optimizers;

import static dev.kiln.ops.Transforms.compile;
import static dev.kiln.ops.Transforms.valueAndGrad;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.graph.DType;
import dev.kiln.graph.Memory;
import dev.kiln.graph.Shape;
import dev.kiln.ops.Array;
import dev.kiln.ops.Compiled;
import dev.kiln.ops.Ops;
import dev.kiln.ops.Random;
import dev.kiln.ops.Tree;
import dev.kiln.ops.ValueAndGrad;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each rule on two steps from 1, along gradients of 0.5 and then -0.25, worked out by hand from its publication. */
class OptimizersTest {

    private static final double CLOSE = 1e-6;
    private static final double EPS = 1e-8;

    static Stream<Arguments> rules() {
        Schedule rate = Schedule.constant(0.1);
        // m: 0.05, then 0.045 - 0.025 = 0.02; v: 0.00025, then 0.00024975 + 0.0000625 = 0.00031225
        double adam = 1 - 0.1 * 0.05 / (Math.sqrt(0.00025) + EPS);
        double adamTwo = adam - 0.1 * 0.02 / (Math.sqrt(0.00031225) + EPS);
        // corrected: m / 0.1 = 0.5, v / 0.001 = 0.25; then 0.02 / 0.19 and 0.00031225 / 0.001999
        double correctedTwo = 0.9 - 0.1 * (0.02 / 0.19) / Math.sqrt(0.00031225 / 0.001999);
        double decayedTwo = 0.999 * (0.999 - 0.1) - 0.1 * (0.02 / 0.19) / Math.sqrt(0.00031225 / 0.001999);
        // v: 0.0025, then 0.002475 + 0.000625 = 0.0031
        double root = 1 - 0.1 * 0.5 / 0.05;
        // v: 0.25, then 0.3125
        double sums = 0.9 + 0.1 * 0.25 / Math.sqrt(0.3125);
        return Stream.of(
                Arguments.of("SGD", new SGD(0.1), 0.95, 0.975),
                // v: 0.5, then 0.45 - 0.25 = 0.2
                Arguments.of("SGD with momentum", new SGD(0.1, 0.9), 0.95, 0.93),
                // steps: 0.5 + 0.45 = 0.95; then -0.25 + 0.18 = -0.07
                Arguments.of("SGD with Nesterov's momentum", new SGD(rate, 0.9, 0, 0, true), 0.905, 0.912),
                // v: 0.25, then 0.225 - 0.125 = 0.1
                Arguments.of("SGD dampened", new SGD(rate, 0.9, 0, 0.5, false), 0.975, 0.965),
                // gradients: 0.5 + 0.1; then -0.25 + 0.094
                Arguments.of("SGD with decay", new SGD(rate, 0, 0.1, 0, false), 0.94, 0.9556),
                Arguments.of("Adam", new Adam(0.1), adam, adamTwo),
                Arguments.of("Adam corrected", new Adam(rate, 0.9, 0.999, EPS, true), 0.9, correctedTwo),
                Arguments.of("AdamW", new AdamW(rate, 0.9, 0.999, EPS, 0.01, true), 0.999 - 0.1, decayedTwo),
                // signs: 0.05 > 0; then 0.9 · 0.005 - 0.025 < 0
                Arguments.of("Lion", new Lion(rate, 0.9, 0.99, 0.01), 0.899, 0.899 * 0.999 + 0.1),
                Arguments.of("RMSprop", new RMSprop(0.1), root, root + 0.1 * 0.25 / Math.sqrt(0.0031)),
                Arguments.of("Adagrad", new Adagrad(0.1), 0.9, sums),
                // step 1 forgets all: g / |g| = 1 times 0.01 times |p|; step 2 keeps 1 - 2^-0.8 of 0.25
                Arguments.of("Adafactor", new Adafactor(), 0.99,
                        0.99 + 0.99 * 0.01 * Math.min(1,
                                0.25 / Math.sqrt(0.25 * (1 - Math.pow(2, -0.8)) + 0.0625 * Math.pow(2, -0.8)))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rules")
    void two_steps_are_the_published_ones(String name, Optimizer rule, double first, double second) {
        Array parameter = Array.of(1.0);
        OptimizerState<Array> state = rule.init(parameter);
        Updated<Array> one = rule.update(parameter, Array.of(0.5), state);
        assertEquals(first, one.parameters().itemDouble(), CLOSE);
        Updated<Array> two = rule.update(one.parameters(), Array.of(-0.25), one.state());
        assertEquals(second, two.parameters().itemDouble(), CLOSE);
        assertEquals(2, two.state().step().itemInt());
    }

    @Test
    void adafactor_remembers_a_row_and_a_column_of_a_matrix() {
        Adafactor rule = new Adafactor(Schedule.constant(0.1), 0, 1e-3, 1e9, -0.8, 0, false);
        Array matrix = Ops.zeros(Shape.shape(2, 3), DType.FLOAT64);
        OptimizerState<Array> state = rule.init(matrix);
        assertEquals(List.of(Shape.shape(2, 1), Shape.shape(1, 3), Shape.SCALAR),
                state.slots().values().stream().map(Array::shape).toList());
        double[][] g = {{1, 2, 3}, {4, 5, 6}};
        double[] rows = {14 / 3.0, 77 / 3.0};
        double[] columns = {17 / 2.0, 29 / 2.0, 45 / 2.0};
        double mean = (rows[0] + rows[1]) / 2;
        double[] moved = rule.update(matrix, Ops.array(g), state).parameters().toDoubleArray();
        for (int i = 0; i < 6; i++) {
            assertEquals(-0.1 * g[i / 3][i % 3] / Math.sqrt(rows[i / 3] * columns[i % 3] / mean), moved[i], CLOSE);
        }
    }

    @Test
    void schedules_follow_their_curves_and_join() {
        assertRates(Schedule.linearSchedule(0, 1, 4), 0, 0.25, 0.5, 0.75, 1, 1);
        assertRates(Schedule.exponentialDecay(2, 0.5), 2, 1, 0.5, 0.25);
        assertRates(Schedule.stepDecay(1, 0.1, 2), 1, 1, 0.1, 0.1, 0.01);
        assertRates(Schedule.cosineDecay(1, 4, 0.2), 1, 0.6 + 0.4 * Math.sqrt(0.5), 0.6, 0.6 - 0.4 * Math.sqrt(0.5),
                0.2,
                0.2);
        assertRates(Schedule.joinSchedules(List.of(Schedule.linearSchedule(0, 1, 2), Schedule.stepDecay(1, 0.5, 1)),
                List.of(2)), 0, 0.5, 1, 0.5, 0.25);
        assertThrows(IllegalArgumentException.class,
                () -> Schedule.joinSchedules(List.of(Schedule.constant(1)), List.of(2)));
    }

    private static void assertRates(Schedule schedule, double... expected) {
        double[] rates = IntStream.range(0, expected.length)
                .mapToDouble(step -> schedule.at(Array.scalar(step)).itemDouble()).toArray();
        assertArrayEquals(expected, rates, CLOSE);
    }

    @Test
    void gradients_are_clipped_by_their_length_together() {
        Map<String, Array> gradients = Map.of("a", Array.of(3f, 0f), "b", Array.of(4f));
        Optimizer.Clipped<Map<String, Array>> clipped = Optimizer.clipGradNorm(gradients, 1);
        assertEquals(5, clipped.norm().itemDouble(), CLOSE);
        assertEquals(0.6, clipped.gradients().get("a").toDoubleArray()[0], CLOSE);
        assertEquals(0.8, clipped.gradients().get("b").itemDouble(), CLOSE);
        assertEquals(4, Optimizer.clipGradNorm(gradients, 10).gradients().get("b").itemDouble(), CLOSE);
    }

    @Test
    void gradients_of_another_shape_are_refused() {
        SGD rule = new SGD(0.1);
        Array parameter = Array.of(1f, 2f);
        assertThrows(IllegalArgumentException.class,
                () -> rule.update(parameter, Array.of(1f), rule.init(parameter)));
    }

    @Test
    void a_state_of_another_shape_is_refused() {
        Adam rule = new Adam(0.1);
        Array one = Array.of(1f);
        Array two = Array.of(1f, 2f);
        Array three = Array.of(1f, 2f, 3f);
        assertEquals("[optimizer] Parameter 0 has shape (2), its m in the state (1) instead of (2).",
                assertThrows(IllegalArgumentException.class, () -> rule.update(two, two, rule.init(one))).getMessage());
        assertThrows(IllegalArgumentException.class, () -> rule.update(one, one, rule.init(three)));
        Adafactor factored = new Adafactor();
        Array matrix = Ops.ones(Shape.shape(2, 3));
        assertEquals(matrix.shape(),
                factored.update(matrix, matrix, factored.init(matrix)).parameters().shape());
        assertThrows(IllegalArgumentException.class,
                () -> factored.update(matrix, matrix, factored.init(matrix.transpose())));
    }

    @Test
    void numbers_out_of_range_are_refused() {
        Schedule rate = Schedule.constant(0.1);
        assertEquals("[adam] beta1 should be in [0, 1), 1.5 was provided instead.",
                assertThrows(IllegalArgumentException.class, () -> new Adam(rate, 1.5, 0.9, EPS, false)).getMessage());
        assertThrows(IllegalArgumentException.class, () -> new Adam(rate, 0.9, -2, EPS, false));
        assertThrows(IllegalArgumentException.class, () -> new Adam(rate, 0.9, Double.NaN, EPS, false));
        assertThrows(IllegalArgumentException.class, () -> new AdamW(rate, 0.9, 0.9, -1, 0.1, false));
        assertThrows(IllegalArgumentException.class, () -> new Lion(rate, 1, 0.9, 0));
        assertThrows(IllegalArgumentException.class, () -> new RMSprop(rate, -1, EPS));
        assertThrows(IllegalArgumentException.class, () -> new RMSprop(rate, 0.9, -1));
        assertThrows(IllegalArgumentException.class, () -> new Adagrad(rate, 0));
        assertThrows(IllegalArgumentException.class, () -> Optimizer.clipGradNorm(Array.of(1f), -1));
    }

    record Net(Array w, Array b) {
        Array loss(Array x) {
            return Ops.tanh(x.matmul(w).add(b)).subtract(x).square().mean();
        }
    }

    record Training(Net net, OptimizerState<Net> state) {}

    private static Training step(AdamW rule, Training at, Array x) {
        ValueAndGrad<Array, Net> there = valueAndGrad((Net net) -> net.loss(x)).apply(at.net());
        Updated<Net> next = rule.update(at.net(), there.grad(), at.state());
        return new Training(next.parameters(), next.state());
    }

    @Test
    void a_compiled_step_on_donated_arrays_writes_parameters_and_moments_over_the_old_ones_seed_3() {
        Random.seed(3);
        int n = 256;
        AdamW rule = new AdamW(1e-3);
        Net net = new Net(Random.normal(Shape.shape(n, n)), Random.normal(Shape.shape(n)));
        Array x = Random.normal(Shape.shape(4, n)).eval();
        Compiled<List<Object>, Training> compiled = compile(
                (List<Object> arguments) -> step(rule, (Training) arguments.get(0), (Array) arguments.get(1)));
        Training donated = new Training(net, rule.init(net));
        Training kept = donated;
        Ops.eval(arrays(donated));
        for (int i = 0; i < 3; i++) {
            kept = compiled.apply(List.of(kept, x));
            Ops.eval(arrays(kept));
        }
        donated = compiled.apply(List.of(donated, x));
        Ops.eval(arrays(donated));
        Training before = donated;
        long active = Memory.active();
        for (int i = 0; i < 2; i++) {
            for (Array array : arrays(donated)) {
                array.donate();
            }
            donated = compiled.apply(List.of(donated, x));
            Ops.eval(arrays(donated));
        }
        assertTrue(Memory.active() - active < (long) n * n * Float.BYTES, "memory grew by a matrix");
        Net old = before.net();
        assertThrows(IllegalStateException.class, () -> old.w().toFloatArray());
        assertArrayEquals(kept.net().w().toFloatArray(), donated.net().w().toFloatArray());
    }

    private static Array[] arrays(Training training) {
        return Tree.of(training).leaves().toArray(Array[]::new);
    }
}
