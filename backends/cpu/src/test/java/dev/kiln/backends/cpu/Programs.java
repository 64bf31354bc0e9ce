package dev.kiln.backends.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.primitives.ImmutableLongArray;
import dev.kiln.graph.DType;
import dev.kiln.graph.Layout;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Work;
import dev.kiln.graph.Work.Extent;
import dev.kiln.streams.Device;
import dev.kiln.streams.Stream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Runs programs twice, by the kernel and by an interpreter that has no blocks, no shared registers and no threads, and
 * compares every byte.
 */
final class Programs {

    private Programs() {}

    /** The bytes of all that the kernel writes. */
    static List<byte[]> byKernel(Work.Program program, List<MemorySegment> inputs) {
        try (Arena arena = Arena.ofConfined()) {
            List<MemorySegment> outputs = outputs(program, arena);
            ProgramKernel.of(program).launch(Stream.defaultStream(Device.CPU), addresses(inputs, outputs));
            return outputs.stream().map(segment -> segment.toArray(ValueLayout.JAVA_BYTE)).toList();
        }
    }

    /** The bytes that generated code writes; empty if there is none for the program. */
    static Optional<List<byte[]>> byGeneratedCode(Work.Program program, List<MemorySegment> inputs) {
        return byCode(program, inputs,
                formula -> Generated.of(formula, (int) program.space().dim(-1)).write());
    }

    /** The bytes that code writes which is put together from loops; empty if there is none for the program. */
    static Optional<List<byte[]>> byComposedCode(Work.Program program, List<MemorySegment> inputs) {
        return byCode(program, inputs, Composer::compose);
    }

    private static Optional<List<byte[]>> byCode(Work.Program program, List<MemorySegment> inputs,
            Function<Formula, Optional<Generated.Code>> writer) {
        Optional<RowGrid> grid = RowGrid.of(program);
        return grid.flatMap(g -> Formula.of(program)).flatMap(writer).map(written -> {
            try (Arena arena = Arena.ofConfined()) {
                List<MemorySegment> outputs = outputs(program, arena);
                grid.get().run(written, addresses(inputs, outputs), 0, grid.get().pieces());
                return outputs.stream().map(segment -> segment.toArray(ValueLayout.JAVA_BYTE)).toList();
            }
        });
    }

    /** Requires that {@code run} has code for the program, and that it writes what the interpreter does. */
    static void check(Work.Program program,
            BiFunction<Work.Program, List<MemorySegment>, Optional<List<byte[]>>> run) {
        try (Arena arena = Arena.ofConfined()) {
            List<MemorySegment> inputs = inputs(program, arena);
            Optional<List<byte[]>> actual = run.apply(program, inputs);
            assertTrue(actual.isPresent(), () -> "no code for " + program);
            List<byte[]> expected = byInterpreter(program, inputs);
            for (int i = 0; i < expected.size(); i++) {
                assertArrayEquals(expected.get(i), actual.get().get(i), "store " + i + " of " + program);
            }
        }
    }

    static List<MemorySegment> inputs(Work.Program program, Arena arena) {
        List<MemorySegment> inputs = new ArrayList<>();
        for (Work.Load load : program.loads()) {
            inputs.add(randoms(arena, load.dtype(), 2 * program.space().size() + 64, inputs.size()));
        }
        return inputs;
    }

    static long[] addresses(List<MemorySegment> inputs, List<MemorySegment> outputs) {
        return java.util.stream.Stream.concat(inputs.stream(), outputs.stream()).mapToLong(MemorySegment::address)
                .toArray();
    }

    static List<byte[]> byInterpreter(Work.Program program, List<MemorySegment> inputs) {
        List<Reg> values = new ArrayList<>();
        for (int i = 0; i < program.loads().size(); i++) {
            values.add(load(program, program.loads().get(i), inputs.get(i).address()));
        }
        int columns = (int) program.columns();
        int rows = rows(program);
        for (Work.Instruction instruction : program.body()) {
            Reg[] in = new Reg[instruction.arguments().size()];
            boolean reduces = instruction.primitive() instanceof Primitive.Reduction;
            Extent needed = reduces ? Extent.FULL : instruction.extent();
            for (int k = 0; k < in.length; k++) {
                int argument = instruction.arguments().get(k);
                in[k] = program.extent(argument) == needed
                        ? values.get(argument)
                        : spread(values.get(argument), rows, columns);
            }
            Reg out = new Reg(Lane.of(instruction.dtype()), Math.max(rows, rows * columns));
            Instructions.of(instruction.primitive(), instruction.arguments().stream().map(program::dtype).toList(),
                    instruction.dtype()).run(out, in, rows, needed == Extent.FULL ? columns : 1);
            values.add(out);
        }
        try (Arena arena = Arena.ofConfined()) {
            List<MemorySegment> outputs = outputs(program, arena);
            for (int w = 0; w < outputs.size(); w++) {
                int value = program.stores().get(w);
                Loops.get().store(program.dtype(value)).run(values.get(value), 0, outputs.get(w).address(),
                        program.extent(value) == Extent.FULL ? rows * columns : rows);
            }
            return outputs.stream().map(segment -> segment.toArray(ValueLayout.JAVA_BYTE)).toList();
        }
    }

