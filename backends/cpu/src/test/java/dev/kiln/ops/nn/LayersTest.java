package dev.kiln.ops.nn;

import static dev.kiln.ops.Transforms.valueAndGrad;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import dev.kiln.ops.Array;
import dev.kiln.ops.Ops;
import dev.kiln.ops.Random;
import dev.kiln.ops.Tree;
import dev.kiln.ops.ValueAndGrad;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Layers in float64, against loops and against differences; inputs are drawn with seed 5. */
class LayersTest {

    private static final double CLOSE = 1e-9;
    private static final double STEP = 1e-5;

    /** A layer as a function of its parameters and an input. */
    record Trial<M extends Module<M>>(String name, M layer, Array x, BiFunction<M, Array, Array> call) {
        @Override
        public String toString() {
            return name + ", seed 5";
        }
    }

    private static Array drawn(long... shape) {
        return Random.normal(Shape.shape(shape), DType.FLOAT32).astype(DType.FLOAT64).eval();
    }

    private static <M extends Module<M>> M wide(M layer) {
        return layer.map(array -> array.add(Random.normal(array.shape()).multiply(0.1)).astype(DType.FLOAT64).eval());
    }

    static Stream<Trial<?>> trials() {
        Random.seed(5);
        return Stream.of(
                new Trial<>("linear", wide(new Linear(5, 3)), drawn(2, 4, 5), Linear::apply),
                new Trial<>("linear without bias", wide(new Linear(5, 3, false)), drawn(2, 4, 5), Linear::apply),
                new Trial<>("rms norm", wide(new RMSNorm(6)), drawn(3, 6), RMSNorm::apply),
                new Trial<>("layer norm", wide(new LayerNorm(6)), drawn(3, 6), LayerNorm::apply),
                new Trial<>("rope", new RoPE(4), drawn(2, 3, 5, 4), RoPE::apply),
                new Trial<>("attention", wide(new MultiHeadAttention(8, 2)), drawn(2, 5, 8),
                        (layer, x) -> layer.apply(x, x, x, null)),
                new Trial<>("convolution", wide(new Conv1d(3, 4, 2)), drawn(2, 6, 3), Conv1d::apply),
                new Trial<>("grouped convolution", wide(new Conv1d(4, 6, 3, 2, 1, 2, 2, false)), drawn(2, 9, 4),
                        Conv1d::apply),
                new Trial<>("sequence", wide(new Sequential(new Linear(5, 4), Activations::gelu, new Linear(4, 2))),
                        drawn(3, 5), Sequential::apply),
                new Trial<>("embedding", wide(new Embedding(7, 3)), drawn(2, 3), (layer, x) -> layer
                        .apply(Ops.array(new int[][] {{1, 6, 1}, {0, 2, 5}})).matmul(x.transpose())),
                new Trial<>("tied output", wide(new Embedding(7, 3)), drawn(2, 3), Embedding::asLinear));
    }

    @ParameterizedTest
    @MethodSource("trials")
    <M extends Module<M>> void gradients_are_what_differences_say(Trial<M> trial) {
        Random.seed(6);
        Array weights = drawn(trial.call().apply(trial.layer(), trial.x()).shape().toArray());
        record Both<M>(M layer, Array x) {}
        Both<M> at = new Both<>(trial.layer(), trial.x());
        ValueAndGrad<Array, Both<M>> there = valueAndGrad(
                (Both<M> both) -> trial.call().apply(both.layer(), both.x()).multiply(weights).sum()).apply(at);
        Tree<Both<M>> tree = Tree.of(at);
        List<Array> direction = tree.leaves().stream().map(leaf -> drawn(leaf.shape().toArray())).toList();
        double[] sums = new double[2];
        for (int side = 0; side < 2; side++) {
            double step = side == 0 ? -STEP : STEP;
            List<Array> moved = new ArrayList<>();
            for (int i = 0; i < direction.size(); i++) {
                moved.add(tree.leaves().get(i).add(direction.get(i).multiply(step)));
            }
            Both<M> both = tree.with(moved);
            sums[side] = trial.call().apply(both.layer(), both.x()).multiply(weights).sum().itemDouble();
        }
        double slope = 0;
        List<Array> gradient = Tree.of(there.grad()).leaves();
        for (int i = 0; i < direction.size(); i++) {
            slope += gradient.get(i).multiply(direction.get(i)).sum().itemDouble();
        }
        assertEquals((sums[1] - sums[0]) / (2 * STEP), slope, 1e-6 * Math.max(1, Math.abs(slope)));
    }

