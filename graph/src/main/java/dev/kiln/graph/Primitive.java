package dev.kiln.graph;

import java.util.List;
import java.util.Optional;

/**
 * An operation of the graph without its inputs: a record, declared once, that carries everything known about it. Equal
 * records mean the same computation, which is what common subexpressions and the plan cache rest on.
 *
 * <p>
 * The kinds below are all that passes and backends distinguish; any number of operations implement each.
 */
public sealed interface Primitive {

    /** MLX's name of the operation, such as {@code rms_norm}. */
    String name();

    /** What comes out of inputs that the operation's method has validated. */
    Spec infer(List<Spec> inputs);

    /**
     * The meaning of this operation in terms of others: what is run on a device that has no kernel for it. Empty for the
     * operations that others are made of.
     */
    default Optional<Node> decompose(List<Node> inputs) {
        return Optional.empty();
    }

    /** An element of the result depends on the same element of each input; all inputs have the result's shape. */
    non-sealed interface Elementwise extends Primitive {}

    /**
     * A row of the result, along the last axis, depends on the same row of the first input, which has the result's shape;
     * further inputs broadcast to that shape.
     */
    non-sealed interface RowWise extends Primitive {}

    /** Axes are folded: each is 1 in the result, or gone. */
    non-sealed interface Reduction extends Primitive {
        /** The folded axes, ascending, from 0. */
        List<Integer> axes();

        /** Whether exactly the last axis of an input of this rank is folded. */
        default boolean foldsRows(int rank) {
            return axes().size() == 1 && axes().getFirst() == rank - 1;
        }
    }

    /** The same elements seen with another shape or other strides: no work unless strides cannot say it. */
    non-sealed interface View extends Primitive {
        /** The layout of the result over the memory of the input; empty if the elements must be copied. */
        Optional<Layout> view(Spec input, Layout layout);
    }

    /** Sums of products, such as a matrix product. */
    non-sealed interface Contraction extends Primitive {}

    /** Anything else. */
    non-sealed interface Opaque extends Primitive {}

    /**
     * One of several results of the same inputs that cost less together than one by one. Each is a node of its own; where a
     * graph asks for the whole family it becomes one kernel, {@link Work.Several}, else each is decomposed.
     */
    interface Sibling extends Opaque {
        /** The whole family, this one included, all different: the same list for each of them. */
        List<Sibling> siblings();
    }

    /**
     * A function of the program's that was traced: a graph of its own, which takes the call's place when the call is planned.
     * It makes several values at once, each of which is an {@link Output} of the call; the call itself has no value.
     */
    interface Call extends Opaque {

        /** The nodes of the graph that stand for the call's inputs. */
        List<Node> parameters();

        /** The nodes of the graph that are the values. */
        List<Node> results();

        @Override
        default Spec infer(List<Spec> inputs) {
            return new Spec(Shape.shape(0), DType.BOOL);
        }
    }

    /** One of the values of a {@link Call}, which is its input. */
    record Output(int index, Spec spec) implements Opaque {
        @Override
        public String name() {
            return "output";
        }

        @Override
        public Spec infer(List<Spec> inputs) {
            return spec;
        }
    }

    /**
     * The first input with some of its elements replaced. It may be asked for in the memory of that input: then nothing else
     * reads that memory any more, and the elements that stay are where they have to be.
     */
    interface Update extends Opaque {}

    /**
     * A value that comes from outside: a leaf of the graph that a plan is made for.
     *
     * @param donated whether a result may be made in its memory
     */
    record Input(int index, Spec spec, Layout layout, boolean donated) implements Primitive {

        /** A value whose memory stays as it is. */
        public Input(int index, Spec spec, Layout layout) {
            this(index, spec, layout, false);
        }

        @Override
        public String name() {
            return "input";
        }

        @Override
        public Spec infer(List<Spec> inputs) {
            return spec;
        }
    }
}
