package dev.kiln.backends.cpu.vector;

import dev.kiln.backends.cpu.ElementType;
import dev.kiln.backends.cpu.RmsNormGradientLoops;
import dev.kiln.graph.OffHeap;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;

/**
 * The gradients of RMS norms in two passes over four rows: their statistics, then both gradients. The rows of a pass share what
 * they read of the weight, and what they add to its gradient; by themselves five rows, more than a first-level cache holds,
 * would go through it for each.
 */
final class Float32NormGradient implements RmsNormGradientLoops {

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final int LINE = 64;

    @Override
    public void run(long x, long weight, long cotangent, long byX, long byWeight, long partials, int columns,
            float eps, float[] numbers) {
        statistics(x, weight, cotangent, partials, columns);
        finish(partials, columns, eps, numbers);
        combine(x, weight, cotangent, byX, byWeight, columns, numbers);
    }

    /** Sums of squares, and of products with the weighted cotangent, not yet added across vectors. */
    private static void statistics(long x, long weight, long cotangent, long partials, int columns) {
        int lanes = Species.F32.length();
        long step = (long) columns * Float.BYTES;
        FloatVector zero = FloatVector.zero(Species.F32);
        FloatVector squares0 = zero;
        FloatVector squares1 = zero;
        FloatVector squares2 = zero;
        FloatVector squares3 = zero;
        FloatVector dot0 = zero;
        FloatVector dot1 = zero;
        FloatVector dot2 = zero;
        FloatVector dot3 = zero;
        for (int i = 0; i < columns; i += lanes) {
            FloatVector w = read(weight, i);
            FloatVector x0 = read(x, i);
            FloatVector x1 = read(x + step, i);
            FloatVector x2 = read(x + 2 * step, i);
            FloatVector x3 = read(x + 3 * step, i);
            squares0 = x0.fma(x0, squares0);
            squares1 = x1.fma(x1, squares1);
            squares2 = x2.fma(x2, squares2);
            squares3 = x3.fma(x3, squares3);
            dot0 = x0.fma(read(cotangent, i).mul(w), dot0);
            dot1 = x1.fma(read(cotangent + step, i).mul(w), dot1);
            dot2 = x2.fma(read(cotangent + 2 * step, i).mul(w), dot2);
            dot3 = x3.fma(read(cotangent + 3 * step, i).mul(w), dot3);
        }
        write(squares0, partials, 0);
        write(squares1, partials, lanes);
        write(squares2, partials, 2 * lanes);
        write(squares3, partials, 3 * lanes);
        write(dot0, partials, 4 * lanes);
        write(dot1, partials, 5 * lanes);
        write(dot2, partials, 6 * lanes);
        write(dot3, partials, 7 * lanes);
    }

    /**
     * For each row the factor of its norm, and by how much x is taken away from the weighted cotangent. This is apart, and a loop,
     * since the compiler does not inline so many sums across vectors into one method.
     */
    private static void finish(long partials, int columns, float eps, float[] numbers) {
        for (int row = 0; row < ROWS; row++) {
            float squares = Across.sum(read(partials, row * Species.F32.length()));
            float dot = Across.sum(read(partials, (ROWS + row) * Species.F32.length()));
            float factor = Float32Norm.inverseRoot(squares, columns, eps);
            numbers[2 * row] = factor;
            numbers[2 * row + 1] = -factor * factor * (dot / columns);
        }
    }

    private static void combine(long x, long weight, long cotangent, long byX, long byWeight, int columns,
            float[] numbers) {
        long step = (long) columns * Float.BYTES;
        FloatVector factor0 = FloatVector.broadcast(Species.F32, numbers[0]);
        FloatVector slope0 = FloatVector.broadcast(Species.F32, numbers[1]);
        FloatVector factor1 = FloatVector.broadcast(Species.F32, numbers[2]);
        FloatVector slope1 = FloatVector.broadcast(Species.F32, numbers[3]);
        FloatVector factor2 = FloatVector.broadcast(Species.F32, numbers[4]);
        FloatVector slope2 = FloatVector.broadcast(Species.F32, numbers[5]);
        FloatVector factor3 = FloatVector.broadcast(Species.F32, numbers[6]);
        FloatVector slope3 = FloatVector.broadcast(Species.F32, numbers[7]);
        for (int i = 0; i < columns; i += Species.F32.length()) {
            FloatVector w = read(weight, i);
            FloatVector x0 = read(x, i);
            FloatVector x1 = read(x + step, i);
            FloatVector x2 = read(x + 2 * step, i);
            FloatVector x3 = read(x + 3 * step, i);
            FloatVector g0 = read(cotangent, i);
            FloatVector g1 = read(cotangent + step, i);
            FloatVector g2 = read(cotangent + 2 * step, i);
            FloatVector g3 = read(cotangent + 3 * step, i);
            FloatVector sum = x0.mul(factor0).fma(g0, read(byWeight, i));
            sum = x1.mul(factor1).fma(g1, sum);
            sum = x2.mul(factor2).fma(g2, sum);
            write(x3.mul(factor3).fma(g3, sum), byWeight, i);
            write(x0.fma(slope0, g0.mul(w)).mul(factor0), byX, i);
            write(x1.fma(slope1, g1.mul(w)).mul(factor1), byX + step, i);
            write(x2.fma(slope2, g2.mul(w)).mul(factor2), byX + 2 * step, i);
            write(x3.fma(slope3, g3.mul(w)).mul(factor3), byX + 3 * step, i);
        }
    }

    @Override
    public void add(long to, long from, int count) {
        for (int i = 0; i < count; i += Species.F32.length()) {
            write(read(to, i).add(read(from, i)), to, i);
        }
    }

    private static FloatVector read(long address, int i) {
        return VectorMemory.readFloat32(address + (long) i * Float.BYTES);
    }

    private static void write(FloatVector v, long address, int i) {
        VectorMemory.writeFloat32(v, address + (long) i * Float.BYTES);
    }

    @Override
    public void fetch(long address, long bytes, float[] numbers) {
        int all = 0;
        for (long i = 0; i < bytes; i += LINE) {
            all |= OffHeap.ALL.get(INT, address + i);
        }
        numbers[0] = all; // so that the reads cannot be left out
    }

    @Override
    public void widen(ElementType type, long source, long stride, long target, int count) {
        Widening.gather(type, source, stride, target, count);
    }

    @Override
    public void narrow(long source, ElementType type, long target, int count) {
        Widening.scatter(source, type, target, type.bytes(), count);
    }
}
