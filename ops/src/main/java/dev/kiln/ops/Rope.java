package dev.kiln.ops;

import dev.kiln.graph.DType;
import dev.kiln.graph.Node;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Spec;
import dev.kiln.streams.Stream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Rotary position embedding (Su et al. 2021, arXiv:2104.09864) of {@code x} of shape (B, ..., T, D): pair i of the first
 * {@code dims} features at position t is turned by the angle {@code (offset + t) * scale * base^(-2i / dims)}. Angles are
 * float32, and so is the turning, of 16-bit x too.
 *
 * <p>
 * Inputs: x; the offset, int32, one element or one for each of the B; without a base the wavelengths, float32 of shape
 * (dims / 2), whose reciprocals take the place of the powers.
 *
 * @param dims how many features are turned; even
 * @param traditional whether a pair is (2i, 2i + 1) rather than (i, i + dims / 2)
 * @param base how slowly the later pairs turn
 * @param scale of the positions
 * @param forward false to turn back, as the gradient does
 */
public record Rope(int dims, boolean traditional, OptionalDouble base, double scale, boolean forward)
        implements
            Primitive.Opaque,
            Differentiable.ByArgument,
            Batchable {

    @Override
    public String name() {
        return "rope";
    }

    @Override
    public Spec infer(List<Spec> inputs) {
        return inputs.getFirst();
    }

    @Override
    public Optional<Node> decompose(List<Node> inputs) {
        Array x = new Array(inputs.getFirst());
        Stream on = x.stream();
        Array angles = angles(x.shape(), inputs, on);
        Array cosines = angles.cos(on);
        Array sines = forward ? angles.sin(on) : angles.sin(on).negative(on);
        Array wide = x.dtype() == DType.FLOAT64 ? x : x.astype(DType.FLOAT32, on);
        int half = dims / 2;
        int step = traditional ? 2 : 1;
        Array a = columns(wide, 0, traditional ? dims : half, step, on);
        Array b = columns(wide, traditional ? 1 : half, dims, step, on);
        Array left = a.multiply(cosines, on).subtract(b.multiply(sines, on), on);
        Array right = a.multiply(sines, on).add(b.multiply(cosines, on), on);
        Array turned = traditional
                ? Ops.reshape(Ops.stack(List.of(left, right), -1, on), x.shape().with(-1, dims), on)
                : Ops.concatenate(List.of(left, right), -1, on);
        Array rest = columns(wide, dims, (int) x.dim(-1), 1, on);
        return Optional.of(Ops.concatenate(List.of(turned, rest), -1, on).astype(x.dtype(), on).node());
    }

    /** The angles, of shape (T, dims / 2), or with as many axes as x if each of the B has an offset. */
    private Array angles(Shape shape, List<Node> inputs, Stream on) {
        Array offset = new Array(inputs.get(1));
        if (offset.size() > 1) {
            long[] column = new long[shape.rank() - 1];
            Arrays.fill(column, 1);
            column[0] = offset.size();
            offset = Ops.reshape(offset, Shape.shape(column), on);
        }
        int half = dims / 2;
        Array positions = Ops.arange(0, shape.dim(-2), 1, DType.FLOAT32, on).add(offset, on).multiply(scale, on);
        Array frequencies = base.isPresent()
                ? Ops.arange(0, -half, -1, DType.FLOAT32, on)
                        .multiply((float) Math.log((float) base.getAsDouble()) / half, on).exp(on)
                : new Array(inputs.get(2)).reciprocal(on);
        return Ops.expandDims(positions, -1, on).multiply(frequencies, on);
    }

    /** Every so many columns of the last axis. */
    private static Array columns(Array x, int from, int to, int step, Stream on) {
        int last = x.ndim() - 1;
        long[] start = new long[x.ndim()];
        long[] stop = x.shape().toArray();
        long[] steps = new long[x.ndim()];
        Arrays.fill(steps, 1);
        start[last] = from;
        stop[last] = to;
        steps[last] = step;
        return Ops.slice(x, start, stop, steps, on);
    }

    @Override
    public @Nullable Array vjp(int argument, List<Array> primals, Array result, Array cotangent) {
        if (argument == 2) {
            return Rules.vjpsOfParts(this, Set.of(argument), primals, result, cotangent).get(argument);
        }
        if (argument != 0) {
            return null;
        }
        Node[] inputs = primals.stream().map(Array::node).toArray(Node[]::new);
        inputs[0] = cotangent.node();
        return Operands.of(new Rope(dims, traditional, base, scale, !forward), cotangent.stream(), inputs);
    }

    @Override
    public Array vmap(Batch inputs) {
        Array x = inputs.all(0);
        if (inputs.mapped().contains(2)) {
            return Vectorised.parts(this, inputs);
        }
        List<Node> nodes = new ArrayList<>(inputs.arrays().stream().map(Array::node).toList());
        if (!inputs.isMapped(1) && inputs.get(1).size() == 1) {
            nodes.set(0, x.node());
            return Operands.of(this, Stream.defaultStream(), nodes.toArray(Node[]::new));
        }
        long rows = inputs.size() * x.dim(1);
        Array offsets = Ops.broadcastTo(inputs.shape(1).rank() == 0 ? inputs.spread(1, 2) : inputs.all(1),
                Shape.shape(inputs.size(), x.dim(1)));
        nodes.set(0, Ops.reshape(x, Axes.replace(x.shape().toArray(), 0, 2, rows)).node());
        nodes.set(1, Ops.reshape(offsets, Shape.shape(rows)).node());
        return Ops.reshape(Operands.of(this, Stream.defaultStream(), nodes.toArray(Node[]::new)), x.shape());
    }
}
