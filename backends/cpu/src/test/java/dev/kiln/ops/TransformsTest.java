package dev.kiln.ops;

import static dev.kiln.ops.Transforms.grad;
import static dev.kiln.ops.Transforms.jvp;
import static dev.kiln.ops.Transforms.stopGradient;
import static dev.kiln.ops.Transforms.valueAndGrad;
import static dev.kiln.ops.Transforms.vjp;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.graph.DType;
import dev.kiln.graph.Memory;
import dev.kiln.graph.Shape;
import dev.kiln.streams.Device;
import dev.kiln.streams.Stream;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class TransformsTest {

    private static final double TOLERANCE = 1e-6;

    private static void assertValues(Array actual, double... expected) {
        assertArrayEquals(expected, actual.toDoubleArray(), TOLERANCE);
    }

    @Test
    void the_gradient_of_a_function_of_one_array_is_an_array() {
        Function<Array, Array> gradient = grad((Array x) -> x.square().sum());
        assertValues(gradient.apply(Array.of(1f, 2f, 3f)), 2, 4, 6);
        assertEquals(DType.BFLOAT16, gradient.apply(Ops.ones(Shape.shape(2), DType.BFLOAT16)).dtype());
    }

    @Test
    void gradients_nest() {
        Function<Array, Array> cube = x -> x.multiply(x).multiply(x);
        assertValues(grad(grad(cube)).apply(Array.scalar(5.0)), 30);
        assertValues(grad(grad(grad(cube))).apply(Array.scalar(5.0)), 6);
    }

    @Test
    void a_gradient_inside_of_a_function_may_use_the_outer_argument() {
        Function<Array, Array> outer = x -> grad((Array y) -> x.multiply(y.square())).apply(x.multiply(2));
        assertValues(outer.apply(Array.scalar(3.0)), 36); // 2 * x * y at y = 2x
        assertValues(grad(outer).apply(Array.scalar(3.0)), 24);
    }

    @Test
    void argnums_choose_the_arguments_and_their_order() {
        Function<List<Array>, Array> function = x -> x.get(0).multiply(x.get(1)).add(x.get(2)).sum();
        List<Array> arguments = List.of(Array.of(1f, 2f), Array.of(3f, 4f), Array.of(5, 6));
        assertValues(grad(function, 1).apply(arguments).getFirst(), 1, 2);
        List<Array> both = grad(function, 1, 0).apply(arguments);
        assertValues(both.get(0), 1, 2);
        assertValues(both.get(1), 3, 4);
        assertThrows(IllegalArgumentException.class, () -> grad(function, 3).apply(arguments));
        assertThrows(IllegalArgumentException.class, () -> grad(function, 0, 0).apply(arguments));
    }

    record Layer(Array weight, Array bias, String name) {}

    record Model(List<Layer> layers, Map<String, Array> scales, int depth) {}

    @Test
    void parameters_may_be_records_lists_and_maps_nested_at_will() {
        Model model = new Model(
                List.of(new Layer(Array.of(1f, 2f), Array.of(3f), "a"), new Layer(Array.of(4f), Array.of(5f), "b")),
                Map.of("s", Array.scalar(2f)), 7);
        Model gradient = grad((Model m) -> m.layers().getFirst().weight().sum().multiply(m.scales().get("s"))
                .add(m.layers().get(1).bias().square().sum()).multiply(m.depth())).apply(model);
        assertValues(gradient.layers().getFirst().weight(), 14, 14);
        assertValues(gradient.layers().getFirst().bias(), 0);
        assertValues(gradient.layers().get(1).bias(), 70);
        assertValues(java.util.Objects.requireNonNull(gradient.scales().get("s")), 21);
        assertEquals("b", gradient.layers().get(1).name());
        assertEquals(7, gradient.depth());
    }

    @Test
    void the_second_argument_of_a_loss_is_handed_through() {
        var step = valueAndGrad((Layer p, List<Array> batch) -> p.weight().multiply(batch.getFirst()).sum());
        var result = step.apply(new Layer(Array.of(1f, 2f), Array.of(0f), ""), List.of(Array.of(3f, 4f)));
        assertValues(result.value(), 11);
        assertValues(result.grad().weight(), 3, 4);
    }

    @Test
    void what_a_function_returns_beside_its_value_is_handed_on() {
        record Loss(Array value, Array prediction, String note) {}
        var result = valueAndGrad((Array x) -> new Loss(x.square().sum(), x.exp(), "note"))
                .apply(Array.of(0f, 1f));
        assertValues(result.value().value(), 1);
        assertValues(result.value().prediction(), 1, Math.E);
        assertEquals("note", result.value().note());
        assertValues(result.grad(), 0, 2);
    }

    @Test
    void an_argument_that_the_value_does_not_depend_on_has_gradient_zero() {
        List<Array> gradient = grad((List<Array> x) -> x.getFirst().sum())
                .apply(List.of(Array.of(1f), Array.of(2f, 3f)));
        assertValues(gradient.get(1), 0, 0);
    }

    @Test
    void a_stopped_gradient_is_a_constant() {
        assertValues(grad((Array x) -> stopGradient(x).multiply(x).sum()).apply(Array.of(3f, 4f)), 3, 4);
        assertValues(jvp((Array x) -> stopGradient(x).multiply(x), Array.of(3f), Array.of(1f)).tangents(), 3);
        assertValues(stopGradient(Array.of(3f)), 3);
    }

    @Test
    void products_with_the_jacobian_have_the_shapes_of_what_they_belong_to() {
        Function<List<Array>, Map<String, Array>> function = x -> Map.of("product", x.get(0).multiply(x.get(1)));
        List<Array> point = List.of(Array.of(1f, 2f), Array.of(3f, 4f));
        var back = vjp(function, point, Map.of("product", Array.of(1f, 10f)));
        assertValues(back.cotangents().get(0), 3, 40);
        assertValues(back.cotangents().get(1), 1, 20);
        var ahead = jvp(function, point, List.of(Array.of(1f, 0f), Array.of(0f, 1f)));
        assertValues(java.util.Objects.requireNonNull(ahead.tangents().get("product")), 3, 2);
        assertValues(java.util.Objects.requireNonNull(ahead.value().get("product")), 3, 8);
    }

    @Test
    void evaluating_inside_of_a_gradient_changes_nothing() {
        Function<Array, Array> watched = x -> {
            Array y = x.square();
            if (y.sum().itemDouble() > 1) {
                y = y.multiply(x);
            }
            y.eval();
            return y.sum();
        };
        assertValues(grad(watched).apply(Array.of(1.0, 2.0)), 3, 12);
        assertValues(grad((Array x) -> grad(watched).apply(x).eval().sum()).apply(Array.of(1.0, 2.0)), 6, 12);
        assertValues(grad((Array x) -> {
            Array y = x.exp();
            Ops.asyncEval(y).join();
            return y.sum();
        }).apply(Array.of(0.0)), 1);
    }

    private WeakReference<Array> step(Array[] parameter) {
        Array[] inside = new Array[1];
        parameter[0] = parameter[0].subtract(grad((Array x) -> {
            inside[0] = x.sin().eval();
            return inside[0].sum();
        }).apply(parameter[0])).eval();
        return new WeakReference<>(inside[0]);
    }

    @Test
    void a_training_loop_that_evaluates_inside_keeps_no_graph_and_no_memory() throws InterruptedException {
        Array[] parameter = {Ops.ones(Shape.shape(1000)).eval()};
        WeakReference<Array> inside = step(parameter);
        for (int i = 0; i < 50; i++) {
            step(parameter);
        }
        long limit = 20 * 4000;
        for (int i = 0; i < 100 && (inside.get() != null || Memory.active() > limit); i++) {
            System.gc();
            Thread.sleep(10);
        }
        assertNull(inside.get());
        assertNull(parameter[0].node().primitive());
    }

    @Test
    void the_gradient_of_a_chain_of_200_000_operations_is_right() {
        int length = 200_000;
        Function<Array, Array> chain = x -> {
            Array y = x;
            for (int i = 0; i < length; i++) {
                y = y.add(x);
            }
            return y.sum();
        };
        assertValues(grad(chain).apply(Array.of(1.0, 2.0)), length + 1, length + 1);
        assertValues(jvp(chain, Array.of(1.0, 2.0), Array.of(1.0, 0.0)).tangents(), length + 1);
    }

    @Test
    void a_gradient_runs_where_its_function_does() {
        Stream stream = Stream.of(Device.CPU);
        Array gradient = grad((Array x) -> x.sin(stream).sum(stream)).apply(Array.of(1f, 2f));
        assertEquals(stream, gradient.stream());
        assertValues(gradient, Math.cos(1), Math.cos(2));
    }

    private static String error(Supplier<?> call) {
        return assertThrows(IllegalArgumentException.class, call::get).getMessage();
    }

    @Test
    void errors_name_the_function_and_what_is_wrong() {
        String vector = error(() -> grad((Array x) -> x.sin()).apply(Array.of(1f, 2f)));
        assertTrue(
                vector.startsWith("[grad] The return value of the function whose gradient we want to compute should be"
                        + " a scalar array; but float32(2)"),
                vector);
        String integers = error(() -> grad((Array x) -> x.sum()).apply(Array.of(1, 2)));
        assertTrue(integers.contains("[grad]") && integers.contains("int32(2)"), integers);
        String cotangent = error(() -> vjp((Array x) -> x.sin(), Array.of(1f, 2f), Array.of(1f)));
        assertTrue(cotangent.contains("[vjp]") && cotangent.contains("float32(1)"), cotangent);
        String tangent = error(() -> jvp((Array x) -> x.sin(), Array.of(1f, 2f), Array.of(1.0, 2.0)));
        assertTrue(tangent.contains("[jvp]") && tangent.contains("float64(2)"), tangent);
    }

    @Test
    void an_operation_without_derivative_is_named() {
        String missing = error(() -> grad((Array x) -> new Array(
                dev.kiln.graph.Node.of(new Underivable(), x.node(), x.stream())).sum()).apply(Array.of(1f, 2f)));
        assertTrue(missing.startsWith("[Primitive::vjp] Not implemented for underivable."), missing);
    }

    record Underivable() implements dev.kiln.graph.Primitive.Opaque {
        @Override
        public String name() {
            return "underivable";
        }

        @Override
        public dev.kiln.graph.Spec infer(List<dev.kiln.graph.Spec> inputs) {
            return inputs.getFirst();
        }
    }
}
