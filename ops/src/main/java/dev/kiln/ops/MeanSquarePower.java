package dev.kiln.ops;

import dev.kiln.graph.DType;
import dev.kiln.graph.Facts;
import dev.kiln.graph.Layout;
import dev.kiln.graph.Node;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Storage;
import dev.kiln.streams.Stream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A node found to be {@code (mean(squared², last axis) + eps) ^ exponent}, seen through views.
 *
 * @param mean the reduction: a mean, or a sum that is divided elsewhere
 * @param views from the mean outwards
 * @param scalars the scalars that must have certain values for all this to be true, besides eps
 */
record MeanSquarePower(double exponent, Node squared, Node epsilon, Node mean, List<Node> views,
        List<Wanted> scalars) {

    /** A scalar and the value it must have, as near as its dtype comes. */
    record Wanted(Node node, double value) {
        boolean holds(Facts facts) {
            OptionalDouble found = facts.scalar(node);
            return found.isPresent() && Storage.Scalar.of(node.dtype(), found.getAsDouble())
                    .equals(Storage.Scalar.of(node.dtype(), value));
        }
    }

    /**
     * The structure at {@code node}, all on one stream, if it is there; no scalar has been looked at yet.
     *
     * @param exponent of {@code node} in what it is a factor of: 1, or -1 for a divisor
     */
    static Optional<MeanSquarePower> match(Node node, double exponent, Stream stream) {
        return new Walk(node, exponent, stream).match();
    }

    /** Whether each row of {@code x} sees the mean of this same row. */
    boolean isByRowOf(Node x) {
        Node reduced = mean.inputs().getFirst();
        if (!reduced.shape().equals(x.shape())) {
            return false;
        }
        Layout layout = Layout.contiguous(mean.shape());
        for (Node view : views) {
            Optional<Layout> next = view.primitive() instanceof Primitive.View primitive
                    ? primitive.view(view.inputs().getFirst().spec(), layout)
                    : Optional.empty();
            if (next.isEmpty()) {
                return false;
            }
            layout = next.get();
        }
        int last = x.shape().rank() - 1;
        Shape rows = Shape.shape(Arrays.copyOf(x.shape().toArray(), last));
        return layout.strides().length() == last + 1 && layout.offset() == 0
                && (x.shape().dim(last) == 1 || layout.stride(last) == 0)
                && new Layout(0, layout.strides().subArray(0, last)).isContiguous(rows);
    }

    /** The eps, if it is a known scalar and all others are what they must be. */
    Optional<Double> eps(Facts facts) {
        if (!scalars.stream().allMatch(scalar -> scalar.holds(facts))) {
            return Optional.empty();
        }
        OptionalDouble eps = facts.scalar(epsilon);
        return eps.isPresent() ? Optional.of(eps.getAsDouble()) : Optional.empty();
    }

    /** Goes from the factor down to what is squared. */
    private static final class Walk {

        private final Stream stream;
        private final Deque<Node> views = new ArrayDeque<>();
        private final List<Wanted> scalars = new ArrayList<>();
        private Node at;
        private double exponent;

        Walk(Node start, double exponent, Stream stream) {
            this.at = start;
            this.exponent = exponent;
            this.stream = stream;
        }

        Optional<MeanSquarePower> match() {
            while (descend()) {
                // each step is one operation
            }
            if (!is(BinaryOp.ADD)) {
                return Optional.empty();
            }
            Node a = at.inputs().get(0);
            Node b = at.inputs().get(1);
            Node eps = isScalar(a) ? a : b;
            at = eps == a ? b : a;
            return isScalar(eps)
                    ? mean().flatMap(mean -> squared(mean)
                            .map(squared -> new MeanSquarePower(exponent, squared, eps, mean, List.copyOf(views),
                                    scalars)))
                    : Optional.empty();
        }

        /** Takes a view, a widening, or a part of the exponent off; false if there is none. */
        private boolean descend() {
            if (at.stream() != stream) {
                return false;
            }
            Node first = at.inputs().isEmpty() ? at : at.inputs().getFirst();
            return switch (at.primitive()) {
                case Primitive.View view -> {
                    views.push(at);
                    yield to(first, 1);
                }
                case Cast cast -> keepsDigits() && to(first, 1);
                case Unary(UnaryOp op) -> switch (op) {
                    case RSQRT -> to(first, -0.5);
                    case SQRT -> to(first, 0.5);
                    case RECIPROCAL -> to(first, -1);
                    default -> false;
                };
                case Binary(BinaryOp op) when op == BinaryOp.DIVIDE && isScalar(first) -> {
                    scalars.add(new Wanted(first, 1));
                    yield to(at.inputs().get(1), -1);
                }
                case Binary(BinaryOp op) when op == BinaryOp.POWER && isScalar(at.inputs().get(1)) -> {
                    double rest = -0.5 / exponent;
                    scalars.add(new Wanted(at.inputs().get(1), rest));
                    yield to(first, rest);
                }
                case null, default -> false;
            };
        }

        private boolean to(Node next, double power) {
            at = next;
            exponent *= power;
            return true;
        }

        /** A cast between floats: of 16 bits one cannot hold the other's, which would not be a more exact result. */
        private boolean keepsDigits() {
            DType from = at.inputs().getFirst().dtype();
            DType to = at.dtype();
            return from.isFloating() && to.isFloating() && DType.promote(from, to) != DType.FLOAT64
                    && (from == to || from == DType.FLOAT32 || to == DType.FLOAT32);
        }

        /** The reduction, if this is a mean over rows. */
        private Optional<Node> mean() {
            while (at.primitive() instanceof Primitive.View || at.primitive() instanceof Cast && keepsDigits()) {
                if (at.primitive() instanceof Primitive.View) {
                    views.push(at);
                }
                at = at.inputs().getFirst();
            }
            if (is(BinaryOp.DIVIDE) && isScalar(at.inputs().get(1))) {
                return sum(at.inputs().get(0), at.inputs().get(1), 1);
            }
            if (is(BinaryOp.MULTIPLY)) {
                int scalar = isScalar(at.inputs().get(0)) ? 0 : 1;
                return sum(at.inputs().get(1 - scalar), at.inputs().get(scalar), -1);
            }
            return reduction(Reduce.Op.MEAN, at);
        }

        /** A sum whose size, to this power, is the scalar. */
        private Optional<Node> sum(Node total, Node scalar, int power) {
            if (!isScalar(scalar)) {
                return Optional.empty();
            }
            at = total;
            while (at.primitive() instanceof Primitive.View) {
                views.push(at);
                at = at.inputs().getFirst();
            }
            Optional<Node> sum = reduction(Reduce.Op.SUM, at);
            sum.ifPresent(node -> scalars
                    .add(new Wanted(scalar, Math.pow((double) node.inputs().getFirst().shape().dim(-1), power))));
            return sum;
        }

        private Optional<Node> reduction(Reduce.Op op, Node node) {
            return node.primitive() instanceof Reduce reduce && reduce.op() == op && node.stream() == stream
                    && reduce.foldsRows(node.inputs().getFirst().shape().rank()) ? Optional.of(node) : Optional.empty();
        }

        /** What is squared and then folded. */
        private Optional<Node> squared(Node mean) {
            at = mean.inputs().getFirst();
            if (at.primitive() instanceof Cast && keepsDigits()) {
                at = at.inputs().getFirst();
            }
            if (at.stream() != stream || !at.dtype().isFloating()) {
                return Optional.empty();
            }
            if (at.primitive() instanceof Unary(UnaryOp op) && op == UnaryOp.SQUARE) {
                return Optional.of(at.inputs().getFirst());
            }
            if (is(BinaryOp.MULTIPLY) && at.inputs().get(0) == at.inputs().get(1)) {
                return Optional.of(at.inputs().getFirst());
            }
            if (is(BinaryOp.POWER) && isScalar(at.inputs().get(1))) {
                scalars.add(new Wanted(at.inputs().get(1), 2));
                return Optional.of(at.inputs().getFirst());
            }
            return Optional.empty();
        }

        private boolean is(BinaryOp op) {
            return at.primitive() instanceof Binary(BinaryOp found) && found == op && at.stream() == stream;
        }

        /** Whether this may be a number from outside; which one only {@link Facts} tell. */
        private static boolean isScalar(Node node) {
            Node base = node;
            while (base.primitive() instanceof Primitive.View) {
                base = base.inputs().getFirst();
            }
            return base.shape().size() == 1
                    && (base.primitive() == null || base.primitive() instanceof Primitive.Input);
        }
    }
}
