package dev.kiln.graph;

import dev.kiln.streams.Event;
import dev.kiln.streams.Stream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A value of the graph: known by its shape and dtype, and either still to be computed or there.
 *
 * <p>
 * A node's state goes from {@link Lazy} over {@link Claimed} and {@link Running} to {@link Ready} or {@link Failed}. It goes
 * back from a claim that was given up, and from the value of an intermediate that is dropped because memory is short. From
 * any state but {@link Failed} it may be {@link Released}, and stays so. A node that leaves {@link Lazy} has dropped its
 * inputs, so a computed value holds nothing of the graph that made it. While a {@link Tape} is open it remembers them for
 * the nodes that descend from its tracers.
 */
public final class Node {

    /** How far a node has come. */
    sealed interface State {}

    /**
     * Nothing was computed.
     *
     * @param values the outputs, if this is a call: all are computed together
     */
    record Lazy(Primitive primitive, List<Node> inputs, List<Node> values) implements State {
        Lazy(Primitive primitive, List<Node> inputs) {
            this(primitive, inputs, List.of());
        }
    }

    /** About to be taken up by an evaluation; {@code settled} tells when that is decided. */
    record Claimed(Lazy lazy, Event settled) implements State {}

    /** Taken up by an evaluation: the value will be in {@code storage} once {@code stream} has completed {@code done}. */
    static final class Running implements State {
        private final Event done;
        private final Stream stream;
        private final Storage storage;
        private volatile @Nullable Throwable failure;

        Running(Event done, Stream stream, Storage storage) {
            this.done = done;
            this.stream = stream;
            this.storage = storage;
        }

        Event done() {
            return done;
        }

        Stream stream() {
            return stream;
        }

        Storage storage() {
            return storage;
        }

        /**
         * Why the value is not there; null if it is, or is not done yet. Evaluations that build on it ask here, and not the node,
         * which may have been released meanwhile.
         */
        @Nullable
        Throwable failure() {
            return failure;
        }

        /** Tells, before {@code done}, that there will be no value. */
        void fail(Throwable failure) {
            this.failure = failure;
        }
    }

    /** The value is there, and held. */
    record Ready(Storage storage) implements State {}

    /** The computation failed; reading throws this again. */
    record Failed(Throwable failure) implements State {}

    /** Given up by the program. */
    record Released() implements State {}

    private static final Released RELEASED = new Released();

