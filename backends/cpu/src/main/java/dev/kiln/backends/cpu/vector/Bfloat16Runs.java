package dev.kiln.backends.cpu.vector;

import static dev.kiln.backends.cpu.vector.Lanes.BYTES;
import static dev.kiln.backends.cpu.vector.Lanes.FLOATS;
import static dev.kiln.backends.cpu.vector.Lanes.FLOAT_COUNT;
import static dev.kiln.backends.cpu.vector.Lanes.loadBfloat16;
import static dev.kiln.backends.cpu.vector.Lanes.loadFloats;
import static dev.kiln.backends.cpu.vector.Lanes.store;

import dev.kiln.backends.cpu.Elements;
import jdk.incubator.vector.FloatVector;

/** Runs of bfloat16, widened in registers. */
final class Bfloat16Runs implements RunKernel {

    static final Bfloat16Runs INSTANCE = new Bfloat16Runs();

    private Bfloat16Runs() {}

    @Override
    public void addFour(long factors, long runs, long stride, long target, int count) {
        float scalar0 = Elements.getFloat(factors);
        float scalar1 = Elements.getFloat(factors + Float.BYTES);
        float scalar2 = Elements.getFloat(factors + 2 * Float.BYTES);
        float scalar3 = Elements.getFloat(factors + 3 * Float.BYTES);
        FloatVector factor0 = FloatVector.broadcast(FLOATS, scalar0);
        FloatVector factor1 = FloatVector.broadcast(FLOATS, scalar1);
        FloatVector factor2 = FloatVector.broadcast(FLOATS, scalar2);
        FloatVector factor3 = FloatVector.broadcast(FLOATS, scalar3);
        long run0 = runs;
        long run1 = run0 + stride;
        long run2 = run1 + stride;
        long run3 = run2 + stride;
        int bound = FLOATS.loopBound(count);
        for (int i = 0; i < bound; i += FLOAT_COUNT) {
            long at = (long) i * Float.BYTES;
            long half = (long) i * Short.BYTES;
            FloatVector near = factor0.fma(loadBfloat16(run0 + half), loadFloats(target + at));
            FloatVector far = factor1.mul(loadBfloat16(run1 + half));
            near = factor2.fma(loadBfloat16(run2 + half), near);
            far = factor3.fma(loadBfloat16(run3 + half), far);
            store(near.add(far), target + at);
        }
        for (int i = bound; i < count; i++) {
            long at = (long) i * Float.BYTES;
            long half = (long) i * Short.BYTES;
            float near = Elements.getFloat(target + at) + scalar0 * Elements.getBfloat16(run0 + half);
            float far = scalar1 * Elements.getBfloat16(run1 + half);
            near += scalar2 * Elements.getBfloat16(run2 + half);
            far += scalar3 * Elements.getBfloat16(run3 + half);
            Elements.putFloat(target + at, near + far);
        }
    }

    @Override
    public void addOne(float factor, long run, long target, int count) {
        FloatVector factors = FloatVector.broadcast(FLOATS, factor);
        int bound = FLOATS.loopBound(count);
        for (int i = 0; i < bound; i += FLOAT_COUNT) {
            long at = (long) i * Float.BYTES;
            long half = (long) i * Short.BYTES;
            store(factors.fma(loadBfloat16(run + half), loadFloats(target + at)), target + at);
        }
        for (int i = bound; i < count; i++) {
            long at = (long) i * Float.BYTES;
            long half = (long) i * Short.BYTES;
            Elements.putFloat(target + at, Elements.getFloat(target + at) + factor * Elements.getBfloat16(run + half));
        }
    }

    @Override
    public void dotFour(long x, long runs, long stride, int count, long partials, long tails) {
        long run0 = runs;
        long run1 = run0 + stride;
        long run2 = run1 + stride;
        long run3 = run2 + stride;
        FloatVector sum0 = FloatVector.zero(FLOATS);
        FloatVector sum1 = sum0;
        FloatVector sum2 = sum0;
        FloatVector sum3 = sum0;
        int bound = FLOATS.loopBound(count);
        for (int i = 0; i < bound; i += FLOAT_COUNT) {
            long at = (long) i * Float.BYTES;
            long half = (long) i * Short.BYTES;
            FloatVector factor = loadFloats(x + at);
            sum0 = factor.fma(loadBfloat16(run0 + half), sum0);
            sum1 = factor.fma(loadBfloat16(run1 + half), sum1);
            sum2 = factor.fma(loadBfloat16(run2 + half), sum2);
            sum3 = factor.fma(loadBfloat16(run3 + half), sum3);
        }
        float tail0 = 0;
        float tail1 = 0;
        float tail2 = 0;
        float tail3 = 0;
        for (int i = bound; i < count; i++) {
            long at = (long) i * Float.BYTES;
            long half = (long) i * Short.BYTES;
            float factor = Elements.getFloat(x + at);
            tail0 += factor * Elements.getBfloat16(run0 + half);
            tail1 += factor * Elements.getBfloat16(run1 + half);
            tail2 += factor * Elements.getBfloat16(run2 + half);
            tail3 += factor * Elements.getBfloat16(run3 + half);
        }
        store(sum0, partials);
        store(sum1, partials + BYTES);
        store(sum2, partials + 2 * BYTES);
        store(sum3, partials + 3 * BYTES);
        Elements.putFloat(tails, tail0);
        Elements.putFloat(tails + Float.BYTES, tail1);
        Elements.putFloat(tails + 2 * Float.BYTES, tail2);
        Elements.putFloat(tails + 3 * Float.BYTES, tail3);
    }

    @Override
    public void dotOne(long x, long run, int count, long partials, long tails) {
        FloatVector sum = FloatVector.zero(FLOATS);
        int bound = FLOATS.loopBound(count);
        for (int i = 0; i < bound; i += FLOAT_COUNT) {
            long at = (long) i * Float.BYTES;
            long half = (long) i * Short.BYTES;
            sum = loadFloats(x + at).fma(loadBfloat16(run + half), sum);
        }
        float tail = 0;
        for (int i = bound; i < count; i++) {
            long at = (long) i * Float.BYTES;
            long half = (long) i * Short.BYTES;
            tail += Elements.getFloat(x + at) * Elements.getBfloat16(run + half);
        }
        store(sum, partials);
        Elements.putFloat(tails, tail);
    }
}
