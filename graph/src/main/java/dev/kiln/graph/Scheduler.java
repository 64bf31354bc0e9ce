package dev.kiln.graph;

import com.google.common.collect.Sets;
import dev.kiln.graph.Schedule.Place;
import dev.kiln.graph.Schedule.Slot;
import dev.kiln.graph.Schedule.Step;
import dev.kiln.graph.Work.Extent;
import dev.kiln.streams.Stream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Turns groups into steps: where each value lives, what reads what, which stream waits for which, what is freed when. */
final class Scheduler {

    /** An array that a program reads, once for each way in which it is read. */
    private record Source(Place place, Extent extent) {}

    /** What was copied, for work on a stream. */
    private record Copied(Place from, int stream) {}

    private final Map<Stream, Integer> numbers = new HashMap<>();
    private final Fuse.Fused fused;
    private final Map<Node, Place> places = new HashMap<>();
    private final Map<Copied, Place> copies = new HashMap<>();
    private final List<Long> slotBytes = new ArrayList<>();
    private final Map<Integer, Slot.Given> given = new HashMap<>();
    private final Set<Integer> donated = new HashSet<>();
    private final List<Step.Launch> launches = new ArrayList<>();

    private Scheduler(List<Stream> streams, Fuse.Fused fused) {
        streams.forEach(stream -> numbers.put(stream, numbers.size()));
        this.fused = fused;
    }

    private int number(Stream stream) {
        return numbers.getOrDefault(stream, -1);
    }

    /** The schedule of {@code fused} for {@code outputs}; {@code streams} numbers the streams. */
    static Schedule schedule(Fuse.Fused fused, List<Node> outputs, List<Stream> streams) {
        Scheduler scheduler = new Scheduler(streams, fused);
        fused.groups().forEach(scheduler::launch);
        List<Place> results = outputs.stream().map(output -> scheduler.place(output)).toList();
        return scheduler.finish(results, outputs);
    }

    private void launch(Group group) {
        Node sink = group.sink();
        List<Node> members = members(group);
        List<Place> reads = new ArrayList<>();
        List<Node> writes = new ArrayList<>();
        List<String> names = new ArrayList<>(members.size());
        boolean program = Fuse.isProgram(group);
        for (Node member : members) {
            names.add(program ? Graph.primitive(member).name() : name(member));
            if (fused.stored().contains(member)) {
                writes.add(member);
            }
        }
        Work work = program
                ? program(group, members, writes, reads)
                : members.size() == 1 ? single(sink, reads) : several(members, reads);
        List<Place> written = new ArrayList<>();
        for (Node node : writes) {
            Place place = new Place(newSlot(node.spec().bytes()), node.spec(), Layout.contiguous(node.shape()));
            places.put(node, place);
            written.add(place);
        }
        launches.add(new Step.Launch(number(sink.stream()), work, List.copyOf(reads), List.copyOf(written),
                List.copyOf(names), origins(members), stops(group)));
    }

    /** The nodes of {@code group} in order. */
    private List<Node> members(Group group) {
        return group.members().size() == 1
                ? List.of(group.sink())
                : group.members().stream().sorted(Comparator.comparing(fused.position()::get)).toList();
    }

    /** The operation, and where it runs if that is not the device of its stream. */
    private static String name(Node member) {
        String name = Graph.primitive(member).name();
        return Lower.fit(member) == Backend.Fit.LAST_RESORT ? name + " (on the processor)" : name;
    }

    private static List<Integer> origins(List<Node> members) {
        Set<Integer> numbers = new LinkedHashSet<>();
        for (Node member : members) {
            if (member.origin() instanceof Origin.Part(int number)) {
                numbers.add(number);
            }
        }
        return List.copyOf(numbers);
    }

    private static List<String> stops(Group group) {
        List<String> stops = new ArrayList<>(group.boundaries().size());
        for (Group.Boundary boundary : group.boundaries()) {
            stops.add(Graph.primitive(boundary.producer()).name() + " " + boundary.producer().spec() + ": "
                    + boundary.reason());
        }
        return List.copyOf(stops);
    }

    private Work.Single single(Node node, List<Place> reads) {
        return new Work.Single(Graph.primitive(node), operands(node, reads), node.spec());
    }

    private Work.Several several(List<Node> siblings, List<Place> reads) {
        return new Work.Several(
                siblings.stream().map(node -> (Primitive.Sibling) Graph.primitive(node)).toList(),
                operands(siblings.getFirst(), reads), siblings.stream().map(Node::spec).toList());
    }

