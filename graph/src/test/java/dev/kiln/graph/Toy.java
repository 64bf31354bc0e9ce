package dev.kiln.graph;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Operations that only the backend of these tests knows, on float64. */
final class Toy {

    private Toy() {}

    /** What a fused program does with one row: rows of one element are used for each element. */
    interface ByRow {
        double[] row(double[][] inputs, int columns);
    }

    enum Op {
        ADD, SUB, MUL, MAX, NEG, HALF;

        double apply(double a, double b) {
            return switch (this) {
                case ADD -> a + b;
                case SUB -> a - b;
                case MUL -> a * b;
                case MAX -> Math.max(a, b);
                case NEG -> -a;
                case HALF -> a / 2;
            };
        }
    }

    /** Fusible. */
    record Pointwise(Op op) implements Primitive.Elementwise, ByRow {
        @Override
        public String name() {
            return op.name().toLowerCase(java.util.Locale.ROOT);
        }

        @Override
        public Spec infer(List<Spec> inputs) {
            inputs.forEach(input -> {
                if (!input.shape().equals(inputs.getFirst().shape())) {
                    throw new IllegalArgumentException("Elementwise inputs differ: " + inputs);
                }
            });
            return inputs.getFirst();
        }

        @Override
        public double[] row(double[][] inputs, int columns) {
            double[] out = new double[columns];
            double[] b = inputs.length == 1 ? inputs[0] : inputs[1];
            for (int i = 0; i < columns; i++) {
                out[i] = op.apply(at(inputs[0], i), at(b, i));
            }
            return out;
        }
    }

    /** A sum; fusible over rows, alone over other axes. */
    record Sum(List<Integer> axes, boolean keepdims) implements Primitive.Reduction, ByRow {
        @Override
        public String name() {
            return "sum";
        }

        @Override
        public Spec infer(List<Spec> inputs) {
            Shape from = inputs.getFirst().shape();
            long[] dims = new long[keepdims ? from.rank() : from.rank() - axes.size()];
            int next = 0;
            for (int i = 0; i < from.rank(); i++) {
                if (!axes.contains(i)) {
                    dims[next++] = from.dim(i);
                } else if (keepdims) {
                    dims[next++] = 1;
                }
            }
            return inputs.getFirst().with(Shape.shape(dims));
        }

        @Override
        public double[] row(double[][] inputs, int columns) {
            double sum = 0;
            for (int i = 0; i < columns; i++) {
                sum += at(inputs[0], i);
            }
            return new double[] {sum};
        }
    }

    /** Each row less its sum, times the weight: fusible. Inputs: x (..., n); optionally a weight that broadcasts to x. */
    record Center() implements Primitive.RowWise, ByRow {
        @Override
        public String name() {
            return "center";
        }

        @Override
        public Spec infer(List<Spec> inputs) {
            return inputs.getFirst();
        }

        @Override
        public double[] row(double[][] inputs, int columns) {
            double sum = 0;
            for (int i = 0; i < columns; i++) {
                sum += at(inputs[0], i);
            }
            double[] out = new double[columns];
            for (int i = 0; i < columns; i++) {
                out[i] = (at(inputs[0], i) - sum) * (inputs.length == 1 ? 1 : at(inputs[1], i));
            }
            return out;
        }
    }

    /** The running totals of x, or of -x: a kernel makes both. */
    record Running(boolean negative) implements Primitive.Sibling {
        @Override
        public List<Primitive.Sibling> siblings() {
            return List.of(new Running(false), new Running(true));
        }

        @Override
        public String name() {
            return negative ? "falling" : "rising";
        }

        @Override
        public Spec infer(List<Spec> inputs) {
            return inputs.getFirst();
        }

        @Override
        public Optional<Node> decompose(List<Node> inputs) {
            return Optional.of(Toys.totals(negative ? Toys.neg(inputs.getFirst()) : inputs.getFirst()));
        }
    }

    record Reshape(Shape shape) implements Primitive.View {
        @Override
        public String name() {
            return "reshape";
        }

        @Override
        public Spec infer(List<Spec> inputs) {
            if (inputs.getFirst().shape().size() != shape.size()) {
                throw new IllegalArgumentException("Cannot reshape " + inputs + " to " + shape);
            }
            return inputs.getFirst().with(shape);
        }

        @Override
        public Optional<Layout> view(Spec input, Layout layout) {
            return layout.reshape(input.shape(), shape);
        }
    }

    record Broadcast(Shape shape) implements Primitive.View {
        @Override
        public String name() {
            return "broadcast";
        }

