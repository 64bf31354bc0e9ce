package dev.kiln.backends.metal;

import dev.kiln.graph.DType;
import dev.kiln.graph.Work.Extent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A kernel's computation as a straight line of text: loads, then elementwise steps and folds of rows, each of which uses values
 * with smaller numbers. Whatever is fused becomes one formula, so that one generator makes every kernel of rows.
 *
 * @param loads the dtypes of the first values, in the order of the kernel's arrays
 * @param stores what is written, in the order of the kernel's arrays behind those
 */
record Formula(List<Value> values, List<DType> loads, List<Store> stores) {

    /** A value: one for each element or one for each row. */
    sealed interface Value {
        Lane lane();

        Extent extent();

        List<Integer> arguments();
    }

    /** Read from the kernel's array of that number. */
    record Load(int array, Lane lane, Extent extent) implements Value {
        @Override
        public List<Integer> arguments() {
            return List.of();
        }
    }

    /** An expression, in which {@code $0} and so on stand for the arguments, {@code n} for the length of a row. */
    record Each(Lane lane, Extent extent, String code, List<Integer> arguments) implements Value {}

    /** All of a row folded, by one of the structs in {@code folds.metal}. */
    record Fold(Lane lane, String op, int argument) implements Value {
        @Override
        public Extent extent() {
            return Extent.ROW;
        }

        @Override
        public List<Integer> arguments() {
            return List.of(argument);
        }
    }

    /** A value that is written, as this dtype, for each element or for each row. */
    record Store(int value, DType dtype, Extent extent) {}

    /** A value and the dtype that it is a value of. */
    record Term(int value, DType dtype) {}

    /** Whether rows are folded. */
    boolean folds() {
        return values.stream().anyMatch(Fold.class::isInstance);
    }

    /** Whether there are complex numbers in it. */
    boolean isComplex() {
        return values.stream().anyMatch(value -> value.lane() == Lane.COMPLEX);
    }

    /** Gathers values. */
    static final class Builder {
        private final List<Value> values = new ArrayList<>();
        private final List<DType> loads = new ArrayList<>();
        private final List<Store> stores = new ArrayList<>();

        /** A value of the next array; loads come before all else. */
        Term load(DType dtype, Extent extent) {
            loads.add(dtype);
            return new Term(add(new Load(loads.size() - 1, Lane.of(dtype), extent)), dtype);
        }

        /** An elementwise step. */
        int each(Lane lane, String code, int... arguments) {
            List<Integer> list = java.util.Arrays.stream(arguments).boxed().toList();
            boolean full = list.stream().anyMatch(argument -> values.get(argument).extent() == Extent.FULL);
            return add(new Each(lane, full ? Extent.FULL : Extent.ROW, code, list));
        }

        /** The number of each element in its row. */
        int column() {
            return add(new Each(Lane.UINT, Extent.FULL, "uint(c)", List.of()));
        }

        /** The number of each element, where nothing is folded. */
        int number(Lane lane) {
            return add(new Each(lane, Extent.FULL, lane + "(i)", List.of()));
        }

        /** A fold of rows, in the argument's lane. */
        int fold(String op, int argument) {
            return add(new Fold(values.get(argument).lane(), op, argument));
        }

        void store(Term term, Extent extent) {
            stores.add(new Store(term.value, term.dtype, extent));
        }

        Lane lane(int value) {
            return values.get(value).lane();
        }

        private int add(Value value) {
            values.add(value);
            return values.size() - 1;
        }

        Formula build() {
            return new Formula(Collections.unmodifiableList(new ArrayList<>(values)), List.copyOf(loads),
                    List.copyOf(stores));
        }
    }
}
