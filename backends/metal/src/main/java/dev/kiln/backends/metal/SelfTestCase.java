package dev.kiln.backends.metal;

import dev.kiln.graph.DType;
import dev.kiln.graph.OffHeap;
import dev.kiln.graph.Spec;
import dev.kiln.graph.Storage;
import dev.kiln.graph.Work;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * A kernel with numbers to run it on, and what must come out.
 *
 * @param inputs the elements of each input's memory, as numbers
 * @param expected the elements of each output
 * @param tolerance relative, or absolute for numbers below 1
 */
record SelfTestCase(String name, Work work, List<double[]> inputs, List<double[]> expected, double tolerance) {

    /** The dtypes of what the work reads. */
    List<DType> reads() {
        return switch (work) {
            case Work.Program program -> program.loads().stream().map(Work.Load::dtype).toList();
            case Work.Single single -> single.inputs().stream().map(input -> input.spec().dtype()).toList();
            case Work.Several several -> several.inputs().stream().map(input -> input.spec().dtype()).toList();
        };
    }

    /** The dtypes of what it writes. */
    List<DType> writes() {
        return switch (work) {
            case Work.Program program -> program.stores().stream().map(program::dtype).toList();
            case Work.Single single -> List.of(single.output().dtype());
            case Work.Several several -> several.outputs().stream().map(Spec::dtype).toList();
        };
    }

    /** A number of a dtype's, as near as it comes. */
    static double rounded(double value, DType dtype) {
        return Storage.Scalar.of(dtype, value).value(dtype);
    }

    /** Writes numbers as elements. */
    static void write(long address, DType dtype, double[] numbers) {
        for (int i = 0; i < numbers.length; i++) {
            long bits = Storage.Scalar.of(dtype, numbers[i]).bits();
            for (int b = 0; b < dtype.size(); b++) {
                OffHeap.ALL.set(ValueLayout.JAVA_BYTE, address + (long) i * dtype.size() + b, (byte) (bits >>> 8 * b));
            }
        }
    }

    /** Reads an element as a number. */
    static double read(long address, DType dtype, int index) {
        long bits = 0;
        for (int b = dtype.size() - 1; b >= 0; b--) {
            bits = bits << 8
                    | OffHeap.ALL.get(ValueLayout.JAVA_BYTE, address + (long) index * dtype.size() + b) & 0xff;
        }
        return new Storage.Scalar(bits).value(dtype);
    }

    /** Whether a number is what it should be. */
    boolean accepts(double wanted, double got) {
        return Double.compare(wanted, got) == 0 || wanted == got
                || Math.abs(wanted - got) <= tolerance * Math.max(1, Math.abs(wanted));
    }
}
