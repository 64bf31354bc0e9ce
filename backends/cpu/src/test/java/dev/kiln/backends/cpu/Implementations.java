package dev.kiln.backends.cpu;

import dev.kiln.backends.cpu.vector.VectorLoops;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;

/** The implementations of {@link Loops} that every test of loops runs against. */
final class Implementations {
    static final Loops SCALAR = new ScalarLoops();
    static final Loops VECTOR = new VectorLoops(SCALAR);

    private Implementations() {}

    static Stream<Named<Loops>> all() {
        return List.of(Named.of("scalar", SCALAR), Named.of("vector", VECTOR)).stream();
    }
}
