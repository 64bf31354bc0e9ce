package dev.kiln.backends.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kiln.graph.Layout;
import dev.kiln.graph.Shape;
import com.google.common.primitives.ImmutableLongArray;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Copies between layouts against a walk from element to element. */
@Tag("everyLoops")
class StridedCopyTest {

    private static final long SEED = 31;
    private static final byte UNTOUCHED = 0x5A;

    static Stream<Arguments> copies() {
        List<long[]> shapes = List.of(new long[] {}, new long[] {0, 3}, new long[] {7}, new long[] {70_000},
                new long[] {1, 5}, new long[] {16, 16}, new long[] {32, 64}, new long[] {31, 33}, new long[] {257, 300},
                new long[] {3, 2, 5}, new long[] {2, 64, 48}, new long[] {5, 37, 4, 41}, new long[] {2, 17, 1, 19});
        return Stream.of(1, 2, 4, 8).flatMap(size -> shapes.stream()
                .flatMap(dims -> IntStream.range(0, 4)
                        .mapToObj(i -> Arguments.of(size, Shape.shape(dims), SEED + i))));
    }

    @ParameterizedTest(name = "{0} bytes, {1}, seed {2}")
    @MethodSource("copies")
    void copies_of_any_layout_are_those_of_a_walk_and_touch_nothing_else(int size, Shape shape, long seed) {
        Random random = new Random(seed);
        Layout from = any(shape, random);
        Layout to = any(shape, random);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment source = arena.allocate(extent(shape, from) * size);
            for (long i = 0; i < source.byteSize(); i++) {
                source.set(ValueLayout.JAVA_BYTE, i, (byte) random.nextInt());
            }
            MemorySegment expected = arena.allocate(extent(shape, to) * size).fill(UNTOUCHED);
            MemorySegment whole = arena.allocate(expected.byteSize()).fill(UNTOUCHED);
            MemorySegment pieces = arena.allocate(expected.byteSize()).fill(UNTOUCHED);
            Odometer walk = Odometer.over(shape.toArray(), Odometer.steps(from, size), Odometer.steps(to, size));
            for (long i = 0; i < shape.size(); i++, walk.next()) {
                MemorySegment.copy(source, walk.at(0), expected, walk.at(1), size);
            }
            StridedCopy copy = StridedCopy.of(shape, size, from, to);
            copy.runShared(source.address(), whole.address());
            long middle = copy.pieces() / 3;
            copy.run(source.address(), pieces.address(), middle, copy.pieces());
            copy.run(source.address(), pieces.address(), 0, middle);
            assertEquals(-1, expected.mismatch(whole));
            assertEquals(-1, expected.mismatch(pieces));
        }
    }

    /** The axes in any order, sometimes with a gap between elements or lines. */
    private static Layout any(Shape shape, Random random) {
        List<Integer> order = new ArrayList<>(IntStream.range(0, shape.rank()).boxed().toList());
        Collections.shuffle(order, random);
        long[] strides = new long[shape.rank()];
        long step = random.nextInt(4) == 0 ? 2 : 1;
        for (int axis : order) {
            strides[axis] = step;
            step *= Math.max(1, shape.dim(axis)) + (random.nextInt(3) == 0 ? 1 : 0);
        }
        return new Layout(0, ImmutableLongArray.copyOf(strides));
    }

    private static long extent(Shape shape, Layout layout) {
        long last = 0;
        for (int axis = 0; axis < shape.rank(); axis++) {
            last += Math.max(0, shape.dim(axis) - 1) * layout.stride(axis);
        }
        return shape.size() == 0 ? 1 : last + 1;
    }
}
