package dev.kiln.ops.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.graph.DType;
import dev.kiln.ops.Array;
import dev.kiln.ops.Ops;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Losses and activations, against formulas in doubles. */
class LossesTest {

    private static final double CLOSE = 1e-6;
    private static final double[][] LOGITS = {{1, 2, 0.5}, {-1, 0, 3}};
    private static final int[] CLASSES = {1, 0};

    private static double[] crossEntropies(double smoothing) {
        double[] losses = new double[2];
        for (int i = 0; i < 2; i++) {
            double log = Math.log(DoubleStream.of(LOGITS[i]).map(Math::exp).sum());
            for (int c = 0; c < 3; c++) {
                losses[i] += ((c == CLASSES[i] ? 1 - smoothing : 0) + smoothing / 3) * (log - LOGITS[i][c]);
            }
        }
        return losses;
    }

    private static Array logits() {
        return Ops.array(LOGITS, DType.FLOAT32);
    }

    @Test
    void cross_entropy_is_the_logarithm_of_the_right_probability() {
        double[] expected = crossEntropies(0);
        Array losses = Losses.crossEntropy(logits(), Array.of(CLASSES), Reduction.NONE);
        assertArrayEquals(expected, losses.toDoubleArray(), CLOSE);
        assertEquals((expected[0] + expected[1]) / 2,
                Losses.crossEntropy(logits(), Array.of(CLASSES), Reduction.MEAN).itemDouble(), CLOSE);
        assertEquals(expected[0] + expected[1],
                Losses.crossEntropy(logits(), Array.of(CLASSES), Reduction.SUM).itemDouble(), CLOSE);
        Array probabilities = Ops.array(new float[][] {{0, 1, 0}, {1, 0, 0}});
        assertArrayEquals(expected,
                Losses.crossEntropy(logits(), probabilities, Reduction.NONE).toDoubleArray(), CLOSE);
    }

    @Test
    void cross_entropy_can_be_masked_smoothed_and_taken_along_another_axis() {
        Array mask = Array.of(true, false);
        assertArrayEquals(new double[] {crossEntropies(0.2)[0], 0}, Losses
                .crossEntropy(logits(), Array.of(CLASSES), mask, -1, 0.2, Reduction.NONE).toDoubleArray(), CLOSE);
        assertArrayEquals(crossEntropies(0.2), Losses.crossEntropy(logits().transpose(), Array.of(CLASSES), null, 0,
                0.2, Reduction.NONE).toDoubleArray(), CLOSE);
        assertThrows(IllegalArgumentException.class,
                () -> Losses.crossEntropy(logits(), Array.of(CLASSES), null, -1, 1, Reduction.NONE));
        assertThrows(IllegalArgumentException.class,
                () -> Losses.mse(logits(), Array.of(1f), Reduction.MEAN));
    }

    @Test
    void targets_that_would_only_broadcast_are_refused() {
        for (int[] classes : new int[][] {{1}, {1, 0, 2}}) {
            String said = assertThrows(IllegalArgumentException.class,
                    () -> Losses.crossEntropy(logits(), Array.of(classes), Reduction.NONE)).getMessage();
            assertTrue(said.startsWith("[cross_entropy] Targets of shape (" + classes.length + ")"), said);
            assertThrows(IllegalArgumentException.class,
                    () -> Losses.nll(logits(), Array.of(classes), -1, Reduction.NONE));
        }
        Array column = Array.of(CLASSES).reshape(2, 1);
        assertThrows(IllegalArgumentException.class, () -> Losses.crossEntropy(logits(), column, Reduction.NONE));
    }

    @Test
    void binary_cross_entropy_takes_odds_or_probabilities() {
        Array odds = Array.of(0.5f, -2f);
        Array targets = Array.of(1f, 0f);
        double[] expected = {Math.log1p(Math.exp(-0.5)), Math.log1p(Math.exp(-2))};
        assertArrayEquals(expected,
                Losses.binaryCrossEntropy(odds, targets, null, true, Reduction.NONE).toDoubleArray(), CLOSE);
        assertArrayEquals(expected, Losses
                .binaryCrossEntropy(odds.sigmoid(), targets, null, false, Reduction.NONE).toDoubleArray(), CLOSE);
    }

