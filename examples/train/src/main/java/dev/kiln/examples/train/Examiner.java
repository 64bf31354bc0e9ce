package dev.kiln.examples.train;

import static dev.kiln.ops.Transforms.compile;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import dev.kiln.ops.Array;
import dev.kiln.ops.Compiled;
import dev.kiln.ops.Ops;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Asks a network what held-out text costs it, and lets it write. */
final class Examiner {

    private record Question(Llama model, Array tokens) {}

    private record Place(Llama model, Array tokens, Array at) {}

    private final Tokenizer tokenizer;
    private final int length;
    private final int rows;
    private final int[] heldOut;
    private final long bytes;
    private final Compiled<Question, Array> loss = compile((Question asked) -> asked.model().loss(asked.tokens()));
    private final Compiled<Place, Array> next = compile(
            (Place place) -> Ops.take(place.model().apply(place.tokens()), place.at(), 1).astype(DType.FLOAT32));

    /**
     * Keeps whole batches of what is held out.
     *
     * @param heldOut tokens
     * @param most how many bytes are asked for, at most
     */
    Examiner(Tokenizer tokenizer, int[] heldOut, int length, int batch, int most) {
        this.tokenizer = tokenizer;
        this.length = length;
        int windows = 0;
        long seen = 0;
        for (int i = 1; i < heldOut.length && seen < most; i++) {
            seen += byteCount(heldOut[i]);
            windows += i % length == 0 ? 1 : 0;
        }
        if (windows == 0) {
            throw new BadInput("The text that is held out has " + heldOut.length + " tokens, less than one of --length "
                    + length + ".");
        }
        rows = Math.min(batch, windows);
        this.heldOut = Arrays.copyOf(heldOut, windows / rows * rows * length + 1);
        bytes = Arrays.stream(this.heldOut).skip(1).map(this::byteCount).sum();
    }

    private int byteCount(int token) {
        return Math.max(1, tokenizer.byteCount(token));
    }

    /** The bytes that are asked for, the beginning of a text counting as a zero: for other models. */
    byte[] bytes() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 1; i < heldOut.length; i++) {
            all.writeBytes(heldOut[i] == Tokenizer.BEGIN ? new byte[1] : tokenizer.bytes(heldOut[i]));
        }
        return all.toByteArray();
    }

    /** What a byte of the held-out text costs, in bits; each piece of {@code length} tokens without those before it. */
    double bitsPerByte(Llama model) {
        double nats = 0;
        int piece = rows * length;
        for (int from = 0; from + piece < heldOut.length; from += piece) {
            int[] window = new int[rows * (length + 1)];
            for (int row = 0; row < rows; row++) {
                System.arraycopy(heldOut, from + row * length, window, row * (length + 1), length + 1);
            }
            Array tokens = Ops.reshape(Array.of(window), Shape.shape(rows, length + 1));
            nats += loss.apply(new Question(model, tokens)).itemDouble() * piece;
        }
        return nats / Math.log(2) / bytes;
    }

    /** Goes on after {@code prompt} for {@code count} tokens, each drawn at {@code temperature}; up to {@code length} in all. */
    String write(Llama model, String prompt, int count, double temperature, long seed) {
        int[] given = tokenizer.encode(List.of(prompt));
        int[] tokens = Arrays.copyOf(given, length);
        SplittableRandom random = new SplittableRandom(seed);
        int end = Math.min(given.length, length - 1);
        for (; end < Math.min(length, given.length + count); end++) {
            float[] logits = next.apply(new Place(model, Ops.reshape(Array.of(tokens), Shape.shape(1, length)),
                    Array.scalar(end - 1))).toFloatArray();
            int chosen = draw(logits, temperature, random);
            if (chosen == Tokenizer.BEGIN) {
                break;
            }
            tokens[end] = chosen;
        }
        return tokenizer.decode(Arrays.copyOf(tokens, end));
    }

    private static int draw(float[] logits, double temperature, SplittableRandom random) {
        double most = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            most = Math.max(most, logit);
        }
        double[] up = new double[logits.length];
        double sum = 0;
        for (int i = 0; i < logits.length; i++) {
            sum += Math.exp((logits[i] - most) / temperature);
            up[i] = sum;
        }
        double level = random.nextDouble() * sum;
        int chosen = 0;
        while (chosen < up.length - 1 && up[chosen] <= level) {
            chosen++;
        }
        return chosen;
    }
}
