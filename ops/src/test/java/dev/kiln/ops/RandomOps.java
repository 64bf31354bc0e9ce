package dev.kiln.ops;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Composes rows of the {@link OpTable} into graphs; the same seed makes the same graph again. */
final class RandomOps {

    private static final long MAX_SIZE = 4096;

    private final List<OpCase> rows;
    private final Random random;
    private final List<Array> pool = new ArrayList<>();
    private final StringBuilder history = new StringBuilder();

    RandomOps(List<OpCase> rows, long seed) {
        this.rows = rows;
        this.random = new Random(seed);
        DType dtype = List.of(DType.FLOAT32, DType.FLOAT32, DType.FLOAT16, DType.BFLOAT16, DType.FLOAT64, DType.INT32)
                .get(random.nextInt(6));
        for (int i = 0; i < 3; i++) {
            Shape shape = OpTable.SHAPES.get(random.nextInt(OpTable.SHAPES.size()));
            pool.add(leaf(Domain.of(0.5, 2), shape, dtype));
        }
    }

    private Array leaf(Domain domain, Shape shape, DType dtype) {
        Placing placing = Placing.any(random);
        Values drawn = placing.fit(domain.draw(shape, dtype, random));
        return placing.view(drawn, dtype).or(() -> Placing.CONTIGUOUS.view(drawn, dtype)).orElseThrow();
    }

    /** Applies {@code count} operations; the outputs are the last result and a few others. */
    List<Array> grow(int count) {
        int left = count;
        for (int tries = 0; left > 0 && tries < 1000; tries++) {
            Optional<Array> next = next();
            if (next.isPresent()) {
                pool.add(next.get());
                left--;
            }
        }
        List<Array> outputs = new ArrayList<>(List.of(pool.getLast()));
        for (int i = random.nextInt(3); i > 0; i--) {
            outputs.add(pool.get(random.nextInt(pool.size())));
        }
        return outputs;
    }

    private Optional<Array> next() {
        OpCase row = rows.get(random.nextInt(rows.size()));
        Array first = pool.get(pool.size() - 1 - random.nextInt(1 + random.nextInt(pool.size())));
        DType dtype = row.domains().getFirst().dtype().isPresent() ? DType.FLOAT32 : first.dtype();
        Optional<List<Shape>> shapes = row.operands().apply(first.shape());
        if (shapes.isEmpty() || !row.dtypes().contains(dtype) || first.dtype() != row.dtype(0, dtype)
                || !shapes.get().getFirst().equals(first.shape())) {
            return Optional.empty();
        }
        List<Array> operands = new ArrayList<>(List.of(first));
        for (int i = 1; i < shapes.get().size(); i++) {
            operands.add(operand(row, i, shapes.get().get(i), row.dtype(i, dtype)));
        }
        Array result = row.call().apply(operands);
        if (result.size() > MAX_SIZE) {
            return Optional.empty();
        }
        history.append(row.name()).append(operands.stream().map(x -> x.dtype() + "" + x.shape()).toList())
                .append("; ");
        return Optional.of(result);
    }

    /** One of the results so far if one fits and may be outside of the domain, else a new leaf. */
    private Array operand(OpCase row, int number, Shape shape, DType dtype) {
        Domain domain = row.domains().get(number);
        List<Array> fitting = dtype.isIntegral()
                ? List.of()
                : pool.stream().filter(x -> x.shape().equals(shape) && x.dtype() == dtype).toList();
        return fitting.isEmpty() || random.nextInt(3) == 0
                ? leaf(domain, shape, dtype)
                : fitting.get(random.nextInt(fitting.size()));
    }

    /** The operations so far. */
    @Override
    public String toString() {
        return history.toString();
    }
}
