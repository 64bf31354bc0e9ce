package dev.kiln.ops;

import static dev.kiln.graph.Shape.shape;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kiln.graph.DType;
import dev.kiln.graph.Node;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RowsFirstRuleTest {

    private static Array x(long... dims) {
        return Ops.zeros(shape(dims)).square();
    }

    private static Optional<Node> rewrite(Array array) {
        return RuleFacts.rewrite(new RowsFirstRule(), array);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_fold_of_all_axes_folds_rows_and_then_the_rest(boolean keepdims) {
        Array x = x(4, 100, 128);
        Array sum = Ops.sum(x, new int[] {0, 1, 2}, keepdims);
        Node all = rewrite(sum).orElseThrow();
        assertEquals(sum.node().spec(), all.spec());
        assertEquals(new Reduce(Reduce.Op.SUM, List.of(0, 1), keepdims), all.primitive());
        Node rows = all.inputs().getFirst();
        assertEquals(new Reduce(Reduce.Op.SUM, List.of(2), keepdims), rows.primitive());
        assertEquals(List.of(x.node()), rows.inputs());
    }

    @Test
    void axes_that_stay_may_lie_between() {
        Node all = rewrite(Ops.max(x(4, 100, 128), new int[] {0, 2}, false)).orElseThrow();
        assertEquals(new Reduce(Reduce.Op.MAX, List.of(0), false), all.primitive());
        assertEquals(shape(100), all.shape());
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT16", "BFLOAT16"})
    void sixteen_bit_numbers_are_rounded_at_the_end_only(DType dtype) {
        Node all = rewrite(Ops.mean(x(512, 128).astype(dtype))).orElseThrow();
        assertEquals(new Cast(dtype), all.primitive());
        assertEquals(DType.FLOAT32, all.inputs().getFirst().inputs().getFirst().dtype());
    }

    @Test
    void small_arrays_and_rows_that_are_short_or_long_stay() {
        assertEquals(Optional.empty(), rewrite(Ops.sum(x(128, 128))));
        assertEquals(Optional.empty(), rewrite(Ops.sum(x(4096, 32))));
        assertEquals(Optional.empty(), rewrite(Ops.sum(x(2, 1 << 17))));
    }

    @Test
    void a_fold_of_rows_alone_and_one_that_leaves_rows_stay() {
        assertEquals(Optional.empty(), rewrite(Ops.sum(x(512, 128), -1)));
        assertEquals(Optional.empty(), rewrite(Ops.sum(x(4, 128, 128), new int[] {0, 1}, false)));
    }

    @Test
    void positions_stay() {
        assertEquals(Optional.empty(), rewrite(x(512, 128).argmax()));
    }

    @Test
    void rows_that_are_not_rows_of_memory_stay() {
        assertEquals(Optional.empty(), rewrite(Ops.sum(x(512, 128).transpose())));
        assertEquals(Optional.of(shape()), rewrite(Ops.sum(x(512, 128).reshape(256, 256))).map(Node::shape));
    }
}
