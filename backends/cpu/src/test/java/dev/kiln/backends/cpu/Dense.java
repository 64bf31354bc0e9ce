package dev.kiln.backends.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import dev.kiln.ops.Array;
import dev.kiln.ops.Ops;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** A plain row-major array, the reference of tests: no strides, no laziness, one double an element. */
record Dense(Shape shape, double[] values) {

    /** The elements that {@code element} gives for each index. */
    static Dense of(Shape shape, ToDoubleFunction<long[]> element) {
        double[] values = new double[(int) shape.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = element.applyAsDouble(index(shape, i));
        }
        return new Dense(shape, values);
    }

    /** Small whole numbers, exact in every dtype, negative ones only if that can hold them. */
    static Dense random(long seed, DType dtype, long... dims) {
        Random random = new Random(seed);
        return of(Shape.shape(dims), index -> switch (dtype.category()) {
            case BOOL -> random.nextInt(2);
            case UNSIGNED -> random.nextInt(100);
            case SIGNED, FLOATING, COMPLEX -> random.nextInt(-50, 50);
        });
    }

    /** The index of the {@code number}-th element. */
    static long[] index(Shape shape, long number) {
        long[] index = new long[shape.rank()];
        long rest = number;
        for (int i = index.length - 1; i >= 0; i--) {
            index[i] = rest % shape.dim(i);
            rest /= shape.dim(i);
        }
        return index;
    }

    double at(long... index) {
        int number = 0;
        for (int i = 0; i < index.length; i++) {
            number = (int) (number * shape.dim(i) + index[i]);
        }
        return values[number];
    }

    /** As an array of Kiln, contiguous. */
    Array array(DType dtype) {
        return Array.copyOf(values, shape).astype(dtype).eval();
    }

    /** As arrays of Kiln that lie in memory in different ways, by a name for each. */
    Map<String, Array> layouts(DType dtype) {
        Map<String, Array> layouts = new LinkedHashMap<>();
        int rank = shape.rank();
        layouts.put("contiguous", array(dtype));
        int[] reversed = IntStream.range(0, rank).map(i -> rank - 1 - i).toArray();
        layouts.put("transposed", transposed(reversed).array(dtype).transpose());
        layouts.put("backwards", Ops.flip(Ops.flip(array(dtype), reversed).contiguous().eval(), reversed));
        long[] two = new long[rank];
        Arrays.fill(two, 2);
        long[] start = new long[rank];
        Arrays.fill(start, 1);
        Shape wide = Shape.shape(Arrays.stream(shape.toArray()).map(dim -> 2 * dim + 1).toArray());
        Dense spread = of(wide, index -> Arrays.stream(index).allMatch(i -> i % 2 == 1)
                ? at(Arrays.stream(index).map(i -> i / 2).toArray())
                : 77);
        layouts.put("every second", Ops.slice(spread.array(dtype), start, wide.toArray(), two));
        return layouts;
    }

    Dense transposed(int... axes) {
        Shape to = Shape.shape(Arrays.stream(axes).mapToLong(shape::dim).toArray());
        return of(to, index -> {
            long[] from = new long[axes.length];
            for (int i = 0; i < axes.length; i++) {
                from[axes[i]] = index[i];
            }
            return at(from);
        });
    }

    /** Requires that an array has this shape and exactly these elements. */
    void check(Array actual, String what) {
        assertEquals(shape, actual.shape(), what);
        Array real = actual.dtype() == DType.COMPLEX64 ? Ops.real(actual) : actual;
        assertArrayEquals(values, real.toDoubleArray(), what);
    }

    void check(Array actual) {
        check(actual, "");
    }
}
