package dev.kiln.examples.gradients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.ops.Explain;
import dev.kiln.ops.Random;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrainingTest {

    @Test
    void the_network_learns_and_is_traced_once() {
        Random.seed(1);
        Network network = Network.random(32, Random.key(1));
        float first = Training.eval(Training.STEP.apply(network)).loss().itemFloat();
        float last = first;
        for (int i = 0; i < 500; i++) {
            Training.Step step = Training.eval(Training.STEP.apply(network));
            network = step.network();
            last = step.loss().itemFloat();
        }
        assertTrue(last < first / 4, first + " became " + last);
        assertEquals(1, Training.STEP.traces());
    }

    @Test
    void a_step_has_each_norm_and_each_of_its_gradients_once() {
        Network network = Network.random(48, Random.key(1));
        List<String> operations = Explain.of(Training.arrays(Training.STEP.apply(network))).fused().stream()
                .flatMap(List::stream).toList();
        for (String name : List.of("rms_norm", "rms_norm_vjp", "rms_norm_weight_vjp")) {
            assertEquals(1, operations.stream().filter(name::equals).count(), operations::toString);
        }
    }
}