    @Test
    void a_linear_layer_is_a_loop_over_outputs_seed_5() {
        Random.seed(5);
        Linear layer = wide(new Linear(5, 3));
        Array x = drawn(2, 5);
        double[][] w = rows(layer.weight());
        double[] bias = layer.bias().toDoubleArray();
        double[][] in = rows(x);
        double[] expected = new double[6];
        for (int i = 0; i < 6; i++) {
            expected[i] = bias[i % 3] + dot(w[i % 3], in[i / 3]);
        }
        assertArrayEquals(expected, layer.apply(x).toDoubleArray(), CLOSE);
    }

    @Test
    void norms_are_loops_over_rows_seed_5() {
        Random.seed(5);
        RMSNorm rms = wide(new RMSNorm(6));
        LayerNorm layer = wide(new LayerNorm(6));
        double[] x = drawn(6).toDoubleArray();
        double square = 0;
        double mean = 0;
        for (double value : x) {
            square += value * value / 6;
            mean += value / 6;
        }
        double variance = square - mean * mean;
        double[] byRms = new double[6];
        double[] byLayer = new double[6];
        for (int i = 0; i < 6; i++) {
            byRms[i] = x[i] / Math.sqrt(square + 1e-5) * rms.weight().toDoubleArray()[i];
            byLayer[i] = (x[i] - mean) / Math.sqrt(variance + 1e-5) * layer.weight().toDoubleArray()[i]
                    + layer.bias().toDoubleArray()[i];
        }
        assertArrayEquals(byRms, rms.apply(Array.of(x)).toDoubleArray(), CLOSE);
        assertArrayEquals(byLayer, layer.apply(Array.of(x)).toDoubleArray(), CLOSE);
    }

    @Test
    void rope_turns_halves_seed_5() {
        Random.seed(5);
        Array x = drawn(1, 1, 3, 4);
        double[][] rows = rows(x.reshape(3, 4));
        double[] expected = new double[12];
        for (int t = 0; t < 3; t++) {
            for (int pair = 0; pair < 2; pair++) {
                double angle = t * Math.pow(10_000, -pair / 2.0);
                double a = rows[t][pair];
                double b = rows[t][pair + 2];
                expected[4 * t + pair] = a * Math.cos(angle) - b * Math.sin(angle);
                expected[4 * t + pair + 2] = a * Math.sin(angle) + b * Math.cos(angle);
            }
        }
        assertArrayEquals(expected, new RoPE(4).apply(x).toDoubleArray(), 1e-6);
    }

    @Test
    void attention_is_a_loop_over_heads_seed_5() {
        Random.seed(5);
        MultiHeadAttention layer = wide(new MultiHeadAttention(4, 2));
        Array x = drawn(1, 3, 4);
        double[][] q = rows(layer.queryProj().apply(x).reshape(3, 4));
        double[][] k = rows(layer.keyProj().apply(x).reshape(3, 4));
        double[][] v = rows(layer.valueProj().apply(x).reshape(3, 4));
        double[][] found = new double[3][4];
        for (int head = 0; head < 2; head++) {
            for (int t = 0; t < 3; t++) {
                double[] weight = new double[t + 1];
                double sum = 0;
                for (int s = 0; s <= t; s++) {
                    double score = q[t][2 * head] * k[s][2 * head] + q[t][2 * head + 1] * k[s][2 * head + 1];
                    weight[s] = Math.exp(score / Math.sqrt(2));
                    sum += weight[s];
                }
                for (int s = 0; s <= t; s++) {
                    found[t][2 * head] += weight[s] / sum * v[s][2 * head];
                    found[t][2 * head + 1] += weight[s] / sum * v[s][2 * head + 1];
                }
            }
        }
        double[][] out = rows(layer.outProj().weight());
        double[] expected = new double[12];
        for (int i = 0; i < 12; i++) {
            expected[i] = dot(out[i % 4], found[i / 4]);
        }
        Array mask = MultiHeadAttention.createAdditiveCausalMask(3, DType.FLOAT64);
        assertArrayEquals(expected, layer.apply(x, x, x, mask).toDoubleArray(), CLOSE);
    }

    @Test
    void a_convolution_is_a_loop_over_windows_seed_5() {
        Random.seed(5);
        int stride = 2;
        int padding = 1;
        int dilation = 2;
        Conv1d layer = wide(new Conv1d(4, 6, 3, stride, padding, dilation, 2, true));
        Array x = drawn(1, 9, 4);
        double[][] in = rows(x.reshape(9, 4));
        double[][] w = rows(layer.weight().reshape(18, 2));
        int windows = (9 + 2 * padding - dilation * 2 - 1) / stride + 1;
        double[] expected = new double[windows * 6];
        for (int t = 0; t < windows; t++) {
            for (int out = 0; out < 6; out++) {
                double sum = layer.bias().toDoubleArray()[out];
                for (int place = 0; place < 3; place++) {
                    int at = t * stride + place * dilation - padding;
                    for (int c = 0; at >= 0 && at < 9 && c < 2; c++) {
                        sum += w[out * 3 + place][c] * in[at][out / 3 * 2 + c];
                    }
                }
                expected[t * 6 + out] = sum;
            }
        }
        Array result = layer.apply(x);
        assertEquals(Shape.shape(1, windows, 6), result.shape());
        assertArrayEquals(expected, result.toDoubleArray(), CLOSE);
    }

