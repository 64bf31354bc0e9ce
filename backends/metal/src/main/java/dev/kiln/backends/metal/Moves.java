package dev.kiln.backends.metal;

import com.google.common.primitives.ImmutableLongArray;
import dev.kiln.graph.DType;
import dev.kiln.graph.Layout;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Spec;
import dev.kiln.graph.Work;
import dev.kiln.ops.Concatenate;
import dev.kiln.ops.Pad;
import dev.kiln.ops.SliceUpdate;
import java.util.ArrayList;
import java.util.List;

/** Kernels that put elements elsewhere, as many copies as there are inputs. Elements are moved by their size, whatever they are. */
final class Moves {

    /** A copy of the kernel's array number {@code from} into its result, so many bytes from its begin. */
    private record Part(int from, long offset, Dispatch dispatch) {}

    private Moves() {}

    static MetalKernel concatenate(Concatenate primitive, Work.Single work, Pipelines pipelines) {
        Layout whole = Layout.contiguous(work.output().shape());
        List<Part> parts = new ArrayList<>();
        long before = 0;
        for (int i = 0; i < work.inputs().size(); i++) {
            Work.Operand input = work.inputs().get(i);
            parts.add(part(i, before * whole.stride(primitive.axis()), input.spec().shape(), input.layout(), whole,
                    work.output().dtype(), pipelines));
            before += input.spec().shape().dim(primitive.axis());
        }
        return kernel(parts);
    }

    /** Fills the result with the value, then copies the array into its middle. */
    static MetalKernel pad(Pad primitive, Work.Single work, Pipelines pipelines) {
        Spec output = work.output();
        Layout whole = Layout.contiguous(output.shape());
        Layout everywhere = new Layout(0, ImmutableLongArray.copyOf(new long[output.shape().rank()]));
        long offset = 0;
        for (int i = 0; i < output.shape().rank(); i++) {
            offset += primitive.low().get(i) * whole.stride(i);
        }
        Work.Operand input = work.inputs().getFirst();
        return kernel(List.of(part(1, 0, output.shape(), everywhere, whole, output.dtype(), pipelines),
                part(0, offset, input.spec().shape(), input.layout(), whole, output.dtype(), pipelines)));
    }

    /** Copies the array, then the new elements over it. */
    static MetalKernel sliceUpdate(SliceUpdate primitive, Work.Single work, Pipelines pipelines) {
        Spec output = work.output();
        Layout whole = Layout.contiguous(output.shape());
        Work.Operand array = work.inputs().get(0);
        Work.Operand update = work.inputs().get(1);
        long[] strides = new long[output.shape().rank()];
        long offset = 0;
        for (int i = 0; i < strides.length; i++) {
            strides[i] = whole.stride(i) * primitive.step().get(i);
            offset += whole.stride(i) * primitive.start().get(i);
        }
        return kernel(List.of(part(0, 0, output.shape(), array.layout(), whole, output.dtype(), pipelines),
                part(1, offset, update.spec().shape(), update.layout(),
                        new Layout(0, ImmutableLongArray.copyOf(strides)), output.dtype(), pipelines)));
    }

    private static MetalKernel kernel(List<Part> parts) {
        return (batch, addresses, failed) -> {
            for (Part part : parts) {
                batch.dispatch(part.dispatch,
                        new long[] {addresses[part.from], addresses[addresses.length - 1] + part.offset});
            }
        };
    }

    private static Part part(int input, long offset, Shape shape, Layout from, Layout to, DType dtype,
            Pipelines pipelines) {
        return new Part(input, offset * dtype.size(), copy(shape, from, to, dtype.size(), pipelines));
    }

    /** The type of so many bytes that elements are moved as. */
    static String type(int bytes) {
        return switch (bytes) {
            case 1 -> "uchar";
            case 2 -> "ushort";
            case 4 -> "uint";
            default -> "uint2";
        };
    }

    /** A copy between arrays of any strides. */
    static Dispatch copy(Shape shape, Layout from, Layout to, int size, Pipelines pipelines) {
        List<Range> arrays = List.of(Range.of(shape, from, size, size), Range.of(shape, to, size, size));
        boolean wide = Dispatch.isWide(arrays, size, shape.size());
        Text text = new Text();
        Heads.threads(text, wide, List.of("device const " + type(size) + " *from", "device " + type(size) + " *to"),
                shape.size());
        List<String> places = Walk.of(shape.toArray(), List.of(from.strides().toArray(), to.strides().toArray()))
                .write(text, "i", "x");
        text.line("to[" + places.get(1) + "] = from[" + places.get(0) + "];").out().line("}");
        return Dispatch.each(pipelines.of(Resources.text("values") + text, "program"), arrays, 1,
                Dispatch.numbers(wide, text.numbers()), shape.size());
    }
}
