package dev.kiln.ops;

import dev.kiln.graph.Node;
import dev.kiln.ops.Ancestry.Step;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Forward-mode differentiation: tangents go from sources to what is computed from them. */
final class Forward {

    private Forward() {}

    /**
     * The tangents of {@code outputs}, given those of {@code sources}.
     *
     * @return an entry for each output; null if it does not depend smoothly on a source
     */
    static List<@Nullable Array> push(List<Node> sources, List<Array> tangents, List<Node> outputs) {
        Map<Node, Array> known = new IdentityHashMap<>();
        for (int i = 0; i < sources.size(); i++) {
            known.put(sources.get(i), tangents.get(i));
        }
        for (Step step : Ancestry.between(sources, outputs)) {
            Map<Integer, Array> moving = new TreeMap<>();
            for (int i = 0; i < step.inputs().size(); i++) {
                Array tangent = known.get(step.inputs().get(i));
                if (tangent != null) {
                    moving.put(i, tangent);
                }
            }
            Array tangent = moving.isEmpty() || !Reverse.isSmooth(step.node().dtype()) ? null : Rules.jvp(step, moving);
            if (tangent != null) {
                known.put(step.node(), tangent);
            }
        }
        return Arrays.asList(outputs.stream().map(known::get).toArray(Array[]::new));
    }
}
