package dev.kiln.examples.llama;

import dev.kiln.ops.Array;

/**
 * How far back a position looks: at itself and the {@code width - 1} before it in the blocks from {@code firstLayer} on, at all
 * before it in the others.
 */
record Window(int width, int firstLayer) {

    static final Window NONE = new Window(Integer.MAX_VALUE, Integer.MAX_VALUE);

    /** What {@code config.json} says, in the ways of Mistral and Qwen. */
    static Window read(Fields fields, int layers) {
        boolean qwen = fields.text("model_type").startsWith("qwen");
        boolean slides = switch (fields.text("model_type")) {
            case "mistral" -> fields.has("sliding_window");
            case "llama" -> false;
            default -> fields.bool("use_sliding_window", false) && fields.has("sliding_window");
        };
        if (!slides) {
            requireAll(fields, "full_attention");
            return NONE;
        }
        int first = qwen && fields.has("max_window_layers") ? fields.token("max_window_layers") : 0;
        if (first < layers) {
            requireAll(fields, first == 0 ? "sliding_attention" : "");
        }
        return new Window(fields.positive("sliding_window"), first);
    }

    private static void requireAll(Fields fields, String kind) {
        fields.strings("layer_types").stream().filter(type -> !type.equals(kind)).findFirst().ifPresent(type -> {
            throw new BadInput("config.json: layer_types with \"" + type + "\" are not supported here.");
        });
    }

    boolean limits(int layer, long positions) {
        return layer >= firstLayer && positions > width;
    }

    /** Which of the positions {@code keys} each of {@code queries}, a column, looks at. */
    Array sees(Array queries, Array keys) {
        return keys.lessEqual(queries).logicalAnd(keys.greater(queries.subtract(width)));
    }
}
