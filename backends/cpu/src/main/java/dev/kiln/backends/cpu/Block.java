package dev.kiln.backends.cpu;

import com.google.common.primitives.ImmutableIntArray;
import dev.kiln.graph.Work.Extent;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The registers that one thread needs to run a fused program, and where in the program's space it is. Blocks are lent from
 * a pool: a small program must not pay for fresh arrays.
 */
final class Block {

    private static final Pool<Block> POOL = new Pool<>(2 * Runtime.getRuntime().availableProcessors(), Block::new);
    private static final long MOST_KEPT_ELEMENTS = 2L << 20;
    private static final int MOST_ARGUMENTS = 8;

    private final Map<Lane, Bank> banks = new EnumMap<>(Lane.class);
    private Reg[] registers = {};
    private boolean large;

    private final Reg[] arguments = new Reg[MOST_ARGUMENTS];
    /** For {@link StridedRead}. */
    long[] index = {};

    long firstRow;
    int rows;
    long firstElement;
    int columns;

    private Block() {
        for (Lane lane : Lane.values()) {
            banks.put(lane, new Bank(lane));
        }
    }

    /** A block whose registers have these lanes, and room for {@code capacity} elements. */
    static Block lend(List<Lane> lanes, int capacity, int rank) {
        Block lent = POOL.acquire();
        lent.prepare(lanes, capacity, rank);
        return lent;
    }

    /** Ends the loan. Blocks that have grown large are left to the collector. */
    void giveBack() {
        if (!large) {
            POOL.release(this);
        }
    }

    Reg register(int number) {
        return registers[number];
    }

    /** Fetches the arguments of an instruction. */
    Reg[] arguments(ImmutableIntArray numbers) {
        for (int i = 0; i < numbers.length(); i++) {
            arguments[i] = registers[numbers.get(i)];
        }
        return arguments;
    }

    /** The number of the first element, or row, that values of {@code extent} have in this block. */
    long first(Extent extent) {
        return extent == Extent.FULL ? firstElement : firstRow;
    }

    /** How many elements values of {@code extent} have in this block. */
    int count(Extent extent) {
        return extent == Extent.FULL ? rows * columns : rows;
    }

    private void prepare(List<Lane> lanes, int capacity, int rank) {
        if (registers.length < lanes.size()) {
            registers = new Reg[lanes.size()];
        }
        if (index.length < rank) {
            index = new long[rank];
        }
        large = (long) lanes.size() * capacity > MOST_KEPT_ELEMENTS;
        banks.values().forEach(bank -> bank.used = 0);
        for (int i = 0; i < lanes.size(); i++) {
            registers[i] = Objects.requireNonNull(banks.get(lanes.get(i))).next(capacity);
        }
    }

    /** The registers of one lane that a block owns, and how many of them the program that runs has. */
    private static final class Bank {
        private final Lane lane;
        private final List<Reg> registers = new ArrayList<>();
        private int used;

        Bank(Lane lane) {
            this.lane = lane;
        }

        Reg next(int capacity) {
            if (used == registers.size()) {
                registers.add(new Reg(lane, capacity));
            } else if (registers.get(used).capacity() < capacity) {
                registers.set(used, new Reg(lane, capacity));
            }
            return registers.get(used++);
        }
    }
}
