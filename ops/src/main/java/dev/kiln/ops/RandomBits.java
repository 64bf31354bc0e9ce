package dev.kiln.ops;

import dev.kiln.graph.DType;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Spec;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Random bits from keys: for each key of shape (2) in the input of shape (..., 2) an array of {@code shape}, of uint8,
 * uint16 or uint32.
 *
 * <p>
 * The bytes of a key's array are words: with n of them and {@code h = n / 2}, {@link Threefry} of the counter {@code (i, i +
 * n - h)} gives the words i and {@code i + n - h} for i below h; of an odd number the middle one, h, is the first half of
 * counter {@code (h, 0)}. What is left of a last word is dropped.
 *
 * @param width bytes of an element: 1, 2 or 4
 */
public record RandomBits(Shape shape, int width) implements Primitive.Opaque, Batchable.ByRow {

    @Override
    public String name() {
        return "random_bits";
    }

    @Override
    public Spec infer(List<Spec> inputs) {
        Shape keys = inputs.getFirst().shape();
        long[] dims = LongStream.concat(LongStream.of(keys.toArray()).limit(keys.rank() - 1L),
                LongStream.of(shape.toArray())).toArray();
        return new Spec(Shape.shape(dims), switch (width) {
            case 1 -> DType.UINT8;
            case 2 -> DType.UINT16;
            default -> DType.UINT32;
        });
    }
}