    private List<Work.Operand> operands(Node node, List<Place> reads) {
        List<Work.Operand> operands = new ArrayList<>();
        for (Node input : node.inputs()) {
            Place place = place(input);
            reads.add(place);
            operands.add(new Work.Operand(place.spec(), atZero(place.layout())));
        }
        return operands;
    }

    private Work.Program program(Group group, List<Node> members, List<Node> writes, List<Place> reads) {
        Map<Source, Integer> loads = new LinkedHashMap<>();
        for (Node member : members) {
            for (Node input : member.inputs()) {
                if (!group.contains(Views.base(input))) {
                    loads.putIfAbsent(source(group, member, input), loads.size());
                }
            }
        }
        loads.keySet().forEach(source -> reads.add(source.place));
        Map<Node, Integer> values = new HashMap<>();
        List<Work.Instruction> body = new ArrayList<>();
        for (Node member : members) {
            List<Integer> arguments = new ArrayList<>();
            for (Node input : member.inputs()) {
                Integer inside = values.get(Views.base(input));
                arguments.add(inside != null
                        ? inside
                        : Optional.ofNullable(loads.get(source(group, member, input))).orElseThrow());
            }
            values.put(member, loads.size() + body.size());
            body.add(new Work.Instruction(Graph.primitive(member), List.copyOf(arguments), member.dtype(),
                    group.extent(member)));
        }
        return new Work.Program(group.space(),
                loads.keySet().stream()
                        .map(source -> new Work.Load(source.place.spec().dtype(), atZero(source.place.layout()),
                                source.extent))
                        .toList(),
                List.copyOf(body), writes.stream().map(node -> Optional.ofNullable(values.get(node)).orElseThrow())
                        .toList());
    }

    private Source source(Group group, Node consumer, Node input) {
        Extent extent = Graph.primitive(consumer) instanceof Primitive.Reduction ? Extent.FULL : group.extent(consumer);
        Shape iterated = Graph.primitive(consumer) instanceof Primitive.Reduction
                ? consumer.inputs().getFirst().shape()
                : consumer.shape();
        return new Source(readable(input, iterated, group.shape(extent), group.sink().stream()), extent);
    }

    /** Where {@code input} is, broadcast to what its consumer iterates over, and that seen in {@code shape}. */
    private Place readable(Node input, Shape iterated, Shape shape, Stream stream) {
        Place place = place(input);
        if (Backends.of(stream.device()).readsCopyOf(place.spec(), place.layout())) {
            place = copyDistinct(place, stream);
        }
        place = new Place(place.slot(), place.spec().with(iterated), place.layout().broadcast(input.shape(), iterated));
        Optional<Layout> layout = place.layout().reshape(iterated, shape);
        if (layout.isEmpty()) {
            place = copy(place, stream, "the kernel sees " + iterated + " as " + shape);
            layout = place.layout().reshape(iterated, shape);
        }
        return new Place(place.slot(), place.spec().with(shape), layout.orElseThrow());
    }

    private Place place(Node node) {
        Place known = places.get(node);
        if (known != null) {
            return known;
        }
        List<Node> chain = new ArrayList<>();
        Node start = node;
        while (places.get(start) == null && Graph.primitive(start) instanceof Primitive.View) {
            chain.add(start);
            start = start.inputs().getFirst();
        }
        Place place = places.get(start);
        if (place == null) {
            Primitive.Input input = (Primitive.Input) Graph.primitive(start);
            int slot = newSlot(0);
            given.put(slot, new Slot.Given(input.index(), input.spec().dtype()));
            if (input.donated()) {
                donated.add(slot);
            }
            place = new Place(slot, input.spec(), input.layout());
            places.put(start, place);
        }
        for (Node view : chain.reversed()) {
            Primitive.View primitive = (Primitive.View) Graph.primitive(view);
            Node source = view.inputs().getFirst();
            Optional<Layout> layout = primitive.view(source.spec(), place.layout());
            if (layout.isEmpty()) {
                place = copy(place, view.stream(),
                        primitive.name() + " to " + view.shape() + ": its input must be contiguous");
                layout = primitive.view(source.spec(), place.layout());
            }
            place = new Place(place.slot(), view.spec(), layout.orElseThrow());
            places.put(view, place);
        }
        return place;
    }

