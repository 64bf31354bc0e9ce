package dev.kiln.backends.cpu;

import com.google.common.primitives.ImmutableIntArray;
import dev.kiln.graph.DType;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Work;
import dev.kiln.graph.Work.Extent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * Turns a fused program into steps over registers.
 *
 * <p>
 * What is the same in every block (numbers, weights of the columns, and whatever is computed from these alone) is made once,
 * by the steps of the prologue, and keeps its registers; all other registers are reused after the last use of their
 * value. Loads stand right before their first use. A store may go to the memory that some load reads the same elements
 * from, and therefore waits for the last load.
 */
final class Assembler {

    /** What each thread does: the prologue at first, then the body for each of its blocks. */
    record Assembly(List<Step> prologue, List<Step> body, List<Lane> registers, int rank) {}

    private static final int NONE = -1;

    private final Work.Program program;
    private final Grid grid;
    private final int loads;
    private final boolean[] fixed;
    private final int[] lastUse;
    private final int[] register;
    private final int[] spread;
    private final List<Step> prologue = new ArrayList<>();
    private final List<Step> body = new ArrayList<>();
    private final List<Lane> registers = new ArrayList<>();
    private final Map<Lane, Deque<Integer>> free = new EnumMap<>(Lane.class);
    private final List<Integer> pending = new ArrayList<>();
    private int loadsLeft;
    private int rank;

    private Assembler(Work.Program program, Grid grid) {
        this.program = program;
        this.grid = grid;
        loads = program.loads().size();
        int values = loads + program.body().size();
        fixed = new boolean[values];
        lastUse = new int[values];
        register = new int[values];
        spread = new int[values];
        Arrays.fill(lastUse, NONE);
        Arrays.fill(register, NONE);
        Arrays.fill(spread, NONE);
        for (Lane lane : Lane.values()) {
            free.put(lane, new ArrayDeque<>());
        }
    }

    static Assembly assemble(Work.Program program, Grid grid) {
        Assembler assembler = new Assembler(program, grid);
        assembler.findFixed();
        assembler.findLastUses();
        assembler.emit();
        return new Assembly(List.copyOf(assembler.prologue), List.copyOf(assembler.body),
                List.copyOf(assembler.registers), assembler.rank);
    }

    private void findFixed() {
        for (int value = 0; value < fixed.length; value++) {
            fixed[value] = value < loads
                    ? read(value).repeatsOne() || grid.sameInEachBlock(program, program.loads().get(value))
                    : arguments(value).stream().allMatch(argument -> fixed[argument]);
        }
    }

    private void findLastUses() {
        for (int value = loads; value < lastUse.length; value++) {
            for (int argument : arguments(value)) {
                lastUse[argument] = value;
            }
        }
        loadsLeft = (int) IntStream.range(0, loads)
                .filter(load -> !fixed[load] && (lastUse[load] != NONE || program.stores().contains(load))).count();
    }

    private void emit() {
        for (int value = loads; value < lastUse.length; value++) {
            emit(value);
        }
        for (int value : program.stores()) {
            if (value < loads) {
                fetch(value);
                store(value, lastUse.length);
            }
        }
    }

    private void emit(int value) {
        Work.Instruction instruction = program.body().get(value - loads);
        boolean reduces = instruction.primitive() instanceof Primitive.Reduction;
        Extent through = reduces ? Extent.FULL : instruction.extent();
        int[] from = arguments(value).stream().mapToInt(argument -> fetch(argument, through)).toArray();
        int overwritable = switch (instruction.primitive()) {
            case Primitive.Elementwise elementwise -> from.length;
            case Primitive.RowWise rowWise -> Arrays.stream(from).skip(1).anyMatch(r -> r == from[0]) ? 0 : 1;
            case Primitive.Reduction r -> 0;
            case Primitive.View v -> throw notAnInstruction(v);
            case Primitive.Contraction c -> throw notAnInstruction(c);
            case Primitive.Opaque o -> throw notAnInstruction(o);
            case Primitive.Input i -> throw notAnInstruction(i);
        };
        List<Integer> arguments = arguments(value);
        arguments.subList(0, overwritable).forEach(argument -> release(argument, value));
        register[value] = take(value);
        arguments.forEach(argument -> release(argument, value));
        Operation operation = Instructions.of(instruction.primitive(),
                arguments.stream().map(program::dtype).toList(), instruction.dtype());
        steps(value).add(new Step.Apply(operation, through, ImmutableIntArray.copyOf(from), register[value]));
        if (program.stores().contains(value)) {
            store(value, value);
        }
    }

    private static IllegalArgumentException notAnInstruction(Primitive primitive) {
        return new IllegalArgumentException("[" + primitive.name() + "] cannot be part of a fused program.");
    }

    /** The register of {@code argument} with an element for each that an instruction of this extent goes through. */
    private int fetch(int argument, Extent through) {
        int held = fetch(argument);
        if (program.extent(argument) == through) {
            return held;
        }
        if (spread[argument] == NONE) {
            spread[argument] = take(argument);
            steps(argument).add(new Step.Spread(held, spread[argument]));
        }
        return spread[argument];
    }

    private int fetch(int value) {
        if (register[value] == NONE) {
            Work.Load load = program.loads().get(value);
            StridedRead read = read(value);
            rank = Math.max(rank, read.rank());
            register[value] = take(value);
            steps(value).add(new Step.Load(read, value, load.extent(), register[value]));
            loadsLeft -= fixed[value] ? 0 : 1;
        }
        return register[value];
    }

    /** Stores {@code value} as soon as all is loaded; {@code now} is the instruction that was emitted last. */
    private void store(int value, int now) {
        pending.add(value);
        if (loadsLeft > 0) {
            return;
        }
        List<Integer> ready = List.copyOf(pending);
        pending.clear();
        for (int output = 0; output < program.stores().size(); output++) {
            int stored = program.stores().get(output);
            if (ready.contains(stored)) {
                DType dtype = program.dtype(stored);
                body.add(new Step.Store(Loops.get().store(dtype), dtype.size(), loads + output,
                        program.extent(stored), register[stored]));
            }
        }
        ready.stream().distinct().forEach(stored -> release(stored, now));
    }

    /** Lets the registers of {@code value} be used again if nothing after instruction {@code now} needs them. */
    private void release(int value, int now) {
        if (fixed[value] || lastUse[value] > now || pending.contains(value)) {
            return;
        }
        for (int[] held : List.of(register, spread)) {
            if (held[value] != NONE) {
                free(value).push(held[value]);
                held[value] = NONE;
            }
        }
    }

    private int take(int value) {
        Deque<Integer> unused = free(value);
        if (!fixed[value] && !unused.isEmpty()) {
            return unused.pop();
        }
        registers.add(Lane.of(program.dtype(value)));
        return registers.size() - 1;
    }

    private Deque<Integer> free(int value) {
        return Objects.requireNonNull(free.get(Lane.of(program.dtype(value))));
    }

    private List<Step> steps(int value) {
        return fixed[value] ? prologue : body;
    }

    private StridedRead read(int value) {
        Work.Load load = program.loads().get(value);
        Shape space = program.space();
        return StridedRead.of(load.dtype(),
                load.extent() == Extent.FULL || space.rank() == 0 ? space : space.with(-1, 1), load.layout());
    }

    private List<Integer> arguments(int value) {
        return program.body().get(value - loads).arguments();
    }
}
