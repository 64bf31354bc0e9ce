package dev.kiln.graph;

import dev.kiln.streams.Device;
import dev.kiln.streams.Event;
import dev.kiln.streams.Stream;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Runs toy operations on float64, row by row, so that work in place is only right where it may be done; remembers what it
 * compiled and launched, and fails when told to.
 */
public final class RecordingBackend implements Backend {

    /** A kernel that ran. */
    record Launched(Stream stream, Work work) {}

    private static final List<Launched> LAUNCHES = Collections.synchronizedList(new ArrayList<>());
    private static volatile boolean recording;
    private static final AtomicInteger COMPILED = new AtomicInteger();
    private static final AtomicInteger UNTIL_FAILURE = new AtomicInteger(Integer.MAX_VALUE);
    private static final AtomicReference<@Nullable Error> COMPILING = new AtomicReference<>();
    private static final AtomicReference<@Nullable Error> ENDING = new AtomicReference<>();
    private static volatile RuntimeException failure = new ArithmeticException();

    /** Forgets what was launched, and records from now on: before the first call nobody would look. */
    static void clear() {
        LAUNCHES.clear();
        recording = true;
    }

    /** Forgets what was launched, and records no more: for those who launch millions. */
    static void stopRecording() {
        recording = false;
        LAUNCHES.clear();
    }

    static List<Launched> launches() {
        synchronized (LAUNCHES) {
            return List.copyOf(LAUNCHES);
        }
    }

    /** How many kernels were compiled since the start. */
    static int compiled() {
        return COMPILED.get();
    }

    /** Makes the launch of this number, from now and from 1, throw, and those after it run. */
    static void failAt(int launch) {
        failAt(launch, new ArithmeticException("failed as told"));
    }

    /** Makes the launch of this number throw {@code thrown}. */
    static void failAt(int launch, RuntimeException thrown) {
        failure = thrown;
        UNTIL_FAILURE.set(launch);
    }

    /** Makes the next kernel to be compiled throw. */
    static void cutCompiling(Error error) {
        COMPILING.set(error);
    }

    /** Makes a stream throw that is about to tell that it has come to an end. */
    static void cutEnding(Error error) {
        ENDING.set(error);
    }

    private static void cut(AtomicReference<@Nullable Error> told) {
        Error error = told.getAndSet(null);
        if (error != null) {
            throw error;
        }
    }

    @Override
    public void signals(Stream stream, Event event) {
        cut(ENDING);
    }

    @Override
    public Device.Kind kind() {
        return Device.Kind.CPU;
    }

    @Override
    public Optional<String> whyUnavailable() {
        return Optional.empty();
    }

    @Override
    public Fit fit(Primitive primitive, List<Spec> inputs, Spec output) {
        if (output.dtype() != DType.FLOAT64) {
            return Fit.NONE;
        }
        return switch (primitive) {
            case Toy.Pointwise p -> Fit.FUSIBLE;
            case Toy.Center c -> Fit.FUSIBLE;
            case Toy.Sum s -> s.foldsRows(inputs.getFirst().shape().rank()) ? Fit.FUSIBLE : Fit.ALONE;
            case Toy.Product p -> Fit.ALONE;
            case Toy.Totals t -> Fit.ALONE;
            case Toy.Running r -> Fit.ALONE;
            case Toy.Meet m -> Fit.ALONE;
            case Toy.Faulty f -> Fit.ALONE;
            default -> Fit.NONE;
        };
    }

    @Override
    public Kernel compile(Work work) {
        COMPILED.incrementAndGet();
        cut(COMPILING);
        return (stream, addresses) -> {
            if (recording) {
                LAUNCHES.add(new Launched(stream, work));
            }
            if (UNTIL_FAILURE.decrementAndGet() == 0) {
                UNTIL_FAILURE.set(Integer.MAX_VALUE);
                throw failure;
            }
            switch (work) {
                case Work.Single single -> run(single, addresses);
                case Work.Several several -> run(several, addresses);
                case Work.Program program -> run(program, addresses);
            }
        };
    }

    private static void run(Work.Several several, long[] addresses) {
        int inputs = several.inputs().size();
        for (int i = 0; i < several.primitives().size(); i++) {
            long[] own = java.util.Arrays.copyOf(addresses, inputs + 1);
            own[inputs] = addresses[inputs + i];
            run(new Work.Single(several.primitives().get(i), several.inputs(), several.outputs().get(i)), own);
        }
    }

    private static void run(Work.Single single, long[] addresses) {
        double[][] inputs = new double[single.inputs().size()][];
        for (int i = 0; i < inputs.length; i++) {
            Work.Operand operand = single.inputs().get(i);
            long address = addresses[i];
            inputs[i] = java.util.Arrays.stream(Layouts.places(operand.spec().shape(), operand.layout()))
                    .mapToDouble(at -> get(address, at)).toArray();
        }
        double[] out = Naive.compute(single.primitive(),
                single.inputs().stream().map(Work.Operand::spec).toList(), single.output(), inputs);
        for (int i = 0; i < out.length; i++) {
            set(addresses[inputs.length], i, out[i]);
        }
    }

    private static void run(Work.Program program, long[] addresses) {
        int columns = Math.toIntExact(program.columns());
        int rows = columns == 0 ? 0 : Math.toIntExact(program.space().size() / columns);
        if (columns == 0) { // rows without elements still have sums
            rows = Math.toIntExact(program.space().with(-1, 1).size());
        }
        List<long[]> places = new ArrayList<>();
        for (Work.Load load : program.loads()) {
            Shape seen = load.extent() == Work.Extent.FULL || program.space().rank() == 0
                    ? program.space()
                    : program.space().with(-1, 1);
            places.add(Layouts.places(seen, load.layout()));
        }
        for (int row = 0; row < rows; row++) {
            run(program, addresses, places, row, columns);
        }
    }

    private static void run(Work.Program program, long[] addresses, List<long[]> places, int row, int columns) {
        int loads = program.loads().size();
        double[][] values = new double[loads + program.body().size()][];
        for (int i = 0; i < loads; i++) {
            int width = width(program, i, columns);
            values[i] = new double[width];
            for (int c = 0; c < width; c++) {
                values[i][c] = get(addresses[i], places.get(i)[row * width + c]);
            }
        }
        for (int i = 0; i < program.body().size(); i++) {
            Work.Instruction instruction = program.body().get(i);
            double[][] arguments = instruction.arguments().stream().map(a -> values[a]).toArray(double[][]::new);
            int width = instruction.primitive() instanceof Primitive.Reduction
                    ? columns
                    : width(program, loads + i, columns);
            values[loads + i] = ((Toy.ByRow) instruction.primitive()).row(arguments, width);
        }
        for (int i = 0; i < program.stores().size(); i++) {
            int value = program.stores().get(i);
            int width = width(program, value, columns);
            for (int c = 0; c < width; c++) {
                set(addresses[loads + i], (long) row * width + c, values[value][c]);
            }
        }
    }

    private static int width(Work.Program program, int value, int columns) {
        return program.extent(value) == Work.Extent.FULL ? columns : 1;
    }

    private static double get(long address, long element) {
        return OffHeap.ALL.get(ValueLayout.JAVA_DOUBLE, address + 8 * element);
    }

    private static void set(long address, long element, double value) {
        OffHeap.ALL.set(ValueLayout.JAVA_DOUBLE, address + 8 * element, value);
    }
}
