package dev.kiln.backends.cpu;

import dev.kiln.backends.cpu.Formula.Apply;
import dev.kiln.backends.cpu.Formula.Constant;
import dev.kiln.backends.cpu.Formula.Fold;
import dev.kiln.backends.cpu.Formula.Read;
import dev.kiln.backends.cpu.Formula.Scalar;
import dev.kiln.backends.cpu.Formula.Store;
import dev.kiln.backends.cpu.Formula.Term;
import dev.kiln.graph.DType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Makes {@link Composed} code of a formula: a loop for each term, and where there is one, a chain for several. */
final class Composer {

    private static final int NONE = -1;

    /**
     * A term as a loop.
     *
     * @param function its number in chains, or none
     * @param carries whether its first argument is what the loop before it computes, which nothing else needs
     */
    private record Link(Composed.Loop loop, int function, boolean carries) {}

    private final Loops loops = Loops.get();
    private final Formula formula;
    private final List<Term> terms;
    private final int arrays;
    /** By term, the number of its last use: that of a term, or of all terms if it is stored. */
    private final int[] lastUse;
    private final int[] uses;
    private final int[] place;
    private final Deque<Integer> free = new ArrayDeque<>();
    private final List<Composed.Spread> spread = new ArrayList<>();
    private final List<Composed.Step> prologue = new ArrayList<>();
    private final List<Link> links = new ArrayList<>();
    private int areas;
    /** The last term that has got a loop in the body. */
    private int previous = NONE;

    private Composer(Formula formula) {
        this.formula = formula;
        terms = formula.terms();
        arrays = formula.reads().size() + formula.stores().size();
        lastUse = new int[terms.size()];
        uses = new int[terms.size()];
        place = new int[terms.size()];
        Arrays.fill(lastUse, NONE);
        for (int i = 0; i < lastUse.length; i++) {
            for (int argument : terms.get(i).arguments()) {
                lastUse[argument] = i;
                uses[argument]++;
            }
        }
        formula.stores().forEach(store -> lastUse[store.term()] = lastUse.length);
    }

    /** Code for {@code formula}, if there is a loop for each of its terms. */
    static Optional<Generated.Code> compose(Formula formula) {
        boolean served = formula.terms().stream().allMatch(Composer::isServed)
                && formula.stores().stream().allMatch(store -> store.dtype() == DType.FLOAT32
                        && formula.terms().get(store.term()) instanceof Apply apply && !apply.byRow());
        return served ? Optional.of(new Composer(formula).code()) : Optional.empty();
    }

    private static boolean isServed(Term term) {
        return switch (term) {
            case Read read -> read.dtype() == DType.FLOAT32;
            case Constant constant -> true;
            case Apply apply -> Loops.get().inMemory(apply.function(), apply.arguments().size()).isPresent();
            case Fold fold -> false;
            case Scalar scalar -> false;
        };
    }

    private Generated.Code code() {
        int last = lastLoop();
        for (int i = 0; i < place.length; i++) {
            switch (terms.get(i)) {
                case Read read when !read.byRow() -> place[i] = read.input();
                case Read read -> spread(i, read.input(), 0);
                case Constant constant -> spread(i, NONE, constant.value());
                case Apply apply -> apply(i, apply, i == last);
                case Fold fold -> throw new IllegalArgumentException("along the row: " + fold);
                case Scalar scalar -> throw new IllegalArgumentException("along the row: " + scalar);
            }
        }
        List<Composed.Step> body = steps();
        for (int number = 0; number < formula.stores().size(); number++) {
            int from = place[formula.stores().get(number).term()];
            if (from != store(number)) {
                body.add(new Composed.Copy(from, store(number)));
            }
        }
        Composed code = new Composed(spread.toArray(Composed.Spread[]::new), prologue.toArray(Composed.Step[]::new),
                body.toArray(Composed.Step[]::new), arrays);
        return new Generated.Code(code, arrays, new int[0], new int[0], areas, 0);
    }

    /** The term with the last loop of all: if it is stored, nothing is read any more when it is written. */
    private int lastLoop() {
        return IntStream.range(0, place.length)
                .filter(i -> terms.get(i) instanceof Apply apply && !apply.byRow()).max().orElse(NONE);
    }

    private void spread(int number, int from, float constant) {
        place[number] = area();
        spread.add(new Composed.Spread(from, constant, place[number]));
    }

    /** Puts a loop for a term behind those of earlier ones. */
    private void apply(int number, Apply apply, boolean last) {
        List<Integer> from = apply.arguments();
        int a = place[from.getFirst()];
        int b = place[from.getLast()];
        from.stream().distinct().filter(argument -> lastUse[argument] == number && !terms.get(argument).byRow()
                && place[argument] >= arrays).forEach(argument -> free.push(place[argument]));
        place[number] = last && lastUse[number] == lastUse.length
                ? store(formula.stores().stream().map(Store::term).toList().indexOf(number))
                : apply.byRow() || free.isEmpty() ? area() : free.pop();
        Composed.Loop loop = new Composed.Loop(loops.inMemory(apply.function(), from.size()).orElseThrow(),
                place[number], a, b);
        if (apply.byRow()) {
            prologue.add(loop);
            return;
        }
        boolean carries = previous != NONE && uses[previous] == 1 && lastUse[previous] == number
                && from.getFirst() == previous;
        links.add(new Link(loop, loops.chain().map(chain -> chain.number(apply.function())).orElse(NONE), carries));
        previous = number;
    }

    /** The loops, those that are links of a chain as one step. */
    private List<Composed.Step> steps() {
        List<Composed.Step> steps = new ArrayList<>();
        int i = 0;
        while (i < links.size()) {
            int end = i + 1;
            while (end < links.size() && links.get(end).carries && links.get(end - 1).function != NONE
                    && links.get(end).function != NONE) {
                end++;
            }
            List<Link> together = links.subList(i, end);
            steps.add(together.size() == 1 ? together.getFirst().loop : chain(together));
            i = end;
        }
        return steps;
    }

    private Composed.Step chain(List<Link> links) {
        List<Composed.Loop> all = links.stream().map(Link::loop).toList();
        IntStream operands = IntStream.concat(IntStream.of(all.getFirst().a()),
                all.stream().mapToInt(Composed.Loop::b));
        return new Composed.Chain(loops.chain().orElseThrow().loop(), links.stream().mapToInt(Link::function).toArray(),
                operands.toArray(), all.getLast().out(), all.toArray(Composed.Loop[]::new));
    }

    private int store(int number) {
        return formula.reads().size() + number;
    }

    private int area() {
        return arrays + areas++;
    }
}
