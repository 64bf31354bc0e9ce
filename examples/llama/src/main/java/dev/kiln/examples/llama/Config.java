package dev.kiln.examples.llama;

import com.google.common.collect.ImmutableSet;
import java.nio.file.Path;

/**
 * The sizes of a Llama, from the {@code config.json} of a Hugging Face folder.
 *
 * @param hidden the width of the residual stream
 * @param intermediate the width inside the feed-forward network
 * @param layers how many blocks
 * @param heads query heads of a block
 * @param kvHeads key/value heads of a block; each serves {@code heads / kvHeads} query heads
 * @param headDim the width of a head
 * @param vocabulary how many tokens
 * @param positions the longest sequence the model was made for
 * @param normEps added to the mean square in RMS norm
 * @param ropeTheta the base of the rotary embedding's wavelengths
 * @param tied whether the output projection is the embedding's transpose
 * @param bos the token that begins a text
 * @param eos the tokens that end one
 */
record Config(int hidden, int intermediate, int layers, int heads, int kvHeads, int headDim, int vocabulary,
        int positions, float normEps, float ropeTheta, boolean tied, int bos, ImmutableSet<Integer> eos) {

    Config {
        if (heads % kvHeads != 0) {
            throw new BadInput("config.json: num_attention_heads " + heads
                    + " is not a multiple of num_key_value_heads " + kvHeads + ".");
        }
        if (headDim % 2 != 0) {
            throw new BadInput("config.json: head_dim " + headDim + " is odd; rotary embedding turns pairs.");
        }
        if (bos >= vocabulary) {
            throw new BadInput("config.json: bos_token_id " + bos + " is not below vocab_size " + vocabulary + ".");
        }
    }

    /** Reads {@code folder/config.json}, and refuses what this program would compute wrongly. */
    static Config read(Path folder) {
        Fields fields = new Fields(JsonFile.read(folder.resolve("config.json")));
        fields.require("model_type", "llama", null);
        fields.require("hidden_act", "silu", "silu");
        for (String unsupported : new String[] {"attention_bias", "mlp_bias"}) {
            if (fields.bool(unsupported, false)) {
                throw new BadInput("config.json: " + unsupported + " is not supported.");
            }
        }
        for (String unsupported : new String[] {"rope_scaling", "quantization_config"}) {
            if (fields.has(unsupported)) {
                throw new BadInput("config.json: " + unsupported + " is not supported.");
            }
        }
        int hidden = fields.positive("hidden_size");
        int heads = fields.positive("num_attention_heads");
        int kvHeads = fields.has("num_key_value_heads") ? fields.positive("num_key_value_heads") : heads;
        if (!fields.has("head_dim") && hidden % heads != 0) {
            throw new BadInput("config.json: hidden_size " + hidden + " is not a multiple of num_attention_heads "
                    + heads + ", and there is no head_dim.");
        }
        return new Config(hidden, fields.positive("intermediate_size"), fields.positive("num_hidden_layers"), heads,
                kvHeads, fields.has("head_dim") ? fields.positive("head_dim") : hidden / heads,
                fields.positive("vocab_size"), fields.positive("max_position_embeddings"),
                fields.positiveReal("rms_norm_eps", 1e-6), fields.positiveReal("rope_theta", 10_000),
                fields.bool("tie_word_embeddings", false), fields.token("bos_token_id"), fields.tokens("eos_token_id"));
    }
}
