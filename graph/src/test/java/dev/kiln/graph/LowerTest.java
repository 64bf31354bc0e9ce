package dev.kiln.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.streams.Device;
import dev.kiln.streams.Stream;
import java.util.List;
import org.junit.jupiter.api.Test;

class LowerTest {

    private final Stream stream = Toys.stream();

    private Node input() {
        return Toys.on(stream, new Primitive.Input(0, Toys.spec(3), Layout.contiguous(Shape.shape(3))));
    }

    @Test
    void what_has_a_kernel_stays() {
        Graph graph = new Graph(List.of(Toys.totals(Toys.neg(input()))));
        assertSame(graph, Lower.apply(graph, new Grafts(1)));
    }

    @Test
    void what_has_none_becomes_its_decomposition_down_to_kernels() {
        Graph lowered = Lower.apply(new Graph(List.of(Toys.on(stream, new Toy.Mirrored(), input()))), new Grafts(1));
        assertEquals(List.of("input", "input", "broadcast", "input", "broadcast", "mul", "half", "sub").stream()
                .sorted().toList(),
                lowered.order().stream().map(Graph::primitive).map(Primitive::name).sorted().toList());
    }

    @Test
    void a_decomposition_runs_on_the_stream_of_its_node() {
        Stream other = Toys.stream();
        Node lowered = Lower
                .apply(new Graph(List.of(Toys.on(other, new Toy.Mirrored(), input()))), new Grafts(1)).outputs()
                .getFirst();
        assertSame(other, lowered.stream());
        assertSame(other, lowered.inputs().get(0).stream());
        assertSame(other, lowered.inputs().get(1).stream());
    }

    @Test
    void numbers_of_a_decomposition_become_inputs_behind_the_others() {
        Grafts grafts = new Grafts(5);
        Graph lowered = Lower.apply(new Graph(List.of(Toys.on(stream, new Toy.Mirrored(), input()),
                Toys.on(stream, new Toy.Halved(3), input()))), grafts);
        assertEquals(List.of(Storage.Scalar.of(DType.FLOAT64, 3), Storage.Scalar.of(DType.FLOAT64, 4)),
                grafts.values());
        assertEquals(List.of(0, 5, 6), lowered.order().stream().map(Graph::primitive)
                .filter(Primitive.Input.class::isInstance).map(primitive -> ((Primitive.Input) primitive).index())
                .distinct().sorted().toList());
    }

    @Test
    void a_last_resort_is_taken_only_where_there_is_no_decomposition() {
        Stream later = Stream.of(Device.METAL);
        Graph lowered = Lower.apply(new Graph(List.of(Toys.on(later, new Toy.Mirrored(), input()),
                Toys.on(later, new Toy.Hopeless(), input()))), new Grafts(1));
        List<String> names = lowered.order().stream().map(Graph::primitive).map(Primitive::name).toList();
        assertFalse(names.contains("mirrored"), names.toString());
        assertTrue(names.contains("hopeless"), names.toString());
    }

    @Test
    void decompositions_give_the_right_values() {
        Node x = Toys.vector(stream, 1, 2, 5);
        assertArrayEquals(new double[] {1, -1, -7}, Toys.values(Toys.on(Toys.stream(), new Toy.Mirrored(), x)));
        assertArrayEquals(new double[] {2, 4, 10}, Toys.values(Toys.on(stream, new Toy.Halved(4), x)));
        assertArrayEquals(new double[] {3, 6, 15}, Toys.values(Toys.on(stream, new Toy.Halved(6), x)));
    }

    @Test
    void a_missing_kernel_is_named_with_device_and_dtypes() {
        Node x = Toys.vector(stream, 1, 2, 3);
        Node hopeless = Toys.on(stream, new Toy.Hopeless(), x);
        assertEquals(
                "[hopeless] Device cpu has no kernel for [float64(3)] -> float64(3), and the operation has no"
                        + " decomposition.",
                assertThrows(UnsupportedOperationException.class, () -> Toys.values(hopeless)).getMessage());
        Node single = Node.of(new Spec(Shape.SCALAR, DType.FLOAT32), Storage.Scalar.of(DType.FLOAT32, 1), stream);
        assertEquals(
                "[neg] Device cpu has no kernel for [float32()] -> float32(), and the operation has no"
                        + " decomposition.",
                assertThrows(UnsupportedOperationException.class, () -> Toys.values(Toys.neg(single))).getMessage());
    }

    @Test
    void a_graph_that_cannot_be_planned_stays_as_it_was() {
        Node x = Toys.vector(stream, 1, 2, 3);
        Node good = Toys.neg(x);
        Node hopeless = Toys.on(stream, new Toy.Hopeless(), good);
        assertThrows(UnsupportedOperationException.class, () -> Evaluator.eval(List.of(hopeless)));
        assertEquals(new Toy.Hopeless(), hopeless.primitive());
        assertArrayEquals(new double[] {-1, -2, -3}, Toys.values(good));
        assertThrows(UnsupportedOperationException.class, () -> Evaluator.eval(List.of(hopeless)));
    }
}
