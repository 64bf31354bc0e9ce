package dev.kiln.ops;

import static dev.kiln.ops.Transforms.compile;
import static dev.kiln.ops.Transforms.grad;
import static dev.kiln.ops.Transforms.valueAndGrad;
import static dev.kiln.ops.Transforms.vmap;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import dev.kiln.streams.Device;
import dev.kiln.streams.Stream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class CompileTest {

    private static final double EPS = 1e-5;

    private static Array normal(long seed, long... dims) {
        return Random.normal(Shape.shape(dims), DType.FLOAT32, Random.key(seed)).eval();
    }

    private static Array block(Array x) {
        Array normed = x.multiply(Ops.rsqrt(Ops.mean(x.square(), -1, true).add(EPS)));
        return Ops.softmax(Ops.matmul(normed, Ops.swapaxes(normed, -1, -2)), -1).add(normed.sum().sin());
    }

    @Test
    void a_function_is_traced_once_for_each_structure() {
        AtomicInteger calls = new AtomicInteger();
        Compiled<Array, Array> compiled = compile((Array x) -> {
            calls.incrementAndGet();
            return block(x);
        });
        for (int i = 0; i < 3; i++) {
            Array x = normal(i, 5, 16);
            Expect.identical("call " + i, block(x), compiled.apply(x));
        }
        assertEquals(1, calls.get());
        assertEquals(1, compiled.traces());
        compiled.apply(normal(1, 6, 16));
        assertEquals(2, calls.get());
        assertEquals("array 0 is float32(6,16), not float32(5,16)", compiled.reason());
        compiled.apply(normal(1, 5, 16).astype(DType.FLOAT64)).eval();
        assertEquals(3, compiled.traces());
    }

    @Test
    void a_call_is_one_node_and_fuses_with_what_stands_around_it() {
        Compiled<Array, Array> compiled = compile((Array x) -> x.sin().add(1).multiply(x));
        Array x = normal(1, 7, 9);
        Array y = compiled.apply(x.exp());
        assertEquals(1, y.node().inputs().size());
        assertFalse(y.isEvaluated());
        assertEquals(1, Schedules.kernels(y.sqrt()).size(), Schedules.kernels(y.sqrt())::toString);
    }

    @Test
    void all_results_are_computed_together() {
        Compiled<Array, List<Array>> compiled = compile((Array x) -> List.of(x.sin(), x.cos().sum(), x));
        Array x = normal(1, 4);
        List<Array> results = compiled.apply(x);
        results.getFirst().eval();
        assertTrue(results.stream().allMatch(Array::isEvaluated));
        Expect.identical("cosines", x.cos().sum(), results.get(1));
        Expect.identical("argument", x, results.get(2));
    }

    record Step(Array rate, Array weight) {}

    @Test
    void a_number_that_changes_is_passed_as_an_array_and_does_not_retrace() {
        Compiled<Step, Array> compiled = compile((Step s) -> s.weight().multiply(s.rate()).add(0.5f));
        for (int i = 0; i < 5; i++) {
            assertEquals(2f * i + 0.5f, compiled.apply(new Step(Array.scalar((float) i), Array.of(2f))).itemFloat());
        }
        assertEquals(1, compiled.traces());
        Compiled<List<Object>, Array> mixed = compile(
                (List<Object> x) -> ((Array) x.getFirst()).multiply((Integer) x.get(1)));
        assertEquals(6f, mixed.apply(List.of(Array.of(2f), 3)).itemFloat());
        assertEquals(8f, mixed.apply(List.of(Array.of(2f), 4)).itemFloat());
        assertEquals(2, mixed.traces());
        assertTrue(mixed.reason().contains("Array.scalar"), mixed.reason());
    }

    @Test
    void captured_arrays_are_refused_unless_they_are_declared_and_then_seen() {
        Array[] weight = {Array.of(2f, 3f)};
        Function<Array, Array> function = x -> x.multiply(weight[0]);
        String message = assertThrows(IllegalArgumentException.class,
                () -> compile(function).apply(Array.of(1f, 1f))).getMessage();
        assertTrue(
                message.startsWith("[compile] Attempting to compile a function with uncaptured inputs is not allowed."),
                message);
        assertTrue(message.contains("float32(2)"), message);
        Array number = Array.scalar(3f);
        assertThrows(IllegalArgumentException.class, () -> compile((Array x) -> x.add(number)).apply(Array.of(1f)));
        Compiled<Array, Array> compiled = compile(function, () -> List.of(weight[0]));
        Expect.identical("first", Array.of(2f, 3f), compiled.apply(Array.of(1f, 1f)));
        weight[0] = Array.of(5f, 7f).add(0);
        Expect.identical("second", Array.of(5f, 7f), compiled.apply(Array.of(1f, 1f)));
        assertEquals(1, compiled.traces());
    }

    @Test
    void arrays_that_the_function_makes_are_constants() {
        Compiled<Array, Array> compiled = compile(
                (Array x) -> x.add(Array.of(1f, 2f)).multiply(Ops.arange(2)).add(Ops.ones(Shape.shape(2))));
        for (int i = 0; i < 2; i++) {
            Expect.identical("call " + i, Array.of(1f, 3f + i), compiled.apply(Array.of(i, i).astype(DType.FLOAT32)));
        }
    }

    @Test
    void random_numbers_are_fresh_in_each_call_and_those_of_the_plain_function() {
        Function<Array, Array> function = x -> x.add(Random.normal(x.shape())).multiply(Random.uniform(x.shape()));
        Compiled<Array, Array> compiled = compile(function);
        Array x = normal(1, 20);
        Random.seed(42);
        List<Array> plain = List.of(function.apply(x).eval(), function.apply(x).eval());
        Random.seed(42);
        for (int i = 0; i < 2; i++) {
            Expect.identical("call " + i, plain.get(i), compiled.apply(x));
        }
        assertEquals(1, compiled.traces());
        assertFalse(Arrays.equals(plain.get(0).toFloatArray(), plain.get(1).toFloatArray()));
    }

    @Test
    void gradients_are_compiled_and_compiled_functions_are_differentiated() {
        Function<Array, Array> loss = x -> block(x).square().sum();
        Array x = normal(3, 4, 8);
        var plain = valueAndGrad(loss).apply(x);
        var compiled = compile(valueAndGrad(loss)).apply(x);
        Expect.identical("gradient", plain.grad(), compiled.grad());
        Expect.identical("value", plain.value(), compiled.value());
        Expect.identical("gradient of compiled", plain.grad(), grad(compile(loss)).apply(x));
        Array rows = normal(4, 3, 4, 8);
        Expect.identical("vectorised", vmap(loss).apply(rows), compile(vmap(loss)).apply(rows));
        Expect.identical("compiled inside", vmap(loss).apply(rows), vmap(compile(loss)).apply(rows));
        Expect.identical("compiled twice", loss.apply(x), compile((Array a) -> compile(loss).apply(a)).apply(x));
    }

    @Test
    void reading_inside_says_what_to_do_instead() {
        String message = assertThrows(IllegalStateException.class,
                () -> compile((Array x) -> x.multiply(x.sum().itemFloat())).apply(Array.of(1f))).getMessage();
        assertTrue(message.startsWith("[eval] Attempting to eval an array during function transformations"), message);
    }

    @Test
    void threads_share_what_was_traced() throws InterruptedException {
        Compiled<Array, Array> compiled = compile(CompileTest::block);
        Array x = normal(1, 5, 16);
        float[] expected = block(x).toFloatArray();
        List<float[]> results = java.util.Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            threads.add(Thread.startVirtualThread(() -> results.add(compiled.apply(x).toFloatArray())));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(8, results.size());
        results.forEach(result -> assertTrue(Arrays.equals(expected, result)));
        assertEquals(1, compiled.traces());
    }

    @Test
    void a_function_that_chooses_streams_keeps_them() {
        Stream other = Stream.of(Device.CPU);
        Compiled<Array, Array> compiled = compile((Array x) -> x.sin(other).add(1));
        Array x = Array.of(1f, 2f);
        for (int i = 0; i < 2; i++) {
            Expect.identical("call " + i, x.sin().add(1), compiled.apply(x));
        }
        assertEquals(1, compiled.traces());
    }

    @Test
    void structures_that_were_not_used_for_long_are_evicted() {
        Compiled<Array, Array> compiled = compile((Array x) -> x.add(1));
        for (int n = 1; n <= 1000; n++) {
            compiled.apply(Ops.zeros(Shape.shape(n)));
        }
        compiled.apply(Ops.zeros(Shape.shape(1000)));
        assertEquals(1000, compiled.traces());
        compiled.apply(Ops.zeros(Shape.shape(1)));
        assertEquals(1001, compiled.traces());
    }

    @Test
    void a_function_of_10_000_operations_is_compiled() {
        Function<Array, Array> function = x -> {
            Array y = x;
            for (int i = 0; i < 10_000; i++) {
                y = i % 3 == 0 ? y.sin() : y.add(x);
            }
            return y;
        };
        Compiled<Array, Array> compiled = compile(function);
        Array x = Array.of(0.5f, 1f);
        Expect.identical("first call", function.apply(x), compiled.apply(x));
        Expect.identical("second call", function.apply(x), compiled.apply(x));
        assertEquals(1, compiled.traces());
    }
}
