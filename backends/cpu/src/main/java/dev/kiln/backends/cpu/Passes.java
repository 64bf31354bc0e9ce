package dev.kiln.backends.cpu;

import dev.kiln.backends.cpu.Formula.Apply;
import dev.kiln.backends.cpu.Formula.Constant;
import dev.kiln.backends.cpu.Formula.Fold;
import dev.kiln.backends.cpu.Formula.Read;
import dev.kiln.backends.cpu.Formula.Scalar;
import dev.kiln.backends.cpu.Formula.Store;
import dev.kiln.backends.cpu.Formula.Term;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * In how many passes along a row a formula is computed, and what is done in each.
 *
 * <p>
 * A fold must have ended before anything that depends on it begins, so each fold that depends on another costs one more pass.
 * What is read from memory is read again in each pass that needs it: by then it is in a near cache. What is computed for more
 * than one pass is computed in the first and kept in scratch memory, or where that costs less, in each: a sum, a difference or a
 * product of what is read takes two reads from a near cache again, keeping it a write and a read. Everything is written in the last
 * pass, since it may be written over what is read.
 *
 * @param passes in their order
 * @param rows the terms by row that are computed after the last pass
 * @param kept the terms that are kept in scratch memory, in the order of its areas
 */
public record Passes(List<Pass> passes, List<Integer> rows, List<Integer> kept) {

    /**
     * One pass.
     *
     * @param rows the terms by row that are computed before it
     * @param body the terms by element that are read or computed for each element, in order
     * @param recalled those of the body that an earlier pass has kept
     * @param saved those of the body that are kept for later passes
     * @param folds the folds that end with it
     * @param stores the numbers of the stores by element
     */
    public record Pass(List<Integer> rows, List<Integer> body, List<Integer> recalled, List<Integer> saved,
            List<Integer> folds, List<Integer> stores) {}

    private static final Set<String> CHEAP = Set.of("add", "subtract", "multiply");

    static Passes of(Formula formula) {
        List<Term> terms = formula.terms();
        int[] level = levels(terms);
        int last = 0;
        List<SortedSet<Integer>> needs = new ArrayList<>();
        for (int i = 0; i < terms.size(); i++) {
            needs.add(new TreeSet<>());
            last = Math.max(last, terms.get(i) instanceof Fold ? level[i] - 1 : 0);
        }
        for (Store store : formula.stores()) {
            last = Math.max(last, terms.get(store.term()).byRow() ? 0 : level[store.term()]);
        }
        for (Store store : formula.stores()) {
            needs.get(store.term()).add(last);
        }
        for (int i = terms.size() - 1; i >= 0; i--) {
            Term term = terms.get(i);
            if (term instanceof Fold) {
                needs.get(i).clear();
                needs.get(i).add(level[i] - 1);
            } else if (term.byRow()) {
                continue;
            }
            SortedSet<Integer> when = needs.get(i);
            for (int argument : when.isEmpty() ? List.<Integer>of() : term.arguments()) {
                needs.get(argument).addAll(isRepeated(terms, term) ? when : when.headSet(when.first() + 1));
            }
        }
        return of(formula, level, needs, last);
    }

    private static Passes of(Formula formula, int[] level, List<SortedSet<Integer>> needs, int last) {
        List<Term> terms = formula.terms();
        List<Pass> passes = new ArrayList<>();
        List<Integer> kept = IntStream.range(0, terms.size())
                .filter(i -> terms.get(i) instanceof Apply apply && !apply.byRow() && !isRepeated(terms, apply)
                        && needs.get(i).size() > 1)
                .boxed().toList();
        for (int number = 0; number <= last; number++) {
            int pass = number;
            List<Integer> body = where(terms, i -> !terms.get(i).byRow() && needs.get(i).contains(pass));
            passes.add(new Pass(rows(terms, level, pass), body,
                    body.stream().filter(i -> kept.contains(i) && needs.get(i).first() < pass).toList(),
                    body.stream().filter(i -> kept.contains(i) && needs.get(i).first() == pass).toList(),
                    where(terms, i -> terms.get(i) instanceof Fold && level[i] - 1 == pass),
                    pass < last
                            ? List.of()
                            : IntStream.range(0, formula.stores().size())
                                    .filter(i -> !terms.get(formula.stores().get(i).term()).byRow()).boxed().toList()));
        }
        List<Integer> end = new ArrayList<>();
        for (int after = last + 1; after <= Collections.max(IntStream.of(level).boxed().toList()); after++) {
            end.addAll(rows(terms, level, after));
        }
        return new Passes(List.copyOf(passes), List.copyOf(end), kept);
    }

    /** Whether it costs less to compute a term again than to keep it: one step from what is read or known for the row. */
    private static boolean isRepeated(List<Term> terms, Term term) {
        return term instanceof Apply(String function, List<Integer> arguments, boolean byRow)
                && CHEAP.contains(function)
                && arguments.stream().allMatch(i -> terms.get(i) instanceof Read || terms.get(i).byRow());
    }

    /** For a term by element the first pass it can be in, for one by row the pass it is there for. */
    private static int[] levels(List<Term> terms) {
        int[] level = new int[terms.size()];
        for (int i = 0; i < level.length; i++) {
            int from = terms.get(i).arguments().stream().mapToInt(argument -> level[argument]).max().orElse(0);
            level[i] = terms.get(i) instanceof Fold ? from + 1 : from;
        }
        return level;
    }

    private static List<Integer> rows(List<Term> terms, int[] level, int pass) {
        return where(terms, i -> level[i] == pass && switch (terms.get(i)) {
            case Read read -> read.byRow();
            case Apply apply -> apply.byRow();
            case Scalar scalar -> true;
            case Constant constant -> true;
            case Fold fold -> false;
        });
    }

    private static List<Integer> where(List<Term> terms, java.util.function.IntPredicate test) {
        return IntStream.range(0, terms.size()).filter(test).boxed().toList();
    }
}