    /** A contiguous copy of what is not repeated along an axis, repeated likewise. */
    private Place copyDistinct(Place from, Stream stream) {
        Shape shape = from.spec().shape();
        Shape distinct = shape;
        for (int axis = 0; axis < shape.rank(); axis++) {
            distinct = from.layout().stride(axis) == 0 ? distinct.with(axis, 1) : distinct;
        }
        Spec spec = from.spec().with(distinct);
        Place to = copy(new Place(from.slot(), spec, from.layout()), stream,
                spec + ": the elements of its rows lie far apart");
        return new Place(to.slot(), from.spec(), to.layout().broadcast(distinct, shape));
    }

    /** A contiguous copy, where strides cannot say what is needed; one serves all who need it on its stream. */
    private Place copy(Place from, Stream stream, String reason) {
        Copied wanted = new Copied(from, number(stream));
        Place known = copies.get(wanted);
        if (known != null) {
            return known;
        }
        Shape shape = from.spec().shape();
        Work.Program identity = new Work.Program(shape,
                List.of(new Work.Load(from.spec().dtype(), atZero(from.layout()), Extent.FULL)), List.of(), List.of(0));
        Place to = new Place(newSlot(from.spec().bytes()), from.spec(), Layout.contiguous(shape));
        launches.add(new Step.Launch(wanted.stream, identity, List.of(from), List.of(to), List.of("copy"),
                List.of(), List.of(reason)));
        copies.put(wanted, to);
        return to;
    }

    private static Layout atZero(Layout layout) {
        return layout.offset() == 0 ? layout : new Layout(0, layout.strides());
    }

    private int newSlot(long bytes) {
        slotBytes.add(bytes);
        return slotBytes.size() - 1;
    }

    private Schedule finish(List<Place> results, List<Node> nodes) {
        Map<Integer, Integer> makers = new HashMap<>();
        launches.forEach(launch -> launch.writes().forEach(place -> makers.put(place.slot(), launch.stream())));
        List<Integer> outputStreams = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) {
            outputStreams.add(
                    makers.getOrDefault(results.get(i).slot(), number(nodes.get(i).stream())));
        }
        int[] home = InPlace.share(launches, slotBytes.size(), Sets.difference(given.keySet(), donated), donated,
                results);
        Map<Integer, Integer> heirs = heirs(home);
        List<Step.Launch> shared = launches.stream().map(launch -> move(launch, home)).toList();
        List<Place> outputs = results.stream().map(place -> move(place, home)).toList();
        Set<Integer> kept = outputs.stream().map(Place::slot).collect(Collectors.toSet());
        List<Slot> slots = new ArrayList<>();
        for (int i = 0; i < slotBytes.size(); i++) {
            slots.add(Objects.requireNonNullElse(given.get(i), made(i, kept.contains(i), heirs)));
        }
        return new Schedule(List.copyOf(slots), Ordering.steps(shared, slots), outputs, outputStreams);
    }

    private Slot made(int slot, boolean kept, Map<Integer, Integer> heirs) {
        long bytes = slotBytes.get(slot);
        if (!kept) {
            return new Slot.Temporary(bytes);
        }
        Integer from = heirs.get(slot);
        return from == null ? new Slot.Result(bytes) : new Slot.Inherited(bytes, from);
    }

    /**
     * By slot, the donated one whose memory it takes over. That may turn out to be needed by others when the plan is run, so the
     * heir stays a slot of its own, and whatever has its home in the donated one has it in the heir.
     */
    private Map<Integer, Integer> heirs(int[] home) {
        Map<Integer, Integer> heirs = new HashMap<>();
        Map<Integer, Integer> heirOf = new HashMap<>();
        for (int slot = 0; slot < home.length; slot++) {
            int from = home[slot];
            if (from != slot && donated.contains(from)) {
                Integer heir = heirOf.putIfAbsent(from, slot);
                if (heir == null) {
                    heirs.put(slot, from);
                }
                home[slot] = heir == null ? slot : heir;
            }
        }
        return heirs;
    }

    private static Step.Launch move(Step.Launch launch, int[] home) {
        List<Place> reads = move(launch.reads(), home);
        List<Place> writes = move(launch.writes(), home);
        return reads.equals(launch.reads()) && writes.equals(launch.writes())
                ? launch
                : new Step.Launch(launch.stream(), launch.work(), reads, writes, launch.members(), launch.origins(),
                        launch.stops());
    }

    private static List<Place> move(List<Place> places, int[] home) {
        for (Place place : places) {
            if (home[place.slot()] != place.slot()) {
                return places.stream().map(moved -> move(moved, home)).toList();
            }
        }
        return places;
    }

    private static Place move(Place place, int[] home) {
        return new Place(home[place.slot()], place.spec(), place.layout());
    }
}
