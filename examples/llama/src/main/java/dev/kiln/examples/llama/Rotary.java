package dev.kiln.examples.llama;

import dev.kiln.ops.Array;
import dev.kiln.ops.Fast;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How positions turn queries and keys: pair i of a head of width d by the position times {@code scale * theta^(-2i / d)}, or as
 * {@code stretch} changes that.
 */
record Rotary(double theta, double scale, Optional<Stretch> stretch) {

    /**
     * Llama 3's way to longer texts: slow pairs, which turn less than {@code low} times over the {@code positions} that the model
     * was first trained on, turn slower by {@code factor}; quick ones, more than {@code high} times, as ever; those between by
     * something between.
     */
    record Stretch(double factor, double low, double high, double positions) {

        double frequency(double before) {
            double turns = positions * before / (2 * Math.PI);
            double quick = Math.clamp((turns - low) / (high - low), 0, 1);
            return (1 - quick) * before / factor + quick * before;
        }
    }

    static Rotary plain(double theta) {
        return new Rotary(theta, 1, Optional.empty());
    }

    /** What {@code config.json} says, in its older and in its newer way. */
    static Rotary read(Fields fields) {
        Fields given = fields.has("rope_parameters")
                ? fields.object("rope_parameters")
                : fields.has("rope_scaling") ? fields.object("rope_scaling") : fields.none();
        double theta = (given.has("rope_theta") ? given : fields).positiveReal("rope_theta", 10_000);
        String type = given.has("rope_type")
                ? given.text("rope_type")
                : given.has("type") ? given.text("type") : "default";
        return switch (type) {
            case "default" -> plain(theta);
            case "linear" -> new Rotary(theta, 1 / given.positiveReal("factor"), Optional.empty());
            case "llama3" -> new Rotary(theta, 1, Optional.of(stretch(given)));
            default -> throw new BadInput(given.name() + ": type \"" + type
                    + "\" is not supported, only default, linear and llama3 are.");
        };
    }

    private static Stretch stretch(Fields given) {
        Stretch stretch = new Stretch(given.positiveReal("factor"), given.positiveReal("low_freq_factor"),
                given.positiveReal("high_freq_factor"), given.positive("original_max_position_embeddings"));
        if (stretch.high <= stretch.low) {
            throw new BadInput(given.name() + ": high_freq_factor " + stretch.high + " is not above low_freq_factor "
                    + stretch.low + ".");
        }
        return stretch;
    }

    /**
     * {@code x} of shape (1, heads, positions, width) turned, the first position being {@code start}.
     *
     * @param wavelengths of {@link #wavelengths}
     */
    Array turn(Array x, Array start, @Nullable Array wavelengths) {
        int width = (int) x.dim(-1);
        return wavelengths == null
                ? Fast.rope(x, width, false, theta, scale, start)
                : Fast.rope(x, width, false, wavelengths, scale, start);
    }

    /** What each pair of a head turns by, upside down; null if {@code theta} says it all. */
    @Nullable
    Array wavelengths(int width) {
        if (stretch.isEmpty()) {
            return null;
        }
        float[] wavelengths = new float[width / 2];
        for (int i = 0; i < wavelengths.length; i++) {
            wavelengths[i] = (float) (1 / frequency(i, width));
        }
        return Array.of(wavelengths);
    }

    /** The angle by which pair {@code i} turns from one position to the next, before {@code scale}. */
    double frequency(int i, int width) {
        double plain = Math.pow(theta, -2.0 * i / width);
        return stretch.isEmpty() ? plain : stretch.get().frequency(plain);
    }
}