        @Override
        public Spec infer(List<Spec> inputs) {
            return inputs.getFirst().with(Shape.broadcast(inputs.getFirst().shape(), shape));
        }

        @Override
        public Optional<Layout> view(Spec input, Layout layout) {
            return Optional.of(layout.broadcast(input.shape(), shape));
        }
    }

    /** Swaps the last two axes. */
    record Transpose() implements Primitive.View {
        @Override
        public String name() {
            return "transpose";
        }

        @Override
        public Spec infer(List<Spec> inputs) {
            return inputs.getFirst().with(Shape.shape(swapped(inputs.getFirst().shape().toArray())));
        }

        @Override
        public Optional<Layout> view(Spec input, Layout layout) {
            return Optional.of(Layouts.of(layout.offset(), swapped(layout.strides().toArray())));
        }

        private static long[] swapped(long[] values) {
            long last = values[values.length - 1];
            values[values.length - 1] = values[values.length - 2];
            values[values.length - 2] = last;
            return values;
        }
    }

    /** The first axis backwards. */
    record Reverse() implements Primitive.View {
        @Override
        public String name() {
            return "reverse";
        }

        @Override
        public Spec infer(List<Spec> inputs) {
            return inputs.getFirst();
        }

        @Override
        public Optional<Layout> view(Spec input, Layout layout) {
            long[] strides = layout.strides().toArray();
            long last = layout.offset() + Math.max(0, input.shape().dim(0) - 1) * strides[0];
            strides[0] = -strides[0];
            return Optional.of(Layouts.of(last, strides));
        }
    }

    /** A matrix product; alone. */
    record Product() implements Primitive.Contraction {
        @Override
        public String name() {
            return "product";
        }

        @Override
        public Spec infer(List<Spec> inputs) {
            return inputs.get(0)
                    .with(Shape.shape(inputs.get(0).shape().dim(0), inputs.get(1).shape().dim(1)));
        }
    }

    /** Running totals over all elements in order; alone. */
    record Totals() implements Primitive.Opaque {
        @Override
        public String name() {
            return "totals";
        }

        @Override
        public Spec infer(List<Spec> inputs) {
            return inputs.getFirst();
        }
    }

    /** Its input, once as many such kernels run as the barrier is for; alone. */
    record Meet(CyclicBarrier barrier) implements Primitive.Opaque {
        @Override
        public String name() {
            return "meet";
        }

        @Override
        public Spec infer(List<Spec> inputs) {
            return inputs.getFirst();
        }

        double[] met(double[] x) {
            try {
                barrier.await(60, TimeUnit.SECONDS);
            } catch (InterruptedException | BrokenBarrierException | TimeoutException alone) {
                throw new IllegalStateException("The other kernels did not come.", alone);
            }
            return x;
        }
    }

    /** 3 - 2x: no kernel, but a decomposition, which uses numbers of its own. */
    record Mirrored() implements Primitive.Elementwise {
        @Override
        public String name() {
            return "mirrored";
        }

        @Override
        public Spec infer(List<Spec> inputs) {
            return inputs.getFirst();
        }

        @Override
        public Optional<Node> decompose(List<Node> inputs) {
            Node x = inputs.getFirst();
            return Optional.of(Toys.sub(Toys.broadcast(Toys.scalar(3), x.shape()), new Halved(4).of(x)));
        }
    }

    /** x times {@code times} halves: no kernel, a decomposition. */
    record Halved(int times) implements Primitive.Elementwise {
        @Override
        public String name() {
            return "halved";
        }

        @Override
        public Spec infer(List<Spec> inputs) {
            return inputs.getFirst();
        }

        @Override
        public Optional<Node> decompose(List<Node> inputs) {
            Node x = inputs.getFirst();
            return Optional.of(Toys.half(Toys.mul(x, Toys.broadcast(Toys.scalar(times), x.shape()))));
        }

        Node of(Node x) {
            return Node.of(this, x, x.stream());
        }
    }

    /** No kernel and no decomposition. */
    record Hopeless() implements Primitive.Opaque {
        @Override
        public String name() {
            return "hopeless";
        }

        @Override
        public Spec infer(List<Spec> inputs) {
            return inputs.getFirst();
        }
    }

    /** Has a kernel, which throws each time it is launched; alone. */
    record Faulty() implements Primitive.Opaque {
        @Override
        public String name() {
            return "faulty";
        }

        @Override
        public Spec infer(List<Spec> inputs) {
            return inputs.getFirst();
        }
    }

    static double at(double[] row, int column) {
        return row[row.length == 1 ? 0 : column];
    }
}
