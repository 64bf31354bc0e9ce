package dev.kiln.graph;

import java.util.BitSet;
import java.util.List;

/** What one kernel does: one primitive by itself, several of one family, or a fused group. A value, so that kernels can be cached by it. */
public sealed interface Work {

    /** An array in memory as a kernel sees it; the address it is given already includes the layout's offset. */
    record Operand(Spec spec, Layout layout) {}

    /** One primitive over arrays of any layout; the result is contiguous. */
    record Single(Primitive primitive, List<Operand> inputs, Spec output) implements Work {}

    /**
     * Several results of the same inputs, each contiguous.
     *
     * @param primitives a {@link Primitive.Sibling#siblings family}, in any order
     * @param outputs what each makes, in the order of the output addresses
     */
    record Several(List<Primitive.Sibling> primitives, List<Operand> inputs, List<Spec> outputs) implements Work {}

    /** Whether a value has an element for each element of the space, or one for each row of it. */
    enum Extent {
        FULL, ROW
    }

    /**
     * A fused group: a straight line of instructions over every element of {@code space}, whose rows lie along its last
     * axis. Values are numbered: first the loads, then the result of each instruction. Rows are independent of each other,
     * so any block of whole rows (without row-wise instructions: any block of elements) can be computed by itself.
     *
     * @param loads what is read, in the order of the kernel's input addresses
     * @param body the instructions; each uses values with smaller numbers
     * @param stores the numbers of the values that are written, contiguous, in the order of the output addresses
     */
    record Program(Shape space, List<Load> loads, List<Instruction> body, List<Integer> stores) implements Work {

        /** The dtype of a value. */
        public DType dtype(int value) {
            return value < loads.size() ? loads.get(value).dtype : body.get(value - loads.size()).dtype;
        }

        /** The extent of a value. */
        public Extent extent(int value) {
            return value < loads.size() ? loads.get(value).extent : body.get(value - loads.size()).extent;
        }

        /** The numbers of the loads that the store of this number depends on. */
        BitSet loadsOf(int store) {
            BitSet needed = new BitSet();
            needed.set(stores.get(store));
            for (int value = loads.size() + body.size() - 1; value >= loads.size(); value--) {
                if (needed.get(value)) {
                    body.get(value - loads.size()).arguments().forEach(needed::set);
                }
            }
            return needed.get(0, loads.size());
        }

        /** Elements in a row. */
        public long columns() {
            return space.rank() == 0 ? 1 : space.dim(-1);
        }
    }

    /** Reads a value of a program; the layout is over the program's space, with last axis of length 1 if by row. */
    record Load(DType dtype, Layout layout, Extent extent) {}

    /**
     * Applies a primitive to values of a program. Where an instruction of full extent uses a value by row, each element of
     * the row uses the row's one.
     */
    record Instruction(Primitive primitive, List<Integer> arguments, DType dtype, Extent extent) {}
}
