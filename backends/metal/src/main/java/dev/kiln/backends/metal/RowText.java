package dev.kiln.backends.metal;

import dev.kiln.backends.metal.Formula.Fold;
import dev.kiln.backends.metal.Formula.Load;
import dev.kiln.backends.metal.Formula.Store;
import dev.kiln.backends.metal.Formula.Value;
import dev.kiln.graph.Work.Extent;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * The kernel of a formula that folds rows: passes over the columns, one for each fold that needs the result of another, and
 * one that writes.
 *
 * <p>
 * Three kinds. A short row is one thread's. A row that fits is a threadgroup's, whose threads keep what several passes need in
 * registers, a few columns each. Of a longer one they compute it again in each pass, from what is read again.
 */
final class RowText {

    /** Who computes a row, and how. */
    sealed interface Kind {
        /** One thread. */
        record OneThread() implements Kind {}

        /** A threadgroup, each thread with at most so many columns. */
        record Kept(int columnsPerThread) implements Kind {}

        /** A threadgroup of any size. */
        record Again() implements Kind {}
    }

    private final Formula formula;
    private final Kind kind;
    private final Text text = new Text();
    private final Passes passes;
    private final List<String> rowPlaces;
    private final Walk alongColumns;
    private final ProgramText.Values outside;

    private RowText(Formula formula, RowSpace space, Kind kind) {
        this.formula = formula;
        this.kind = kind;
        passes = Passes.of(formula);
        boolean wide = ProgramText.isWide(formula, space);
        if (kind instanceof Kind.OneThread) {
            Heads.threads(text, wide, ProgramText.arrays(formula), space.rowCount());
            text.line("const at row = i;");
        } else {
            Heads.groups(text, wide, ProgramText.arrays(formula));
            text.line("const at row = at(group);");
            text.line("const uint simdgroups = (threads + 31) / 32;");
            new TreeSet<>(formula.values().stream().filter(Fold.class::isInstance).map(Value::lane).toList())
                    .forEach(lane -> text.line("threadgroup " + lane + " scratch_" + lane + "[32];"));
        }
        text.line("const at n = " + text.parameter(space.columnCount()) + ";");
        rowPlaces = space.alongRows().write(text, "row", "r");
        alongColumns = space.alongColumns();
        outside = new ProgramText.Values(formula, text) {
            @Override
            String place(Load load) {
                return rowPlaces.get(load.array());
            }
        };
    }

    /** The kernel, run with a threadgroup or a thread a row. */
    static Text write(Formula formula, RowSpace space, Kind kind) {
        return new RowText(formula, space, kind).write();
    }

    private Text write() {
        if (kind instanceof Kind.Kept(int columns)) {
            for (int value : passes.kept()) {
                text.line(formula.values().get(value).lane() + " kept" + value + "[" + columns + "];");
            }
        }
        for (int pass = 0; pass < passes.count(); pass++) {
            fold(pass);
        }
        List<Integer> full = IntStream.range(0, formula.stores().size())
                .filter(i -> formula.stores().get(i).extent() == Extent.FULL).boxed().toList();
        if (!full.isEmpty()) {
            ProgramText.Values inside = beginLoop(passes.count());
            full.forEach(i -> inside.of(formula.stores().get(i).value()));
            for (int i : full) {
                Store store = formula.stores().get(i);
                text.line(ProgramText.store(store, i, "row * n + c", inside.of(store.value())));
            }
            endLoop();
        }
        writeRows();
        text.out();
        return text.line("}");
    }

    private void writeRows() {
        List<Integer> rows = IntStream.range(0, formula.stores().size())
                .filter(i -> formula.stores().get(i).extent() == Extent.ROW).boxed().toList();
        rows.forEach(i -> outside.of(formula.stores().get(i).value()));
        if (!rows.isEmpty() && !(kind instanceof Kind.OneThread)) {
            text.line("if (thread_number == 0) {").in();
        }
        for (int i : rows) {
            Store store = formula.stores().get(i);
            text.line(ProgramText.store(store, i, "row", outside.of(store.value())));
        }
        if (!rows.isEmpty() && !(kind instanceof Kind.OneThread)) {
            text.out().line("}");
        }
    }

    /** One pass over the columns, and what follows for the whole row. */
    private void fold(int pass) {
        List<Integer> folds = passes.folds(pass);
        for (int number : folds) {
            Fold fold = (Fold) formula.values().get(number);
            text.line(fold.lane() + " f" + number + " = " + fold.op() + "::none(" + fold.lane() + "(0));");
            if (compensates(fold)) {
                text.line("float lost" + number + " = 0.0f;");
            }
        }
        ProgramText.Values inside = beginLoop(pass);
        for (int number : folds) {
            Fold fold = (Fold) formula.values().get(number);
            String f = "f" + number;
            String value = inside.of(fold.argument());
            text.line(compensates(fold)
                    ? f + " = sum_of(" + f + ", " + value + ", lost" + number + ");"
                    : f + " = " + fold.op() + "::of(" + f + ", " + value + ");");
        }
        endLoop();
        for (int number : folds) {
            Fold fold = (Fold) formula.values().get(number);
            if (!(kind instanceof Kind.OneThread)) {
                text.line("f" + number + " = fold<" + fold.op() + ">(f" + number + ", scratch_" + fold.lane()
                        + ", lane, simdgroup, simdgroups);");
            }
            outside.set(number, "f" + number);
        }
    }

    /** Long sums by one thread are made up for what rounding takes from them. */
    private boolean compensates(Fold fold) {
        return kind instanceof Kind.OneThread && fold.op().equals("Add") && fold.lane() == Lane.FLOAT;
    }

    private ProgramText.Values beginLoop(int pass) {
        declareRows(pass);
        switch (kind) {
            case Kind.OneThread one -> text.line("for (at c = 0; c < n; c++) {").in();
            case Kind.Again again -> text.line("for (at c = at(thread_number); c < n; c += at(threads)) {").in();
            case Kind.Kept(int columns) -> {
                text.line("for (uint k = 0; k < " + columns + "; k++) {").in();
                text.line("const at c = at(thread_number + k * threads);");
                text.line("if (c < n) {").in();
            }
        }
        List<String> columnPlaces = alongColumns.write(text, "c", "c");
        ProgramText.Values values = new ProgramText.Values(formula, text) {
            @Override
            String place(Load load) {
                String row = rowPlaces.get(load.array());
                String column = load.extent() == Extent.ROW ? "0" : columnPlaces.get(load.array());
                return row.equals("0") ? column : column.equals("0") ? row : "(" + row + ") + " + column;
            }

            @Override
            String of(int number) {
                if (formula.values().get(number).extent() == Extent.ROW) {
                    return outside.of(number);
                }
                if (!(kind instanceof Kind.Kept) || !passes.kept().contains(number)) {
                    return super.of(number);
                }
                if (passes.computedIn(number) < pass) {
                    return "kept" + number + "[k]";
                }
                boolean first = !knows(number);
                String name = super.of(number);
                if (first) {
                    text.line("kept" + number + "[k] = " + name + ";");
                }
                return name;
            }
        };
        return values;
    }

    private void endLoop() {
        text.out().line("}");
        if (kind instanceof Kind.Kept) {
            text.out().line("}");
        }
    }

    /** What is the same in the whole row stands in front of the loop. */
    private void declareRows(int pass) {
        passes.rowsFor(pass).forEach(outside::of);
    }
}
