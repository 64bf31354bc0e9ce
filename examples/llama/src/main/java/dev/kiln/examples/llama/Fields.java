package dev.kiln.examples.llama;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** The members of a JSON object, each checked as it is read. A member that is {@code null} counts as absent. */
record Fields(String name, JsonNode root) {

    boolean has(String name) {
        return root.hasNonNull(name);
    }

    /** Whether the member is there and is {@code null}. */
    boolean isNull(String name) {
        return root.has(name) && !root.hasNonNull(name);
    }

    /** The members of a member. */
    Fields object(String name) {
        if (!member(name).isObject()) {
            throw wrong(name, "an object");
        }
        return new Fields(this.name + ": " + name, member(name));
    }

    /** An object without members. */
    Fields none() {
        return new Fields(name, JsonNodeFactory.instance.objectNode());
    }

    String text(String name) {
        if (!member(name).isString()) {
            throw wrong(name, "a text");
        }
        return member(name).stringValue();
    }

    /** A list of texts; none if the member is absent. */
    ImmutableList<String> strings(String name) {
        if (!has(name)) {
            return ImmutableList.of();
        }
        ImmutableList.Builder<String> texts = ImmutableList.builder();
        for (JsonNode text : member(name)) {
            if (!text.isString()) {
                throw wrong(name, "a list of texts");
            }
            texts.add(text.stringValue());
        }
        return texts.build();
    }

    /** Refuses any text but {@code wanted}; {@code fallback} is what absence means, null if it must be there. */
    void require(String name, String wanted, @Nullable String fallback) {
        if (!has(name) && wanted.equals(fallback)) {
            return;
        }
        if (!member(name).isString() || !member(name).stringValue().equals(wanted)) {
            throw new BadInput(this.name + ": " + name + " " + member(name) + " is not supported, only \"" + wanted
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
        return has(name) ? positiveReal(name) : (float) fallback;
    }

    float positiveReal(String name) {
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
            throw new BadInput(this.name + ": " + name + " is missing.");
        }
        return root.get(name);
    }

    private BadInput wrong(String name, String wanted) {
        return new BadInput(this.name + ": " + name + " " + member(name) + " is not " + wanted + ".");
    }
}
