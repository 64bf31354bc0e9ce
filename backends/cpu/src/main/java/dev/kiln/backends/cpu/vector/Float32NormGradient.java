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

    @Override
    public void run(long[] x, long weight, long[] cotangents, long[] byX, long byWeight, int columns, float eps,
            float[] numbers) {
        statistics(x, weight, cotangents, byX, columns, eps, numbers);
        combine(x, weight, cotangents, byX, byWeight, columns, numbers);
    }

    /**
     * For each row the factor of its norm, and by how much x is taken away from the weighted cotangent. Where the gradient will go
     * is read as well: its lines are fetched along with the others' then, and not one by one as they are written.
     */
    private static void statistics(long[] x, long weight, long[] cotangents, long[] byX, int columns, float eps,
            float[] numbers) {
        FloatVector zero = FloatVector.zero(Species.F32);
        FloatVector squares0 = zero;
        FloatVector squares1 = zero;
        FloatVector squares2 = zero;
        FloatVector squares3 = zero;
        FloatVector dot0 = zero;
        FloatVector dot1 = zero;
        FloatVector dot2 = zero;
        FloatVector dot3 = zero;
        int fetched = 0;
        for (int i = 0; i < columns; i += Species.F32.length()) {
            FloatVector w = read(weight, i);
            FloatVector x0 = read(x[0], i);
            FloatVector x1 = read(x[1], i);
            FloatVector x2 = read(x[2], i);
            FloatVector x3 = read(x[3], i);
            squares0 = x0.fma(x0, squares0);
            squares1 = x1.fma(x1, squares1);
            squares2 = x2.fma(x2, squares2);
            squares3 = x3.fma(x3, squares3);
            dot0 = x0.fma(read(cotangents[0], i).mul(w), dot0);
            dot1 = x1.fma(read(cotangents[1], i).mul(w), dot1);
            dot2 = x2.fma(read(cotangents[2], i).mul(w), dot2);
            dot3 = x3.fma(read(cotangents[3], i).mul(w), dot3);
            fetched |= fetch(byX[0], i) | fetch(byX[1], i) | fetch(byX[2], i) | fetch(byX[3], i);
        }
        put(numbers, 0, Across.sum(squares0), Across.sum(dot0), columns, eps);
        put(numbers, 1, Across.sum(squares1), Across.sum(dot1), columns, eps);
        put(numbers, 2, Across.sum(squares2), Across.sum(dot2), columns, eps);
        put(numbers, 3, Across.sum(squares3), Across.sum(dot3), columns, eps);
        numbers[2 * ROWS] = fetched; // read by nobody, but the compiler must not leave the reads out
    }

    private static void put(float[] numbers, int row, float squares, float dot, int columns, float eps) {
        float factor = Float32Norm.inverseRoot(squares, columns, eps);
        numbers[2 * row] = factor;
        numbers[2 * row + 1] = -factor * factor * (dot / columns);
    }

    private static void combine(long[] x, long weight, long[] cotangents, long[] byX, long byWeight, int columns,
            float[] numbers) {
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
            FloatVector x0 = read(x[0], i);
            FloatVector x1 = read(x[1], i);
            FloatVector x2 = read(x[2], i);
            FloatVector x3 = read(x[3], i);
            FloatVector g0 = read(cotangents[0], i);
            FloatVector g1 = read(cotangents[1], i);
            FloatVector g2 = read(cotangents[2], i);
            FloatVector g3 = read(cotangents[3], i);
            FloatVector sum = x0.mul(factor0).fma(g0, read(byWeight, i));
            sum = x1.mul(factor1).fma(g1, sum);
            sum = x2.mul(factor2).fma(g2, sum);
            write(x3.mul(factor3).fma(g3, sum), byWeight, i);
            write(x0.fma(slope0, g0.mul(w)).mul(factor0), byX[0], i);
            write(x1.fma(slope1, g1.mul(w)).mul(factor1), byX[1], i);
            write(x2.fma(slope2, g2.mul(w)).mul(factor2), byX[2], i);
            write(x3.fma(slope3, g3.mul(w)).mul(factor3), byX[3], i);
        }
    }

    private static FloatVector read(long address, int i) {
        return VectorMemory.readFloat32(address + (long) i * Float.BYTES);
    }

    private static void write(FloatVector v, long address, int i) {
        VectorMemory.writeFloat32(v, address + (long) i * Float.BYTES);
    }

    private static int fetch(long address, int i) {
        return OffHeap.ALL.get(INT, address + (long) i * Float.BYTES);
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
