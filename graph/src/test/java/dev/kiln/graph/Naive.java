package dev.kiln.graph;

import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** The meaning of toy graphs, computed one node at a time on whole arrays: what evaluations are compared with. */
final class Naive {

    private final Map<Node, double[]> known = new IdentityHashMap<>();

    /**
     * The elements of {@code node}, row-major. Nothing is evaluated; what is there already is read.
     *
     * @throws ArithmeticException if it depends on a faulty operation
     */
    static double[] values(Node node) {
        Naive naive = new Naive();
        if (node.primitive() != null) {
            new Graph(List.of(node)).order().forEach(naive::value);
        }
        return naive.value(node);
    }

    private double[] value(Node node) {
        double[] value = known.get(node);
        if (value == null) {
            Primitive primitive = node.primitive();
            value = primitive == null
                    ? Toys.values(node)
                    : compute(primitive, node.inputs().stream().map(Node::spec).toList(), node.spec(),
                            node.inputs().stream().map(this::value).toArray(double[][]::new));
            known.put(node, value);
        }
        return value;
    }

    static double[] compute(Primitive primitive, List<Spec> specs, Spec output, double[][] inputs) {
        return switch (primitive) {
            case Toy.Pointwise p -> p.row(inputs, Math.toIntExact(output.shape().size()));
            case Toy.Mirrored m -> Arrays.stream(inputs[0]).map(x -> 3 - 4 * x / 2).toArray();
            case Toy.Halved(int times) -> Arrays.stream(inputs[0]).map(x -> x * times / 2).toArray();
            case Primitive.View view -> Layouts.gather(inputs[0], output.shape(),
                    view.view(specs.getFirst(), Layout.contiguous(specs.getFirst().shape())).orElseThrow());
            case Toy.Sum sum -> sum(sum, specs.getFirst().shape(), output.shape(), inputs[0]);
            case Toy.Center center -> center(center, specs, output.shape(), inputs);
            case Toy.Product product -> product(inputs, specs);
            case Toy.Meet meet -> meet.met(inputs[0]);
            case Toy.Totals totals -> {
                double[] out = inputs[0].clone();
                Arrays.parallelPrefix(out, 0, out.length, Double::sum);
                yield out;
            }
            case Toy.Running running -> {
                double[] out = Arrays.stream(inputs[0]).map(x -> running.negative() ? -x : x).toArray();
                Arrays.parallelPrefix(out, 0, out.length, Double::sum);
                yield out;
            }
            case Toy.Faulty faulty -> throw new ArithmeticException("faulty, as built");
            default -> throw new IllegalArgumentException("Not a toy: " + primitive);
        };
    }

    private static double[] sum(Toy.Sum sum, Shape from, Shape to, double[] x) {
        long[] strides = new long[from.rank()];
        long step = 1;
        for (int axis = strides.length - 1; axis >= 0; axis--) {
            strides[axis] = sum.axes().contains(axis) ? 0 : step;
            step *= sum.axes().contains(axis) ? 1 : from.dim(axis);
        }
        double[] out = new double[Math.toIntExact(to.size())];
        long[] places = Layouts.places(from, Layouts.of(0, strides));
        for (int i = 0; i < x.length; i++) {
            out[(int) places[i]] += x[i];
        }
        return out;
    }

    private static double[] center(Toy.Center center, List<Spec> specs, Shape shape, double[][] inputs) {
        double[][] wide = inputs.clone();
        for (int i = 1; i < inputs.length; i++) {
            Shape from = specs.get(i).shape();
            wide[i] = Layouts.gather(inputs[i], shape, Layout.contiguous(from).broadcast(from, shape));
        }
        int columns = Math.toIntExact(shape.dim(-1));
        double[] out = new double[Math.toIntExact(shape.size())];
        for (int at = 0; at < out.length; at += columns) {
            int from = at;
            double[] row = center.row(Arrays.stream(wide).map(x -> Arrays.copyOfRange(x, from, from + columns))
                    .toArray(double[][]::new), columns);
            System.arraycopy(row, 0, out, at, columns);
        }
        return out;
    }

    private static double[] product(double[][] inputs, List<Spec> specs) {
        int rows = Math.toIntExact(specs.get(0).shape().dim(0));
        int inner = Math.toIntExact(specs.get(1).shape().dim(0));
        int columns = Math.toIntExact(specs.get(1).shape().dim(1));
        double[] out = new double[rows * columns];
        for (int i = 0; i < out.length; i++) {
            for (int k = 0; k < inner; k++) {
                out[i] += inputs[0][i / columns * inner + k] * inputs[1][k * columns + i % columns];
            }
        }
        return out;
    }
}
