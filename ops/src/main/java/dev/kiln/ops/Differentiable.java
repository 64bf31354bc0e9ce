package dev.kiln.ops;

import dev.kiln.graph.Node;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a primitive implements that knows its derivative: the vector-Jacobian product, from which the engine also gets the
 * Jacobian-vector product, since that is the transpose and a rule is linear in the cotangent. Rules are written with operations
 * on arrays, so they can be differentiated in turn; those run on the stream of the node unless told otherwise.
 *
 * <p>
 * A primitive without a rule is differentiated through its decomposition.
 */
public interface Differentiable {

    /**
     * The cotangents of the inputs, given that of the result.
     *
     * @param wanted the inputs whose cotangents are asked for; nothing is to be built for others
     * @return an entry for each input; null for an input that is not wanted, or on which the result does not depend smoothly
     */
    List<@Nullable Array> vjps(Set<Integer> wanted, List<Array> primals, Array result, Array cotangent);

    /** A forward rule of its own, where the transpose of the other would not do. */
    interface Forward {

        /**
         * The tangent of the result.
         *
         * @param tangents by number of the input; those that are missing are zero
         * @return null if it is zero
         */
        @Nullable
        Array jvp(List<Array> primals, Map<Integer, Array> tangents);
    }

    /**
     * One of several results of a call that has a rule for all of them. The rule is asked once, when all cotangents are complete.
     */
    interface Joint extends Differentiable {

        /** The number of the result. */
        int result();

        /** Equal for results of the same call; null if this one can go by itself. */
        @Nullable
        Object call(List<Node> inputs);

        /**
         * The cotangents of the inputs, which all results have in common.
         *
         * @param cotangents by number of the result; those that are missing are zero
         */
        List<@Nullable Array> vjps(Set<Integer> wanted, List<Array> primals, Map<Integer, Array> cotangents);

        @Override
        default List<@Nullable Array> vjps(Set<Integer> wanted, List<Array> primals, Array result, Array cotangent) {
            return vjps(wanted, primals, Map.of(result(), cotangent));
        }
    }

    /** A rule that works out one input's cotangent after the other. */
    interface ByArgument extends Differentiable {

        /** The cotangent of the input of this number; null for none. */
        @Nullable
        Array vjp(int argument, List<Array> primals, Array result, Array cotangent);

        @Override
        default List<@Nullable Array> vjps(Set<Integer> wanted, List<Array> primals, Array result, Array cotangent) {
            var cotangents = new @Nullable Array[primals.size()];
            wanted.forEach(argument -> cotangents[argument] = vjp(argument, primals, result, cotangent));
            return Arrays.asList(cotangents);
        }
    }
}
