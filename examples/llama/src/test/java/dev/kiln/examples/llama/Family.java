package dev.kiln.examples.llama;

import dev.kiln.examples.llama.Config.Parts;

/** What the families of models say in {@code config.json}, and what it means. */
enum Family {
    /** Nothing besides. */
    LLAMA("llama", "", Parts.NONE),
    /** A bias everywhere. */
    BIASED_LLAMA("llama", "\"attention_bias\": true, \"mlp_bias\": true,", new Parts(true, true, true, false)),
    /** Positions that are squeezed. */
    LINEAR_LLAMA("llama", "\"rope_scaling\": {\"type\": \"linear\", \"factor\": 4.0},", Parts.NONE),
    /** Slow pairs that are slowed down. */
    LLAMA_3("llama", """
            "rope_scaling": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0,
             "high_freq_factor": 4.0, "original_max_position_embeddings": 40},
            """, Parts.NONE),
    /** A window in all blocks. */
    MISTRAL("mistral", "\"sliding_window\": 7,", Parts.NONE),
    /** No window, and theta in its newer place. */
    ENDLESS_MISTRAL("mistral", "\"sliding_window\": null, \"rope_parameters\": {\"rope_theta\": 100.0},", Parts.NONE),
    /** Biases of queries, keys and values. */
    QWEN_2("qwen2", "\"use_sliding_window\": false, \"sliding_window\": 7, \"max_window_layers\": 1,",
            new Parts(true, false, false, false)),
    /** A window in the second block. */
    SLIDING_QWEN_2("qwen2", "\"use_sliding_window\": true, \"sliding_window\": 7, \"max_window_layers\": 1,",
            new Parts(true, false, false, false)),
    /** Norms of queries and keys. */
    QWEN_3("qwen3", "\"layer_types\": [\"full_attention\", \"full_attention\"],",
            new Parts(false, false, false, true));

    final String type;
    final String json;
    final Parts parts;

    Family(String type, String json, Parts parts) {
        this.type = type;
        this.json = json;
        this.parts = parts;
    }

    /** How many positions a block of this number looks at, its own included. */
    int window(int layer) {
        return this == MISTRAL || this == SLIDING_QWEN_2 && layer >= 1 ? 7 : Integer.MAX_VALUE;
    }

    /** The angle by which pair {@code i} of a head turns from one position to the next, if theta is 100. */
    double frequency(int i, int width) {
        double plain = Math.pow(100, -2.0 * i / width);
        if (this == LINEAR_LLAMA) {
            return plain / 4;
        }
        if (this != LLAMA_3) {
            return plain;
        }
        double wavelength = 2 * Math.PI / plain;
        if (wavelength < 40 / 4.0) {
            return plain;
        }
        if (wavelength > 40 / 1.0) {
            return plain / 8;
        }
        double smooth = (40 / wavelength - 1) / (4 - 1);
        return (1 - smooth) * plain / 8 + smooth * plain;
    }
}
