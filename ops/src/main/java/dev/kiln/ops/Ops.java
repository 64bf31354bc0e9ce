package dev.kiln.ops;

import dev.kiln.graph.Evaluator;
import dev.kiln.graph.Node;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * All operations as functions, by MLX's names in camelCase and MLX's argument order; made for {@code import static}. The
 * families are the superclasses. Every operation takes, last and optional, the stream or device that it runs on.
 */
public final class Ops extends FileOps {

    private Ops() {}

    /** Computes {@code arrays}, on their streams, and returns when all are there. */
    public static void eval(Array... arrays) {
        Evaluator.eval(nodes("eval", arrays));
    }

    /**
     * Starts to compute {@code arrays} and returns at once; whoever reads them waits.
     *
     * @return completes when all are there, or exceptionally with what one of them failed with
     */
    public static CompletableFuture<@Nullable Void> asyncEval(Array... arrays) {
        return Evaluator.evalAsync(nodes("asyncEval", arrays));
    }

    /** The nodes of what {@code op} was given. */
    static List<Node> nodes(String op, Array... arrays) {
        return Arrays.stream(Operands.require(op, "arrays", arrays))
                .map(array -> Operands.require(op, "array", array).node()).toList();
    }
}
