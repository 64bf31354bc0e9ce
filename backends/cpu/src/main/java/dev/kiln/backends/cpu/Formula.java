package dev.kiln.backends.cpu;

import dev.kiln.graph.DType;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Work;
import dev.kiln.graph.Work.Extent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A fused program in the terms of one element and one row, from which code for it is generated: reads, functions of elements,
 * folds of rows into a number, and functions of such numbers. It names functions, and knows nothing of how they are computed.
 * Each instruction writes itself into it, and must mean to the bit what its {@link Operation} does.
 *
 * @param reads the dtypes of the program's loads
 * @param terms in an order in which each uses earlier ones
 * @param stores what is written, in the order of the output addresses
 */
public record Formula(List<DType> reads, List<Term> terms, List<Store> stores) {

    /** Something with a value for each element, or one for each row. */
    public sealed interface Term {
        /** Whether there is one value a row. */
        boolean byRow();

        /** The numbers of the terms it is computed from. */
        List<Integer> arguments();
    }

    /**
     * What load number {@code input} reads.
     *
     * @param staged whether it is widened to float32 before the code runs
     */
    public record Read(int input, DType dtype, boolean byRow, boolean staged) implements Term {
        @Override
        public List<Integer> arguments() {
            return List.of();
        }
    }

    /** A number that is known beforehand. */
    public record Constant(float value) implements Term {
        @Override
        public boolean byRow() {
            return true;
        }

        @Override
        public List<Integer> arguments() {
            return List.of();
        }
    }

    /** A function of elements; of rows if all its arguments are by row. */
    public record Apply(String function, List<Integer> arguments, boolean byRow) implements Term {}

    /** The elements of each row folded into one number; arguments by row are parameters. */
    public record Fold(String function, List<Integer> arguments) implements Term {
        @Override
        public boolean byRow() {
            return true;
        }
    }

    /** A function of the numbers of a row, and of its length. */
    public record Scalar(String function, List<Integer> arguments) implements Term {
        @Override
        public boolean byRow() {
            return true;
        }
    }

    /**
     * A term that is written as {@code dtype}, and rounded to it.
     *
     * @param staged whether it is float32 until the code has run
     */
    public record Store(int term, DType dtype, boolean staged) {}

    /** Writes an instruction of a program. */
    @FunctionalInterface
    interface Writer<P extends Primitive> {
        /** The number of the term that is the value of {@code primitive}. */
        int write(P primitive, List<DType> in, DType out, Text text, int[] arguments);
    }

    /** The formula of {@code program}; empty where an instruction has none, or a value is no number of 16 or 32 bits. */
    static Optional<Formula> of(Work.Program program) {
        int values = program.loads().size() + program.body().size();
        for (int value = 0; value < values; value++) {
            if (!isServed(program.dtype(value), program.extent(value))) {
                return Optional.empty();
            }
        }
        Text text = new Text();
        List<Integer> terms = new ArrayList<>();
        for (int input = 0; input < program.loads().size(); input++) {
            Work.Load load = program.loads().get(input);
            boolean byRow = load.extent() == Extent.ROW || load.layout().strides().isEmpty()
                    || load.layout().stride(-1) == 0;
            if (byRow && load.dtype() == DType.BOOL) {
                return Optional.empty();
            }
            terms.add(text.add(new Read(input, load.dtype(), byRow, !byRow && isStaged(program, load))));
        }
        for (Work.Instruction instruction : program.body()) {
            int[] arguments = instruction.arguments().stream().mapToInt(terms::get).toArray();
            List<DType> in = instruction.arguments().stream().map(program::dtype).toList();
            int term = Instructions.write(instruction.primitive(), in, instruction.dtype(), text, arguments);
            if (instruction.dtype() == DType.BOOL && text.terms.get(term).byRow()) {
                return Optional.empty();
            }
            terms.add(term);
        }
        List<Store> stores = program.stores().stream()
                .map(value -> new Store(text.unrounded(program.dtype(value), terms.get(value)), program.dtype(value),
                        program.dtype(value) == DType.FLOAT16 && program.extent(value) == Extent.FULL))
                .toList();
        for (int i = 0; i < stores.size(); i++) { // a value that is the same along the row is still written along it
            if (text.terms.get(stores.get(i).term()).byRow()
                    && program.extent(program.stores().get(i)) == Extent.FULL) {
                return Optional.empty();
            }
        }
        return Optional.of(new Formula(program.loads().stream().map(Work.Load::dtype).toList(),
                List.copyOf(text.terms), stores));
    }

    /**
     * The processor converts between float16 and float32 in one step, but the Vector API has none for it; loops that do nothing
     * else are compiled to it. What is the same in each row is widened once.
     */
    private static boolean isStaged(Work.Program program, Work.Load load) {
        return load.dtype() == DType.FLOAT16
                || load.dtype() == DType.BFLOAT16 && Grid.sameInEachRow(program, load);
    }

    private static boolean isServed(DType dtype, Extent extent) {
        return switch (dtype) {
            case FLOAT32, FLOAT16, BFLOAT16 -> true;
            case BOOL -> extent == Extent.FULL;
            case UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64, FLOAT64, COMPLEX64 -> false;
        };
    }

    /** A formula that is being written. Equal terms are one. */
    static final class Text {
        private final List<Term> terms = new ArrayList<>();
        private final Map<Term, Integer> numbers = new HashMap<>();

        private int add(Term term) {
            return numbers.computeIfAbsent(term, absent -> {
                terms.add(absent);
                return terms.size() - 1;
            });
        }

        int constant(double value) {
            return add(new Constant((float) value));
        }

        int apply(String function, int... arguments) {
            List<Integer> from = list(arguments);
            return add(new Apply(function, from, from.stream().allMatch(argument -> terms.get(argument).byRow())));
        }

        int fold(String function, int... arguments) {
            return add(new Fold(function, list(arguments)));
        }

        int scalar(String function, int... arguments) {
            return add(new Scalar(function, list(arguments)));
        }

        /** {@code term} as it would come back from memory. */
        int rounded(DType dtype, int term) {
            String rounding = rounding(dtype);
            return rounding == null ? term : apply(rounding, term);
        }

        private static @Nullable String rounding(DType dtype) {
            return switch (dtype) {
                case FLOAT16 -> "to_float16";
                case BFLOAT16 -> "to_bfloat16";
                case BOOL, UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64, FLOAT32, FLOAT64, COMPLEX64 ->
                    null;
            };
        }

        /** The term that {@code term} rounds to {@code dtype}, if it does: what is stored is rounded anyway. */
        int unrounded(DType dtype, int term) {
            return terms.get(term) instanceof Apply(String function, List<Integer> from, boolean byRow)
                    && function.equals(rounding(dtype)) ? from.getFirst() : term;
        }

        private static List<Integer> list(int... numbers) {
            return Arrays.stream(numbers).boxed().toList();
        }
    }
}