    private static List<MemorySegment> outputs(Work.Program program, Arena arena) {
        return program.stores().stream()
                .map(value -> arena.allocate(bytes(program, program.extent(value), program.dtype(value)), 64)).toList();
    }

    static long bytes(Work.Program program, Extent extent, DType dtype) {
        return (extent == Extent.FULL ? program.space().size() : rows(program)) * dtype.size();
    }

    private static int rows(Work.Program program) {
        long rows = 1;
        for (int i = 0; i < program.space().rank() - 1; i++) {
            rows *= program.space().dim(i);
        }
        return (int) rows;
    }

    private static Reg load(Work.Program program, Work.Load load, long address) {
        long[] dims = program.space().toArray();
        if (load.extent() == Extent.ROW && dims.length > 0) {
            dims[dims.length - 1] = 1;
        }
        int n = (int) Shape.shape(dims).size();
        Reg out = new Reg(Lane.of(load.dtype()), n);
        LoadLoop loop = Loops.get().load(load.dtype());
        for (int i = 0; i < n; i++) {
            long place = 0;
            int rest = i;
            for (int axis = dims.length - 1; axis >= 0; axis--) {
                place += rest % dims[axis] * load.layout().stride(axis);
                rest /= (int) dims[axis];
            }
            loop.run(out, i, address + place * load.dtype().size(), load.dtype().size(), 1);
        }
        return out;
    }

    private static Reg spread(Reg x, int rows, int columns) {
        Reg out = new Reg(x.lane(), rows * columns);
        for (int i = 0; i < rows * columns; i++) {
            int row = i / columns;
            switch (x.lane()) {
                case F32 -> out.f()[i] = x.f()[row];
                case F64 -> out.d()[i] = x.d()[row];
                case I64 -> out.l()[i] = x.l()[row];
                case C64 -> {
                    out.c()[2 * i] = x.c()[2 * row];
                    out.c()[2 * i + 1] = x.c()[2 * row + 1];
                }
            }
        }
        return out;
    }

    /** Memory of {@code elements} values of {@code dtype} that are small, so that few results overflow. */
    static MemorySegment randoms(Arena arena, DType dtype, long elements, long seed) {
        MemorySegment segment = arena.allocate(Math.max(1, elements * dtype.size()), 64);
        Random random = new Random(seed);
        Reg one = new Reg(Lane.of(dtype), 1);
        for (long i = 0; i < elements; i++) {
            Arrays.fill(one.f(), 0, one.f().length, random.nextFloat() * 4 - 2);
            Arrays.fill(one.d(), random.nextDouble() * 4 - 2);
            Arrays.fill(one.l(), dtype == DType.BOOL ? random.nextInt(2) : random.nextInt(7));
            Arrays.fill(one.c(), random.nextFloat() * 4 - 2);
            Loops.get().round(dtype).run(one, one, 1);
            Loops.get().store(dtype).run(one, 0, segment.address() + i * dtype.size(), 1);
        }
        return segment;
    }

    static Work.Load contiguous(DType dtype, Shape space) {
        return new Work.Load(dtype, Layout.contiguous(space), Extent.FULL);
    }

    /** A load of these strides. */
    static Work.Load strided(DType dtype, Extent extent, long... strides) {
        return new Work.Load(dtype,
                new Layout(0, ImmutableLongArray.copyOf(strides)), extent);
    }

    static Work.Instruction full(Primitive primitive, DType dtype, Integer... arguments) {
        return new Work.Instruction(primitive, List.of(arguments), dtype, Extent.FULL);
    }

    static Work.Instruction byRow(Primitive primitive, DType dtype, Integer... arguments) {
        return new Work.Instruction(primitive, List.of(arguments), dtype, Extent.ROW);
    }

    /** What the kernel leaves in memory that the first load and the first store share. */
    static byte[] inPlace(Work.Program program, List<MemorySegment> inputs) {
        try (Arena arena = Arena.ofConfined()) {
            List<MemorySegment> outputs = new ArrayList<>(outputs(program, arena));
            MemorySegment shared = arena.allocate(inputs.getFirst().byteSize(), 64).copyFrom(inputs.getFirst());
            List<MemorySegment> moved = new ArrayList<>(inputs);
            moved.set(0, shared);
            outputs.set(0, shared);
            ProgramKernel.of(program).launch(Stream.defaultStream(Device.CPU), addresses(moved, outputs));
            return shared.toArray(ValueLayout.JAVA_BYTE);
        }
    }

    static float float32(byte[] bytes, int i) {
        return MemorySegment.ofArray(bytes).get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * i);
    }
}