    private static final VarHandle STATE;
    private static final VarHandle USES;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Node.class, "state", State.class);
            USES = MethodHandles.lookup().findVarHandle(Node.class, "uses", int.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private static int lastIdentity;

    private final Spec spec;
    private final Stream stream;
    private final int identity;
    /** Of the tapes from whose tracers this descends, the one that ends last. */
    private final @Nullable Tape tape;
    private volatile State state;
    private @Nullable Origin origin;

    /** How many inputs of other nodes this is, or was while it was lazy. */
    @SuppressWarnings("UnusedVariable") // written through USES
    private volatile int uses;

    /** Whether an evaluation has computed this on its way to something else: the next one keeps it. */
    private boolean passed;

    /** Whether an evaluation that reads this may make a result in its memory. */
    private boolean donated;

    private Node(Spec spec, Stream stream, State state, @Nullable Tape tape) {
        this.spec = spec;
        this.stream = stream;
        this.tape = tape;
        this.identity = nextIdentity();
        this.state = state;
        this.origin = Births.note(this);
    }

    /** Spread numbers, made without a lock: threads that race may draw the same one, which costs a probe and no more. */
    private static int nextIdentity() {
        int next = lastIdentity + 0x9e3779b9;
        lastIdentity = next;
        return next ^ next >>> 15;
    }

    /** The result of {@code primitive}; nothing is computed and no memory is taken. */
    public static Node of(Primitive primitive, List<Node> inputs, Stream stream) {
        int count = inputs.size();
        if (count == 1) {
            return of(primitive, inputs.getFirst(), stream);
        }
        if (count == 2) {
            return of(primitive, inputs.getFirst(), inputs.getLast(), stream);
        }
        Spec[] specs = new Spec[count];
        Tape tape = null;
        for (int i = 0; i < count; i++) {
            Node input = inputs.get(i);
            input.used();
            specs[i] = input.spec;
            tape = Tape.outer(tape, input.tape);
        }
        return new Node(primitive.infer(Arrays.asList(specs)), stream, new Lazy(primitive, List.copyOf(inputs)), tape);
    }

    /** The result of {@code primitive} on one input. */
    public static Node of(Primitive primitive, Node input, Stream stream) {
        return of(primitive, input, stream, null);
    }

    /** The result of {@code primitive} on one input, descending from a tracer of {@code tape} if there is one. */
    static Node of(Primitive primitive, Node input, Stream stream, @Nullable Tape tape) {
        input.used();
        return new Node(primitive.infer(List.of(input.spec)), stream, new Lazy(primitive, List.of(input)),
                Tape.outer(input.tape, tape));
    }

    /** The result of {@code primitive}, which has no inputs, descending from a tracer of {@code tape}. */
    static Node of(Primitive primitive, Stream stream, Tape tape) {
        return new Node(primitive.infer(List.of()), stream, new Lazy(primitive, List.of()), tape);
    }

    /** The result of {@code primitive} on two inputs. */
    public static Node of(Primitive primitive, Node a, Node b, Stream stream) {
        a.used();
        b.used();
        return new Node(primitive.infer(List.of(a.spec, b.spec)), stream, new Lazy(primitive, List.of(a, b)),
                Tape.outer(a.tape, b.tape));
    }

    /** The values that {@code call} makes of {@code inputs}; whoever computes one computes all of them. */
    public static List<Node> of(Primitive.Call call, List<Node> inputs, Stream stream) {
        inputs.forEach(Node::used);
        Node[] values = new Node[call.results().size()];
        Node node = new Node(call.infer(List.of()), stream, new Lazy(call, List.copyOf(inputs), Arrays.asList(values)),
                null);
        for (int i = 0; i < values.length; i++) {
            values[i] = of(new Primitive.Output(i, call.results().get(i).spec), node, stream);
        }
        return List.of(values);
    }

    /**
     * A value that is there.
     *
     * @throws IllegalStateException if its memory was released
     */
    public static Node of(Spec spec, Storage storage, Stream stream) {
        if (!storage.hold()) {
            throw new IllegalStateException("The memory of " + spec + " was released.");
        }
        Node node = new Node(spec, stream, new Ready(storage), null);
        Residents.add(node, storage);
        return node;
    }

    /** Shape and dtype. */
    public Spec spec() {
        return spec;
    }

    /** The shape. */
    public Shape shape() {
        return spec.shape();
    }

    /** The dtype. */
    public DType dtype() {
        return spec.dtype();
    }

    /** The stream that computes it. */
    public Stream stream() {
        return stream;
    }

    /** Whether this descends from a tracer of a tape that is open. */
    public boolean isTraced() {
        return Tape.outer(tape, null) != null;
    }

    /** Whether the value is there, so that reading it does not wait. */
    public boolean isReady() {
        return state instanceof Ready;
    }

    /** What computes this; null once an evaluation has taken it up, unless a {@link Tape} remembers. */
    public @Nullable Primitive primitive() {
        Lazy made = made();
        return made == null ? null : made.primitive;
    }

    /** What it is computed from; none once an evaluation has taken it up, unless a {@link Tape} remembers. */
    public List<Node> inputs() {
        Lazy made = made();
        return made == null ? List.of() : made.inputs;
    }

    private @Nullable Lazy made() {
        return state instanceof Lazy lazy ? lazy : tape == null ? null : tape.made(this);
    }

    /** A hash of which node this is, cheaper than the JVM's. */
    int identity() {
        return identity;
    }

    /** Nodes are what they are: equality is identity. */
    @Override
    public int hashCode() {
        return identity;
    }

    State state() {
        return state;
    }

    /** Goes from one state to the next; false, and nothing happens, if the node is not in {@code from}. */
    boolean move(State from, State to) {
        if (tape != null && from instanceof Lazy lazy) {
            tape.keep(this, lazy);
        }
        return STATE.compareAndSet(this, from, to);
    }

    /** Where this comes from, if that is known. */
    @Nullable
    Origin origin() {
        return origin;
    }

    /** This, as coming from {@code origin}; for nodes that nobody else sees yet. */
    Node from(@Nullable Origin origin) {
        this.origin = origin;
        return this;
    }

    /**
     * Allows the evaluation that reads the value next to make a result of the same size in its memory, which spares that a copy
     * or fresh memory. After one that does, the value can be read no more.
     */
    public void donate() {
        donated = true;
    }

    boolean isDonated() {
        return donated;
    }

    /** Gives the value up, or that there will be one; a failure stays. */
    void release() {
        State before = state;
        if (before instanceof Claimed(Lazy lazy, Event settled)) {
            settled.onDone(this::release);
        } else if (!(before instanceof Failed || before instanceof Released)) {
            if (!move(before, RELEASED)) {
                release(); // it has gone on meanwhile, which it does a few times at the most
            } else if (before instanceof Ready(Storage storage)) {
                storage.drop();
            }
        }
    }

    /** What reading a released node throws. */
    IllegalStateException released() {
        return new IllegalStateException("This array " + spec
                + (donated ? " was donated, and a result is in its memory" : " was released when its scope was closed")
                + (origin instanceof Origin.Line(String text) ? "; it was built at " + text : "")
                + (donated ? "." : ". Scope.keep(array) moves an array out of its scope."));
    }

    private void used() {
        if (state instanceof Lazy) {
            USES.getAndAdd(this, 1);
        }
    }

    /** How many inputs of other nodes this is, those of dropped nodes included. */
    int uses() {
        return uses;
    }

    boolean passed() {
        return passed;
    }

    void markPassed() {
        passed = true;
    }
}
