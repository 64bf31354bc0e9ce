package dev.kiln.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.graph.DType;
import dev.kiln.graph.Node;
import dev.kiln.graph.Shape;
import dev.kiln.streams.Stream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RmsNormRuleTest {

    private static final double EPS = 1e-3;
    private static final int ROWS = 3;
    private static final int N = 4;

    private static Array array(DType dtype, long... dims) {
        Shape shape = Shape.shape(dims);
        return Array.copyOf(new float[(int) shape.size()], shape).astype(dtype);
    }

    private static Array x() {
        return array(DType.FLOAT32, ROWS, N);
    }

    private static Array meanSquare(Array x) {
        return Ops.mean(x.square(), -1, true);
    }

    private static Array rowsAsColumn(Array rows) {
        return Operands.of(new Reshape(Shape.shape(ROWS, 1)), rows.stream(), rows.node());
    }

    private static Named<UnaryOperator<Array>> spelling(String text, UnaryOperator<Array> spelling) {
        return Named.of(text, spelling);
    }

    static List<Named<UnaryOperator<Array>>> spellings() {
        return List.of(
                spelling("x * rsqrt(mean(square(x)) + eps)", x -> x.multiply(meanSquare(x).add(EPS).rsqrt())),
                spelling("rsqrt(mean(square(x)) + eps) * x", x -> meanSquare(x).add(EPS).rsqrt().multiply(x)),
                spelling("x / sqrt(eps + mean(x * x))",
                        x -> x.divide(Ops.add(EPS, Ops.mean(x.multiply(x), -1, true)).sqrt())),
                spelling("x * (1 / sqrt(mean + eps))",
                        x -> x.multiply(Ops.divide(1, meanSquare(x).add(EPS).sqrt()))),
                spelling("x * reciprocal(sqrt(mean + eps))",
                        x -> x.multiply(meanSquare(x).add(EPS).sqrt().reciprocal())),
                spelling("x * (mean + eps) ** -0.5",
                        x -> x.multiply(meanSquare(x).add(EPS).power(-0.5))),
                spelling("x / (mean + eps) ** 0.5", x -> x.divide(meanSquare(x).add(EPS).power(0.5))),
                spelling("mean of x ** array(2)",
                        x -> x.multiply(Ops.mean(x.power(Array.scalar(2f)), -1, true).add(EPS).rsqrt())),
                spelling("sum / n", x -> x.multiply(Ops.sum(x.square(), -1, true).divide(N).add(EPS).rsqrt())),
                spelling("sum * (1 / n)",
                        x -> x.multiply(Ops.sum(x.square(), -1, true).multiply(1.0 / N).add(EPS).rsqrt())),
                spelling("(1 / n) * sum without keepdims", x -> x
                        .multiply(rowsAsColumn(Ops.multiply(1.0 / N, Ops.sum(x.square(), 1, false)).add(EPS).rsqrt()))),
                spelling("keepdims by a reshape before the root",
                        x -> x.multiply(rowsAsColumn(Ops.mean(x.square(), 1, false)).add(EPS).rsqrt())),
                spelling("eps as an array", x -> x.multiply(meanSquare(x).add(Array.scalar((float) EPS)).rsqrt())));
    }

    @ParameterizedTest
    @MethodSource("spellings")
    void a_norm_in_this_spelling_becomes_the_primitive(UnaryOperator<Array> spelling) {
        Array x = x();
        Node norm = RuleFacts.rewrite(new RmsNormRule(), spelling.apply(x)).orElseThrow();
        assertEquals(new RmsNorm((float) EPS), norm.primitive());
        assertEquals(List.of(x.node()), norm.inputs());
    }

    static List<Named<UnaryOperator<Array>>> lookAlikes() {
        return List.of(spelling("mean over the first axis of a square", x -> {
            Array square = array(DType.FLOAT32, N, N);
            return square.multiply(Ops.mean(square.square(), 0, true).add(EPS).rsqrt());
        }), spelling("the mean of column i scales row i", x -> {
            Array square = array(DType.FLOAT32, N, N);
            Array columns = Ops.mean(square.square(), 0, false).add(EPS).rsqrt();
            return square.multiply(Operands.of(new Reshape(Shape.shape(N, 1)), x.stream(), columns.node()));
        }), spelling("the mean of row i scales column i", x -> {
            Array square = array(DType.FLOAT32, N, N);
            return square.multiply(Ops.mean(square.square(), 1, false).add(EPS).rsqrt());
        }), spelling("mean over both axes",
                x -> x.multiply(Ops.mean(x.square(), new int[] {0, 1}, true).add(EPS).rsqrt())),
                spelling("eps outside the root", x -> x.divide(meanSquare(x).sqrt().add(EPS))),
                spelling("eps outside the reciprocal root", x -> x.multiply(meanSquare(x).rsqrt().add(EPS))),
                spelling("eps of one element per row",
                        x -> x.multiply(meanSquare(x).add(array(DType.FLOAT32, ROWS, 1)).rsqrt())),
                spelling("another array is squared", x -> x.multiply(meanSquare(x()).add(EPS).rsqrt())),
                spelling("x times another array",
                        x -> x.multiply(Ops.mean(x.multiply(x()), -1, true).add(EPS).rsqrt())),
                spelling("cubes", x -> x.multiply(Ops.mean(x.power(3), -1, true).add(EPS).rsqrt())),
                spelling("a root too few", x -> x.multiply(meanSquare(x).add(EPS).reciprocal())),
                spelling("multiplied by the root", x -> x.multiply(meanSquare(x).add(EPS).sqrt())),
                spelling("divided by the reciprocal root", x -> x.divide(meanSquare(x).add(EPS).rsqrt())),
                spelling("another power", x -> x.multiply(meanSquare(x).add(EPS).power(-0.25))),
                spelling("2 / sqrt", x -> x.multiply(Ops.divide(2, meanSquare(x).add(EPS).sqrt()))),
                spelling("divided by another number than n",
                        x -> x.multiply(Ops.sum(x.square(), -1, true).divide(N - 1).add(EPS).rsqrt())),
                spelling("maximum instead of a sum", x -> x.multiply(meanSquare(x).maximum(EPS).rsqrt())),
                spelling("a difference", x -> x.multiply(meanSquare(x).subtract(EPS).rsqrt())),
                spelling("squares of integers", x -> {
                    Array whole = x.astype(DType.INT32);
                    return whole.multiply(meanSquare(whole).add(EPS).rsqrt());
                }), spelling("statistics of fewer digits than x", x -> {
                    Array half = x.astype(DType.FLOAT16);
                    return x.multiply(meanSquare(half).add(EPS).rsqrt());
                }), spelling("a mean computed on another stream", x -> {
                    Stream other = CompletableFuture
                            .supplyAsync(Stream::defaultStream, task -> Thread.ofVirtual().start(task))
                            .join();
                    return x.multiply(Ops.mean(x.square(), -1, true, other).add(EPS).rsqrt());
                }));
    }

    @ParameterizedTest
    @MethodSource("lookAlikes")
    void this_look_alike_stays_as_it_is(UnaryOperator<Array> lookAlike) {
        assertEquals(Optional.empty(), RuleFacts.rewrite(new RmsNormRule(), lookAlike.apply(x())));
    }

    @Test
    void statistics_in_float32_of_16_bit_numbers_are_recognised_with_the_casts_inside() {
        Array x = array(DType.BFLOAT16, ROWS, N);
        Array inverse = meanSquare(x.astype(DType.FLOAT32)).add(EPS).rsqrt().astype(DType.BFLOAT16);
        Node norm = RuleFacts.rewrite(new RmsNormRule(), x.multiply(inverse)).orElseThrow();
        assertSame(x.node(), norm.inputs().getFirst());
    }

    @Test
    void statistics_in_16_bits_are_recognised_too_since_the_primitive_is_more_exact() {
        Array x = array(DType.FLOAT16, ROWS, N);
        assertTrue(RuleFacts.rewrite(new RmsNormRule(), x.multiply(meanSquare(x).add(EPS).rsqrt())).isPresent());
    }

    @Test
    void scalars_are_asked_for_only_when_all_else_fits() {
        RuleFacts facts = new RuleFacts();
        Array x = x();
        Array lookAlike = x.multiply(Ops.divide(1, meanSquare(x()).add(EPS).sqrt()));
        assertEquals(Optional.empty(), new RmsNormRule().rewrite(lookAlike.node(), facts));
        assertEquals(List.of(), facts.asked);
    }
}
