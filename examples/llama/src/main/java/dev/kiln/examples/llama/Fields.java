package dev.kiln.examples.llama;

import com.google.common.collect.ImmutableSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The members of {@code config.json}, each checked as it is read. A member that is {@code null} counts as absent. */
record Fields(JsonNode root) {

    boolean has(String name) {
        return root.hasNonNull(name);
    }

    /** Refuses any text but {@code wanted}; {@code fallback} is what absence means, null if it must be there. */
    void require(String name, String wanted, @Nullable String fallback) {
        if (!has(name) && wanted.equals(fallback)) {
            return;
        }
        if (!member(name).isString() || !member(name).stringValue().equals(wanted)) {
            throw new BadInput("config.json: " + name + " " + member(name) + " is not supported, only \"" + wanted
                    + "\" is.");
        }
    }

    int positive(String name) {
        JsonNode value = member(name);
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 1) {
            throw wrong(name, "a whole number from 1 to " + Integer.MAX_VALUE);
        }
        return value.intValue();
    }

    float positiveReal(String name, double fallback) {
        if (!has(name)) {
            return (float) fallback;
        }
        float value = member(name).isNumber() ? (float) member(name).doubleValue() : Float.NaN;
        if (!(value > 0) || Float.isInfinite(value)) {
            throw wrong(name, "a positive number");
        }
        return value;
    }

    boolean bool(String name, boolean fallback) {
        if (has(name) && !member(name).isBoolean()) {
            throw wrong(name, "true or false");
        }
        return has(name) ? member(name).booleanValue() : fallback;
    }

    int token(String name) {
        return token(name, member(name));
    }

    /** One token or a list of them; none if the member is absent. */
    ImmutableSet<Integer> tokens(String name) {
        if (!has(name)) {
            return ImmutableSet.of();
        }
        if (!member(name).isArray()) {
            return ImmutableSet.of(token(name));
        }
        ImmutableSet.Builder<Integer> tokens = ImmutableSet.builder();
        member(name).forEach(token -> tokens.add(token(name, token)));
        return tokens.build();
    }

    private int token(String name, JsonNode value) {
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 0) {
            throw wrong(name, "a token's number");
        }
        return value.intValue();
    }

    private JsonNode member(String name) {
        if (!has(name)) {
            throw new BadInput("config.json: " + name + " is missing.");
        }
        return root.get(name);
    }

    private BadInput wrong(String name, String wanted) {
        return new BadInput("config.json: " + name + " " + member(name) + " is not " + wanted + ".");
    }
}
