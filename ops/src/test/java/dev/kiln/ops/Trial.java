package dev.kiln.ops;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * One row of the table with operands: their arrays, some of them lazy views, and the doubles that those hold exactly.
 *
 * @param what the row, dtype, shapes and placings, for messages
 */
record Trial(OpCase row, String what, List<Array> arrays, List<Values> values) {

    /**
     * Draws operands. The first has {@code shape} and {@code placing}; the others are placed by chance.
     *
     * @return empty if the row does not take this shape, or the shape not this placing
     */
    static Optional<Trial> draw(OpCase row, DType dtype, Shape shape, Placing placing, long seed) {
        Optional<List<Shape>> shapes = row.operands().apply(shape);
        if (shapes.isEmpty()) {
            return Optional.empty();
        }
        Random random = new Random(seed);
        List<Array> arrays = new ArrayList<>();
        List<Values> values = new ArrayList<>();
        StringBuilder what = new StringBuilder(row.name());
        for (int i = 0; i < shapes.get().size(); i++) {
            DType type = row.dtype(i, dtype);
            Placing place = i == 0 ? placing : Placing.any(random);
            Values drawn = place.fit(row.domains().get(i).draw(shapes.get().get(i), type, random));
            Optional<Array> view = place.view(drawn, type);
            if (view.isEmpty() && i == 0) {
                return Optional.empty();
            }
            Array array = view.or(() -> Placing.CONTIGUOUS.view(drawn, type)).orElseThrow();
            arrays.add(random.nextBoolean() ? array : array.eval());
            values.add(new Values(drawn.shape(), Array.copyOf(drawn.elements(), type).toDoubleArray()));
            what.append(i == 0 ? " of " : ", ").append(type).append(drawn.shape()).append(' ')
                    .append(view.isEmpty() ? Placing.CONTIGUOUS : place);
        }
        return Optional.of(new Trial(row, what.append(", seed ").append(seed).toString(), arrays, values));
    }

    /** The operation applied to the arrays: nothing is computed yet. */
    Array result() {
        return row.call().apply(arrays);
    }

    /** What must come out. */
    Values expected() {
        return row.reference().apply(values);
    }
}