    @Test
    void an_embedding_hands_out_its_rows() {
        Embedding layer = new Embedding(Ops.array(new float[][] {{1, 2}, {3, 4}, {5, 6}}));
        assertArrayEquals(new float[] {5, 6, 1, 2}, layer.apply(Array.of(2, 0)).toFloatArray());
        assertArrayEquals(new float[] {3, 7, 11}, layer.asLinear(Array.of(1f, 1f)).toFloatArray());
    }

    @Test
    void dropout_drops_its_part_scales_the_rest_and_does_nothing_in_use_seed_9() {
        Random.seed(9);
        record Net(Dropout dropout, List<Dropout> more) implements Module<Net> {}
        Net net = new Net(new Dropout(0.25), List.of(new Dropout(0.5)));
        Array x = Ops.ones(Shape.shape(10_000));
        float[] dropped = net.dropout().apply(x).toFloatArray();
        int zeros = 0;
        for (float value : dropped) {
            zeros += value == 0 ? 1 : 0;
            assertEquals(value == 0 ? 0 : 4f / 3, value, 1e-6);
        }
        assertEquals(2500, zeros, 200);
        Net used = net.train(false);
        assertArrayEquals(x.toFloatArray(), used.dropout().apply(x).toFloatArray());
        assertArrayEquals(x.toFloatArray(), used.more().getFirst().apply(x).toFloatArray());
        assertEquals(net, used.train(true));
    }

    record Block(Linear qProj, RMSNorm norm) {}

    record Net(Embedding embed, List<Block> layers, Map<String, Linear> heads) implements Module<Net> {
        Net() {
            this(new Embedding(5, 4), List.of(new Block(new Linear(4, 4, false), new RMSNorm(4))),
                    Map.of("main", new Linear(4, 2)));
        }
    }

    @Test
    void parameters_have_the_paths_that_mlx_gives_them() {
        assertEquals(List.of("embed.weight", "layers.0.q_proj.weight", "layers.0.norm.weight", "heads.main.weight",
                "heads.main.bias"), List.copyOf(new Net().parameters().keySet()));
        assertEquals(20 + 16 + 4 + 8 + 2, new Net().size());
    }

    @Test
    void weights_come_back_from_a_file_seed_5(@TempDir Path folder) {
        Random.seed(5);
        Net saved = new Net();
        Path file = folder.resolve("model.safetensors");
        saved.saveWeights(file);
        Net loaded = new Net().loadWeights(file);
        saved.parameters().forEach((name, array) -> assertArrayEquals(array.toFloatArray(),
                loaded.parameters().get(name).toFloatArray(), name));
        Linear other = new Linear(4, 2);
        assertEquals("[module] " + file + " lacks 2 parameters, such as bias.",
                assertThrows(IllegalArgumentException.class, () -> other.loadWeights(file)).getMessage());
    }

    @Test
    void an_update_replaces_what_it_names_and_nothing_else() {
        Net net = new Net();
        Net updated = net.update(Map.of("layers.0.norm.weight", Array.of(1f, 2f, 3f, 4f)));
        assertArrayEquals(new float[] {1, 2, 3, 4}, updated.layers().getFirst().norm().weight().toFloatArray());
        assertEquals(net.embed(), updated.embed());
        assertEquals("[module] There is no parameter norm in Net.", assertThrows(IllegalArgumentException.class,
                () -> net.update(Map.of("norm", Array.of(1f)))).getMessage());
        assertThrows(IllegalArgumentException.class,
                () -> net.update(Map.of("layers.0.norm.weight", Array.of(1f))));
    }

    @Test
    void frozen_parameters_are_those_that_are_not_differentiated_by_seed_5() {
        Random.seed(5);
        Net net = new Net();
        Map<String, Array> trained = net.parameters(name -> name.startsWith("layers."));
        Map<String, Array> gradient = valueAndGrad((Map<String, Array> parameters) -> {
            Net with = net.update(parameters);
            Block block = with.layers().getFirst();
            return block.norm().apply(block.qProj().apply(with.embed().apply(Array.of(1, 2)))).square().sum();
        }).apply(trained).grad();
        assertEquals(trained.keySet(), gradient.keySet());
    }

    private static double[][] rows(Array matrix) {
        double[] all = matrix.toDoubleArray();
        int width = (int) matrix.dim(1);
        double[][] rows = new double[(int) matrix.dim(0)][width];
        for (int i = 0; i < all.length; i++) {
            rows[i / width][i % width] = all[i];
        }
        return rows;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
