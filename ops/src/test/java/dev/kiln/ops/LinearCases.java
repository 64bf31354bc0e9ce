package dev.kiln.ops;

import static dev.kiln.ops.OpCase.FLOATING;

import dev.kiln.graph.Shape;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Matrix products. */
final class LinearCases {

    private LinearCases() {}

    private static OpCase row(String name, int rank, Function<Shape, List<Shape>> operands,
            Function<List<Array>, Array> call, Function<List<Values>, Values> reference) {
        Domain any = Domain.of(-2, 2);
        return new OpCase(name, List.of(any, any, any), FLOATING,
                shape -> shape.rank() < rank ? Optional.empty() : Optional.of(operands.apply(shape)), call, reference,
                8);
    }

    static List<OpCase> rows() {
        return List.of(
                row("matmul", 2, x -> List.of(x, Shape.shape(x.dim(-1), 6)), x -> Ops.matmul(x.get(0), x.get(1)),
                        x -> x.get(0).matmul(x.get(1))),
                row("matmul with its transpose", 2, x -> List.of(x),
                        x -> Ops.matmul(x.get(0), Ops.swapaxes(x.get(0), -1, -2)),
                        x -> x.get(0).matmul(x.get(0).swap(x.get(0).shape().rank() - 2,
                                x.get(0).shape().rank() - 1))),
                row("matmul of a batch", 3, x -> List.of(x, x.with(-2, x.dim(-1)).with(-1, 5)),
                        x -> Ops.matmul(x.get(0), x.get(1)), x -> x.get(0).matmul(x.get(1))),
                row("matmul of a vector", 1, x -> List.of(Shape.shape(x.dim(-1)), Shape.shape(x.dim(-1), 9)),
                        x -> Ops.matmul(x.get(0), x.get(1)),
                        x -> x.get(0).reshape(1, x.get(0).shape().size()).matmul(x.get(1)).squeeze(0)),
                row("addmm", 2, x -> List.of(x, Shape.shape(x.dim(-1), 6), Shape.shape(6)),
                        x -> Ops.addmm(x.get(2), x.get(0), x.get(1), 0.5, 2),
                        x -> x.get(0).matmul(x.get(1)).zip(x.get(2), (product, c) -> 0.5 * product + 2 * c)),
                row("outer", 1, x -> List.of(x, Shape.shape(4)), x -> Ops.outer(x.get(0), x.get(1)),
                        x -> x.get(0).reshape(x.get(0).shape().size(), 1).zip(x.get(1), (a, b) -> a * b)));
    }
}
