package dev.kiln.backends.cpu.vector;

import static dev.kiln.backends.cpu.vector.Lanes.BYTES;
import static dev.kiln.backends.cpu.vector.Lanes.FLOATS;
import static dev.kiln.backends.cpu.vector.Lanes.FLOAT_COUNT;
import static dev.kiln.backends.cpu.vector.Lanes.loadFloats;
import static dev.kiln.backends.cpu.vector.Lanes.store;

import dev.kiln.backends.cpu.Elements;
import jdk.incubator.vector.FloatVector;

/** Runs of float32. */
final class FloatRuns implements RunKernel {

    static final FloatRuns INSTANCE = new FloatRuns();

    private FloatRuns() {}

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
            FloatVector near = factor0.fma(loadFloats(run0 + at), loadFloats(target + at));
            FloatVector far = factor1.mul(loadFloats(run1 + at));
            near = factor2.fma(loadFloats(run2 + at), near);
            far = factor3.fma(loadFloats(run3 + at), far);
            store(near.add(far), target + at);
        }
        for (int i = bound; i < count; i++) {
            long at = (long) i * Float.BYTES;
            float near = Elements.getFloat(target + at) + scalar0 * Elements.getFloat(run0 + at);
            float far = scalar1 * Elements.getFloat(run1 + at);
            near += scalar2 * Elements.getFloat(run2 + at);
            far += scalar3 * Elements.getFloat(run3 + at);
            Elements.putFloat(target + at, near + far);
        }
    }

    @Override
    public void addOne(float factor, long run, long target, int count) {
        FloatVector factors = FloatVector.broadcast(FLOATS, factor);
        int bound = FLOATS.loopBound(count);
        for (int i = 0; i < bound; i += FLOAT_COUNT) {
            long at = (long) i * Float.BYTES;
            store(factors.fma(loadFloats(run + at), loadFloats(target + at)), target + at);
        }
        for (int i = bound; i < count; i++) {
            long at = (long) i * Float.BYTES;
            Elements.putFloat(target + at, Elements.getFloat(target + at) + factor * Elements.getFloat(run + at));
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
            FloatVector factor = loadFloats(x + at);
            sum0 = factor.fma(loadFloats(run0 + at), sum0);
            sum1 = factor.fma(loadFloats(run1 + at), sum1);
            sum2 = factor.fma(loadFloats(run2 + at), sum2);
            sum3 = factor.fma(loadFloats(run3 + at), sum3);
        }
        float tail0 = 0;
        float tail1 = 0;
        float tail2 = 0;
        float tail3 = 0;
        for (int i = bound; i < count; i++) {
            long at = (long) i * Float.BYTES;
            float factor = Elements.getFloat(x + at);
            tail0 += factor * Elements.getFloat(run0 + at);
            tail1 += factor * Elements.getFloat(run1 + at);
            tail2 += factor * Elements.getFloat(run2 + at);
            tail3 += factor * Elements.getFloat(run3 + at);
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
            sum = loadFloats(x + at).fma(loadFloats(run + at), sum);
        }
        float tail = 0;
        for (int i = bound; i < count; i++) {
            long at = (long) i * Float.BYTES;
            tail += Elements.getFloat(x + at) * Elements.getFloat(run + at);
        }
        store(sum, partials);
        Elements.putFloat(tails, tail);
    }
}
