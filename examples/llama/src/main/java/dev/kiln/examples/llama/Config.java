package dev.kiln.examples.llama;

import com.google.common.collect.ImmutableSet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;

/**
 * The sizes of a network of the Llama family, from the {@code config.json} of a Hugging Face folder.
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
 * @param rotary how positions turn queries and keys
 * @param window how far back the blocks look
 * @param parts what the blocks of this family have besides
 * @param tied whether the output projection is the embedding's transpose
 * @param bos the token that begins a text, if texts begin with one
 * @param eos the tokens that end one
 */
record Config(int hidden, int intermediate, int layers, int heads, int kvHeads, int headDim, int vocabulary,
        int positions, float normEps, Rotary rotary, Window window, Parts parts, boolean tied, OptionalInt bos,
        ImmutableSet<Integer> eos) {

    /**
     * What some families add to a block.
     *
     * @param inputBias whether the projections to queries, keys and values add a bias
     * @param outputBias whether the projection behind attention does
     * @param feedForwardBias whether those of the feed-forward network do
     * @param headNorms whether queries and keys go through an RMS norm, head by head, before they are turned
     */
    record Parts(boolean inputBias, boolean outputBias, boolean feedForwardBias, boolean headNorms) {
        static final Parts NONE = new Parts(false, false, false, false);
    }

    Config {
        if (heads % kvHeads != 0) {
            throw new BadInput("config.json: num_attention_heads " + heads
                    + " is not a multiple of num_key_value_heads " + kvHeads + ".");
        }
        if (headDim % 2 != 0) {
            throw new BadInput("config.json: head_dim " + headDim + " is odd; rotary embedding turns pairs.");
        }
        if (bos.isPresent() && bos.getAsInt() >= vocabulary) {
            throw new BadInput("config.json: bos_token_id " + bos.getAsInt() + " is not below vocab_size " + vocabulary
                    + ".");
        }
    }

    /** Reads {@code folder/config.json} and what is there beside it, and refuses what this program would compute wrongly. */
    static Config read(Path folder) {
        Fields fields = new Fields("config.json", JsonFile.read(folder.resolve("config.json")));
        Parts parts = parts(fields);
        fields.require("hidden_act", "silu", "silu");
        if (fields.has("quantization_config")) {
            throw new BadInput("config.json: quantization_config is not supported.");
        }
        int hidden = fields.positive("hidden_size");
        int layers = fields.positive("num_hidden_layers");
        int heads = fields.positive("num_attention_heads");
        int kvHeads = fields.has("num_key_value_heads") ? fields.positive("num_key_value_heads") : heads;
        if (!fields.has("head_dim") && hidden % heads != 0) {
            throw new BadInput("config.json: hidden_size " + hidden + " is not a multiple of num_attention_heads "
                    + heads + ", and there is no head_dim.");
        }
        int headDim = fields.has("head_dim") ? fields.positive("head_dim") : hidden / heads;
        return new Config(hidden, fields.positive("intermediate_size"), layers, heads, kvHeads, headDim,
                fields.positive("vocab_size"), fields.positive("max_position_embeddings"),
                fields.positiveReal("rms_norm_eps", 1e-6), Rotary.read(fields), Window.read(fields, layers), parts,
                fields.bool("tie_word_embeddings", false), bos(fields, folder), eos(fields, folder));
    }

    private static Parts parts(Fields fields) {
        boolean bias = fields.bool("attention_bias", false);
        String type = fields.text("model_type");
        return switch (type) {
            case "llama" -> new Parts(bias, bias, fields.bool("mlp_bias", false), false);
            case "mistral" -> Parts.NONE;
            case "qwen2" -> new Parts(true, false, false, false);
            case "qwen3" -> new Parts(bias, bias, false, true);
            default -> throw new BadInput("config.json: model_type \"" + type
                    + "\" is not supported, only llama, mistral, qwen2 and qwen3 are.");
        };
    }

    /** Whether texts begin with a token is the tokenizer's to say; it does, unless {@code tokenizer_config.json} says no. */
    private static OptionalInt bos(Fields fields, Path folder) {
        Path file = folder.resolve("tokenizer_config.json");
        if (Files.exists(file)) {
            Fields tokenizer = new Fields("tokenizer_config.json", JsonFile.read(file));
            if (!tokenizer.bool("add_bos_token", !tokenizer.isNull("bos_token"))) {
                return OptionalInt.empty();
            }
        }
        return fields.has("bos_token_id") ? OptionalInt.of(fields.token("bos_token_id")) : OptionalInt.empty();
    }

    /** Models that were tuned for conversation end their turns with tokens of {@code generation_config.json}. */
    private static ImmutableSet<Integer> eos(Fields fields, Path folder) {
        Path file = folder.resolve("generation_config.json");
        ImmutableSet.Builder<Integer> eos = ImmutableSet.<Integer>builder().addAll(fields.tokens("eos_token_id"));
        if (Files.exists(file)) {
            eos.addAll(new Fields("generation_config.json", JsonFile.read(file)).tokens("eos_token_id"));
        }
        return eos.build();
    }
}
