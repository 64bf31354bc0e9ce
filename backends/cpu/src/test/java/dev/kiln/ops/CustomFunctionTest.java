package dev.kiln.ops;

import static dev.kiln.ops.Transforms.checkpoint;
import static dev.kiln.ops.Transforms.compile;
import static dev.kiln.ops.Transforms.customFunction;
import static dev.kiln.ops.Transforms.grad;
import static dev.kiln.ops.Transforms.jvp;
import static dev.kiln.ops.Transforms.valueAndGrad;
import static dev.kiln.ops.Transforms.vmap;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.graph.DType;
import dev.kiln.graph.Memory;
import dev.kiln.graph.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class CustomFunctionTest {

    private static void assertValues(Array actual, double... expected) {
        assertArrayEquals(expected, actual.toDoubleArray(), 1e-6);
    }

    private static Array normal(long seed, long... dims) {
        return Random.normal(Shape.shape(dims), DType.FLOAT32, Random.key(seed)).eval();
    }

    /** x times y, with made-up derivatives that tell who was asked. */
    private static final CustomFunction<List<Array>, Array> PRODUCT = customFunction(
            (List<Array> x) -> x.get(0).multiply(x.get(1)));

    @Test
    void reverse_mode_uses_the_own_vjp() {
        var scaled = PRODUCT.vjp((x, g, y) -> List.of(g.multiply(x.get(1)).multiply(10), g.multiply(y)));
        List<Array> point = List.of(Array.of(2.0), Array.of(3.0));
        assertValues(scaled.apply(point), 6);
        List<Array> gradient = grad((List<Array> x) -> scaled.apply(x).sum()).apply(point);
        assertValues(gradient.get(0), 30);
        assertValues(gradient.get(1), 6);
        assertValues(jvp(scaled, point, List.of(Array.of(1.0), Array.of(0.0))).tangents(), 3);
        assertValues(grad((Array x) -> grad((Array y) -> scaled.apply(List.of(y, y)).sum()).apply(x).sum())
                .apply(Array.of(2.0)), 10 + 2 * 2); // of 10 y + y²
    }

    @Test
    void forward_mode_uses_the_own_jvp() {
        var odd = PRODUCT.jvp((x, t) -> t.get(0).multiply(100).add(t.get(1)));
        List<Array> point = List.of(Array.of(2.0), Array.of(3.0));
        assertValues(jvp(odd, point, List.of(Array.of(1.0), Array.of(5.0))).tangents(), 105);
        assertValues(jvp((Array x) -> odd.apply(List.of(x, point.get(1))), point.get(0), Array.of(1.0)).tangents(),
                100);
        assertValues(grad((Array x) -> odd.apply(List.of(x, point.get(1))).sum()).apply(point.get(0)), 3);
    }

    @Test
    void vmap_uses_the_own_rule_or_vectorises_the_others() {
        var own = PRODUCT.vmap((x, axes) -> {
            assertEquals(Arrays.asList(0, null), axes);
            return x.get(0).multiply(x.get(1)).add(1000);
        });
        Array x = Array.of(1.0, 2.0);
        Array y = Array.scalar(3.0, DType.FLOAT64);
        assertValues(vmap((List<Array> a) -> own.apply(a), Arrays.asList(0, null), List.of(0)).apply(List.of(x, y)),
                1003,
                1006);
        var scaled = PRODUCT.vjp((p, g, r) -> List.of(g.multiply(p.get(1)).multiply(10), g.multiply(r)));
        assertValues(vmap((Array a) -> grad((Array b) -> scaled.apply(List.of(b, y))).apply(a)).apply(x), 30, 30);
        Function<Array, Array> shared = b -> vmap((Array a) -> scaled.apply(List.of(a, b))).apply(x).sum();
        assertValues(grad(shared).apply(y), 3 + 6);
        var odd = PRODUCT.jvp((p, t) -> t.get(0).multiply(100).add(t.get(1)));
        Function<Array, Array> sum = b -> vmap((Array a) -> odd.apply(List.of(a, b))).apply(x).sum();
        assertValues(jvp(sum, y, Array.scalar(1.0, DType.FLOAT64)).tangents(), 2);
    }

    record Parts(Array sine, Array cosine) {}

    @Test
    void a_function_of_trees_may_have_several_outputs() {
        var parts = customFunction((Array x) -> new Parts(x.sin(), x.cos()))
                .vjp((x, g, out) -> g.sine().multiply(out.cosine()).subtract(g.cosine().multiply(out.sine())));
        Array point = Array.of(0.3, 0.7);
        Function<Array, Array> plain = x -> x.sin().multiply(x.cos().square()).sum();
        Function<Array, Array> custom = x -> {
            Parts p = parts.apply(x);
            return p.sine().multiply(p.cosine().square()).sum();
        };
        assertValues(grad(custom).apply(point), grad(plain).apply(point).toDoubleArray());
        assertValues(compile(grad(custom)).apply(point), grad(plain).apply(point).toDoubleArray());
    }

    @Test
    void a_rule_that_returns_something_else_is_refused() {
        var wrong = PRODUCT.vjp((x, g, y) -> List.of(g));
        String message = assertThrows(IllegalArgumentException.class,
                () -> grad((List<Array> x) -> wrong.apply(x).sum()).apply(List.of(Array.of(2.0), Array.of(3.0))))
                .getMessage();
        assertTrue(message.startsWith("[custom_function] The vjp rule must return a cotangent for each array"),
                message);
    }

    private record Layer(Array up, Array down) {}

    private static Array layer(Layer layer, Array x) {
        Array wide = Ops.matmul(Fast.rmsNorm(x, null, 1e-5), layer.up());
        Array gate = wide.multiply(wide.sigmoid());
        return x.add(Ops.matmul(gate.tanh().multiply(gate), layer.down()));
    }

    private static Array loss(List<Layer> layers, Array x, boolean checkpointed) {
        Array y = x;
        for (Layer layer : layers) {
            y = checkpointed ? checkpoint(CustomFunctionTest::layer).apply(layer, y) : layer(layer, y);
        }
        return y.square().mean();
    }

    private static List<Layer> layers(int count, int width) {
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            layers.add(new Layer(normal(2 * i, width, 4 * width).multiply(0.1f).eval(),
                    normal(2 * i + 1, 4 * width, width).multiply(0.1f).eval()));
        }
        return layers;
    }

    @Test
    void checkpointing_computes_the_same_values() {
        List<Layer> layers = layers(3, 8);
        Array x = normal(99, 5, 8);
        var plain = valueAndGrad((List<Layer> p) -> loss(p, x, false)).apply(layers);
        var again = valueAndGrad((List<Layer> p) -> loss(p, x, true)).apply(layers);
        Expect.identical("value", plain.value(), again.value());
        for (int i = 0; i < layers.size(); i++) {
            Expect.identical("up " + i, plain.grad().get(i).up(), again.grad().get(i).up());
            Expect.identical("down " + i, plain.grad().get(i).down(), again.grad().get(i).down());
        }
    }

    @Test
    void what_is_computed_again_draws_the_same_random_numbers() {
        Function<Array, Array> dropout = checkpoint(
                checkpoint(
                        (Array x) -> x.multiply(Random.bernoulli(0.5, x.shape())).multiply(Random.uniform(x.shape()))));
        Array x = Ops.ones(Shape.shape(100));
        for (var step : List.of(valueAndGrad(loss(dropout)), compile(valueAndGrad(loss(dropout))))) {
            var there = step.apply(x);
            Expect.identical("gradient", there.value().get(1), there.grad());
        }
    }

    /** The sum of a function, and its values. */
    private static Function<Array, List<Array>> loss(Function<Array, Array> function) {
        return x -> {
            Array y = function.apply(x);
            return List.of(y.sum(), y);
        };
    }

    private static long peak(List<Layer> layers, Array x, boolean checkpointed) throws InterruptedException {
        for (int i = 0; i < 5; i++) {
            System.gc();
            Thread.sleep(20);
        }
        long before = Memory.active();
        Memory.resetPeak();
        List<Layer> gradient = grad((List<Layer> p) -> loss(p, x, checkpointed)).apply(layers);
        Ops.eval(gradient.stream().flatMap(g -> java.util.stream.Stream.of(g.up(), g.down())).toArray(Array[]::new));
        return Memory.peak() - before;
    }

    @Test
    void checkpointing_a_network_of_32_layers_takes_a_quarter_of_the_memory() throws InterruptedException {
        List<Layer> layers = layers(32, 16);
        Array x = normal(99, 2048, 16);
        long plain = peak(layers, x, false);
        long again = peak(layers, x, true);
        assertTrue(again * 4 <= plain, again + " bytes with and " + plain + " without");
    }
}
