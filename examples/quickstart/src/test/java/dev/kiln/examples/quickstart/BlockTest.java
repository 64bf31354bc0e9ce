package dev.kiln.examples.quickstart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import dev.kiln.ops.Array;
import dev.kiln.ops.Explain;
import dev.kiln.ops.Ops;
import dev.kiln.ops.Random;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlockTest {

    @ParameterizedTest(name = "{1} tokens, seed {0}")
    @CsvSource({"5, 1", "6, 2", "7, 33"})
    void the_block_agrees_with_plain_loops_and_the_check_notices_what_does_not(long seed, int tokens) {
        Block block = Block.random(Random.key(seed));
        Array x = Random.normal(Shape.shape(1, tokens, Block.HIDDEN), DType.FLOAT32, Random.key(seed + 100));
        Array y = block.apply(x);
        PlainBlock plain = new PlainBlock(block);

        double error = plain.relativeError(x, y);
        assertTrue(error < 1e-5, () -> "relative error " + error);
        assertTrue(plain.relativeError(x, y.multiply(1.01)) > 1e-3);
        assertEquals(Double.NaN, plain.relativeError(x, Ops.full(y.shape(), Double.NaN)));
    }

    @Test
    void the_norm_by_hand_is_one_kernel_and_the_residual_sum_is_in_the_kernel_of_its_norm() {
        Block block = Block.random(Random.key(1));
        Array x = Ops.ones(Shape.shape(1, 3, Block.HIDDEN));
        assertEquals(List.of(List.of("rms_norm")), Explain.of(block.normByHand(x.eval())).fused());
        assertTrue(Explain.of(block.apply(x)).fused().contains(List.of("add", "rms_norm")));
    }
}