    @Test
    void losses_of_errors_are_their_formulas() {
        Array predictions = Array.of(0.5f, 3f, -1f);
        Array targets = Array.of(0f, 1f, -1.25f);
        assertArrayEquals(new double[] {0.25, 4, 0.0625},
                Losses.mse(predictions, targets, Reduction.NONE).toDoubleArray(), CLOSE);
        assertArrayEquals(new double[] {0.5, 2, 0.25},
                Losses.l1(predictions, targets, Reduction.NONE).toDoubleArray(), CLOSE);
        assertArrayEquals(new double[] {0.125, 1.5, 0.03125},
                Losses.huber(predictions, targets, 1, Reduction.NONE).toDoubleArray(), CLOSE);
        assertArrayEquals(new double[] {0.0625, 1, 0.015625},
                Losses.smoothL1(predictions, targets, 2, Reduction.NONE).toDoubleArray(), CLOSE);
        assertArrayEquals(new double[] {1, 0, 0}, Losses
                .hinge(predictions, Array.of(0f, 1f, -1.25f), Reduction.NONE).toDoubleArray(), CLOSE);
        Array logs = Activations.logSoftmax(logits());
        assertArrayEquals(crossEntropies(0),
                Losses.nll(logs, Array.of(CLASSES), -1, Reduction.NONE).toDoubleArray(), CLOSE);
        Array p = Ops.array(new double[][] {{0.5, 0.5}, {0.9, 0.1}}, DType.FLOAT32);
        Array q = Ops.array(new double[][] {{0.25, 0.75}, {0.9, 0.1}}, DType.FLOAT32);
        assertArrayEquals(new double[] {0.25 * Math.log(0.25 / 0.5) + 0.75 * Math.log(0.75 / 0.5), 0},
                Losses.klDiv(p.log(), q.log(), -1, Reduction.NONE).toDoubleArray(), CLOSE);
    }

    static Stream<Arguments> activations() {
        DoubleUnaryOperator sigmoid = x -> 1 / (1 + Math.exp(-x));
        DoubleUnaryOperator softplus = x -> Math.log1p(Math.exp(x));
        return Stream.of(
                row("relu", Activations::relu, x -> Math.max(x, 0)),
                row("relu6", Activations::relu6, x -> Math.min(Math.max(x, 0), 6)),
                row("leakyRelu", x -> Activations.leakyRelu(x, 0.1), x -> x > 0 ? x : 0.1 * x),
                row("elu", x -> Activations.elu(x, 2), x -> x > 0 ? x : 2 * Math.expm1(x)),
                row("selu", Activations::selu,
                        x -> 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x))),
                row("silu", Activations::silu, x -> x * sigmoid.applyAsDouble(x)),
                row("geluApprox", Activations::geluApprox,
                        x -> x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)))),
                row("geluFastApprox", Activations::geluFastApprox, x -> x * sigmoid.applyAsDouble(1.702 * x)),
                row("mish", Activations::mish, x -> x * Math.tanh(softplus.applyAsDouble(x))),
                row("softplus", Activations::softplus, softplus),
                row("softsign", Activations::softsign, x -> x / (1 + Math.abs(x))),
                row("hardswish", Activations::hardswish, x -> x * Math.min(Math.max(x + 3, 0), 6) / 6),
                row("logSigmoid", Activations::logSigmoid, x -> -softplus.applyAsDouble(-x)),
                row("tanh", Activations::tanh, Math::tanh),
                row("sigmoid", Activations::sigmoid, sigmoid));
    }

    private static Arguments row(String name, UnaryOperator<Array> activation, DoubleUnaryOperator formula) {
        return Arguments.of(name, activation, formula);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("activations")
    void activations_are_their_formulas(String name, UnaryOperator<Array> activation, DoubleUnaryOperator formula) {
        double[] x = {-30, -4, -1.5, -0.25, 0, 0.25, 1.5, 4, 30};
        assertArrayEquals(DoubleStream.of(x).map(formula).toArray(),
                activation.apply(Array.of(x)).toDoubleArray(), CLOSE);
    }

    @Test
    void gelu_and_its_approximation_agree_and_glu_gates() {
        Array x = Ops.linspace(-3, 3, 31);
        assertArrayEquals(Activations.gelu(x).toDoubleArray(), Activations.geluApprox(x).toDoubleArray(), 1e-3);
        assertEquals(0.8413447461, Activations.gelu(Array.of(1.0)).itemDouble(), CLOSE);
        assertArrayEquals(new double[] {1.5}, Activations.glu(Array.of(3f, 0f), 0).toDoubleArray(), CLOSE);
        assertEquals(1, Activations.softmax(logits()).sum(-1).toDoubleArray()[1], CLOSE);
    }
}
