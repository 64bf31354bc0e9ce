package dev.kiln.examples.train;

import com.google.common.primitives.ImmutableIntArray;
import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import dev.kiln.ops.Array;
import dev.kiln.ops.Ops;
import java.util.SplittableRandom;

/** Texts from anywhere in a stream of tokens. Which ones come in a step depends on its number and the seed alone. */
record Batches(ImmutableIntArray tokens, int batch, int length, long seed) {

    Batches {
        if ((long) batch * (length + 1L) > Integer.MAX_VALUE / 2) {
            throw new BadInput("--batch " + batch + " texts of --length " + length + " are too much for one step.");
        }
        if (tokens.length() <= length) {
            throw new BadInput(
                    "The text has " + tokens.length() + " tokens, less than one of --length " + length + ".");
        }
    }

    /** The tokens of step {@code number}: int32 of shape (batch, length + 1). */
    Array of(int number) {
        SplittableRandom random = new SplittableRandom(seed * 1_000_003 + number);
        int[] chosen = new int[batch * (length + 1)];
        for (int i = 0; i < batch; i++) {
            int from = random.nextInt(tokens.length() - length);
            for (int j = 0; j <= length; j++) {
                chosen[i * (length + 1) + j] = tokens.get(from + j);
            }
        }
        return Ops.reshape(Ops.array(chosen, DType.INT32), Shape.shape(batch, length + 1));
    }
}
