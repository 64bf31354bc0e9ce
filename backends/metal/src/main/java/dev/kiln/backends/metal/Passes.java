package dev.kiln.backends.metal;

import dev.kiln.backends.metal.Formula.Fold;
import dev.kiln.backends.metal.Formula.Store;
import dev.kiln.backends.metal.Formula.Value;
import dev.kiln.graph.Work.Extent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * In which pass over the columns each part of a formula is computed: a fold in the first in which all that it depends on is
 * known, other values where they are first needed.
 */
final class Passes {

    private final Formula formula;
    private final int[] level;
    private final int count;
    private final Map<Integer, Integer> computedIn = new HashMap<>();
    private final Set<Integer> kept = new TreeSet<>();

    private Passes(Formula formula) {
        this.formula = formula;
        level = new int[formula.values().size()];
        int last = 0;
        for (int i = 0; i < level.length; i++) {
            Value value = formula.values().get(i);
            level[i] = value.arguments().stream().mapToInt(argument -> level[argument]).max().orElse(0)
                    + (value instanceof Fold ? 1 : 0);
            last = Math.max(last, value instanceof Fold ? level[i] : 0);
        }
        count = last;
        for (int pass = 0; pass < count; pass++) {
            for (int fold : folds(pass)) {
                need(((Fold) formula.values().get(fold)).argument(), pass);
            }
        }
        for (Store store : formula.stores()) {
            if (store.extent() == Extent.FULL) {
                need(store.value(), count);
            }
        }
    }

    static Passes of(Formula formula) {
        return new Passes(formula);
    }

    private void need(int number, int pass) {
        Value value = formula.values().get(number);
        if (value.extent() == Extent.ROW) {
            return;
        }
        Integer before = computedIn.get(number);
        if (before == null) {
            computedIn.put(number, pass);
            value.arguments().forEach(argument -> need(argument, pass));
        } else if (before < pass) {
            kept.add(number);
        }
    }

    /** How many passes fold; one that writes may follow. */
    int count() {
        return count;
    }

    /** The folds of a pass. */
    List<Integer> folds(int pass) {
        List<Integer> folds = new ArrayList<>();
        for (int i = 0; i < level.length; i++) {
            if (formula.values().get(i) instanceof Fold && level[i] == pass + 1) {
                folds.add(i);
            }
        }
        return folds;
    }

    /** The values of whole rows that can be computed in front of a pass and not sooner. */
    List<Integer> rowsFor(int pass) {
        List<Integer> rows = new ArrayList<>();
        for (int i = 0; i < level.length; i++) {
            Value value = formula.values().get(i);
            if (value.extent() == Extent.ROW && !(value instanceof Fold) && level[i] == pass) {
                rows.add(i);
            }
        }
        return rows;
    }

    /** The first pass that needs a value of full extent. */
    int computedIn(int value) {
        return computedIn.getOrDefault(value, count);
    }

    /** The values of full extent that a later pass needs again. */
    Set<Integer> kept() {
        return kept;
    }
}
