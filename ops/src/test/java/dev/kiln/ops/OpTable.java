package dev.kiln.ops;

import dev.kiln.graph.Shape;
import java.util.List;
import java.util.stream.Stream;

/**
 * Every operation that has a reference, with its variants. Suites run over this table, so an operation is tested forward,
 * fused, and on each implementation and placing of its operands by adding a row to one of the families.
 */
final class OpTable {

    /** The shapes that cases are tried with. */
    static final List<Shape> SHAPES = Stream.of(new long[0], new long[] {0}, new long[] {1}, new long[] {7},
            new long[] {3, 5}, new long[] {2, 1, 31}, new long[] {4, 33}, new long[] {0, 3}).map(Shape::shape)
            .toList();

    private OpTable() {}

    static List<OpCase> cases() {
        return Stream.of(UnaryCases.rows(), BinaryCases.rows(), ReductionCases.rows(), RowCases.rows(),
                ShapeCases.rows(), LinearCases.rows()).flatMap(List::stream).toList();
    }
}
