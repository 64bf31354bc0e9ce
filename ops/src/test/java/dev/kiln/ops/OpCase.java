package dev.kiln.ops;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * One operation as all suites need it: how to call it, on what, and what must come out. See {@link OpTable}.
 *
 * @param name MLX's name and the variant
 * @param domains what each operand is drawn from
 * @param dtypes the dtypes that it is tested with
 * @param operands the shapes of the operands for a first operand of some shape; empty if that shape does not fit
 * @param call the operation
 * @param reference the same on doubles
 * @param slack how many times the usual tolerance of the result's dtype is allowed
 */
record OpCase(String name, List<Domain> domains, Set<DType> dtypes, Function<Shape, Optional<List<Shape>>> operands,
        Function<List<Array>, Array> call, Function<List<Values>, Values> reference, double slack) {

    static final Set<DType> FLOATING = Set.of(DType.FLOAT16, DType.BFLOAT16, DType.FLOAT32, DType.FLOAT64);
    static final Set<DType> INTEGERS = Set.of(DType.UINT8, DType.INT8, DType.INT32, DType.UINT32, DType.INT64);
    static final Set<DType> NUMBERS = union(FLOATING, INTEGERS);
    static final Set<DType> ALL = union(NUMBERS, Set.of(DType.BOOL));
    static final Set<DType> BITS = union(INTEGERS, Set.of(DType.BOOL));

    private static Set<DType> union(Set<DType> a, Set<DType> b) {
        return java.util.stream.Stream.concat(a.stream(), b.stream()).collect(java.util.stream.Collectors.toSet());
    }

    /** The same case with that many times the usual tolerance. */
    OpCase slack(double times) {
        return new OpCase(name, domains, dtypes, operands, call, reference, times);
    }

    /** The same case with other dtypes. */
    OpCase dtypes(Set<DType> others) {
        return new OpCase(name, domains, others, operands, call, reference, slack);
    }

    /** The same case for shapes of at least {@code rank} axes and one element. */
    OpCase filled(int rank) {
        return new OpCase(name, domains, dtypes,
                shape -> shape.rank() >= rank && shape.size() > 0 ? operands.apply(shape) : Optional.empty(), call,
                reference, slack);
    }

    /** The same case on ordinary numbers only. */
    OpCase ordinary() {
        List<Domain> without = domains.stream()
                .map(domain -> new Domain(domain.low(), domain.high(), false, domain.dtype())).toList();
        return new OpCase(name, without, dtypes, operands, call, reference, slack);
    }

    /** The dtype of an operand when the case runs with {@code dtype}. */
    DType dtype(int operand, DType dtype) {
        return domains.get(operand).dtype().orElse(dtype);
    }

    @Override
    public String toString() {
        return name;
    }
}
