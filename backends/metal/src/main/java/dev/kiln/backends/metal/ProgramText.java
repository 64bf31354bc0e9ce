package dev.kiln.backends.metal;

import dev.kiln.backends.metal.Formula.Each;
import dev.kiln.backends.metal.Formula.Fold;
import dev.kiln.backends.metal.Formula.Load;
import dev.kiln.backends.metal.Formula.Store;
import dev.kiln.backends.metal.Formula.Value;
import dev.kiln.graph.Work.Extent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the kernels of all formulas have in common: the arguments, and the text of a value. */
final class ProgramText {

    private ProgramText() {}

    /** The files that a formula's kernel begins with. */
    static String prelude(Formula formula) {
        return Resources.text("values") + Resources.text("integers") + Resources.text("floats")
                + (formula.isComplex() ? Resources.text("complex") : "")
                + (formula.folds() ? Resources.text("folds") : "");
    }

    /** The arrays of a kernel: {@code in0} and so on, {@code out0} and so on. */
    static List<String> arrays(Formula formula) {
        List<String> arrays = new ArrayList<>();
        for (int i = 0; i < formula.loads().size(); i++) {
            arrays.add("device const " + Lane.memory(formula.loads().get(i)) + " *in" + i);
        }
        for (int i = 0; i < formula.stores().size(); i++) {
            arrays.add("device " + Lane.memory(formula.stores().get(i).dtype()) + " *out" + i);
        }
        return arrays;
    }

    /** The values of a formula as local variables, each declared where it is first asked for. */
    abstract static class Values {
        private final Formula formula;
        private final Text text;
        private final Map<Integer, String> known = new HashMap<>();

        Values(Formula formula, Text text) {
            this.formula = formula;
            this.text = text;
        }

        /** Where an array's element is. */
        abstract String place(Load load);

        /** The name of a value, which is computed here if it was not before. */
        String of(int number) {
            String name = known.get(number);
            if (name != null) {
                return name;
            }
            Value value = formula.values().get(number);
            String code = switch (value) {
                case Load load -> "load(in" + load.array() + " + (" + place(load) + "))";
                case Each each -> code(each);
                case Fold fold -> throw new IllegalStateException("Rows are folded by now.");
            };
            text.line("const " + value.lane() + " v" + number + " = " + code + ";");
            known.put(number, "v" + number);
            return "v" + number;
        }

        private String code(Each each) {
            String code = each.code();
            for (int i = each.arguments().size() - 1; i >= 0; i--) {
                code = code.replace("$" + i, of(each.arguments().get(i)));
            }
            return code;
        }

        void set(int number, String name) {
            known.put(number, name);
        }

        boolean knows(int number) {
            return known.containsKey(number);
        }
    }

    /** Writes a value of full extent or of a row. */
    static String store(Store store, int array, String at, String value) {
        return "store(out" + array + " + " + at + ", " + value + ");";
    }

    /** Whether places of this space need 64 bits. */
    static boolean isWide(Formula formula, RowSpace space) {
        long elements = space.rowCount() * Math.max(1, space.columnCount());
        boolean wide = elements > Dispatch.WIDEST;
        for (int i = 0; i < formula.loads().size(); i++) {
            Range range = space.range(i, 1);
            wide |= range.high() >= Integer.MAX_VALUE || range.low() <= -Integer.MAX_VALUE;
        }
        return wide;
    }

    /** What each array is touched in: the loads, then the stores. */
    static List<Range> ranges(Formula formula, RowSpace space) {
        List<Range> ranges = new ArrayList<>();
        for (int i = 0; i < formula.loads().size(); i++) {
            ranges.add(space.range(i, formula.loads().get(i).size()));
        }
        for (Store store : formula.stores()) {
            long elements = store.extent() == Extent.ROW ? space.rowCount() : space.rowCount() * space.columnCount();
            int size = store.dtype().size();
            ranges.add(new Range(0, elements * size, size));
        }
        return ranges;
    }
}
