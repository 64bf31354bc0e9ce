package dev.kiln.examples.llama;

import java.util.Arrays;

/** The network again, in plain loops over doubles, one position after the other. */
final class Reference {

    private final TinyLlama llama;
    private final Config config;
    private final int[] tokens;
    private final double[][][] keys;
    private final double[][][] values;

    private Reference(TinyLlama llama, int[] tokens) {
        this.llama = llama;
        this.config = llama.config();
        this.tokens = tokens;
        keys = new double[config.layers()][tokens.length][];
        values = new double[config.layers()][tokens.length][];
    }

    /** The logits behind each of {@code tokens}. */
    static double[][] logits(TinyLlama llama, int... tokens) {
        Reference reference = new Reference(llama, tokens);
        double[][] logits = new double[tokens.length][];
        for (int position = 0; position < tokens.length; position++) {
            logits[position] = reference.at(position);
        }
        return logits;
    }

    private double[] at(int position) {
        float[] embedding = llama.values("model.embed_tokens.weight");
        double[] x = new double[config.hidden()];
        for (int i = 0; i < x.length; i++) {
            x[i] = embedding[tokens[position] * x.length + i];
        }
        for (int layer = 0; layer < config.layers(); layer++) {
            String name = "model.layers." + layer + ".";
            addTo(x, attention(layer, name + "self_attn.", position, norm(x, name + "input_layernorm.weight")));
            addTo(x, feedForward(name + "mlp.", norm(x, name + "post_attention_layernorm.weight")));
        }
        return multiply(config.tied() ? "model.embed_tokens.weight" : "lm_head.weight", norm(x, "model.norm.weight"));
    }

    private double[] attention(int layer, String name, int position, double[] x) {
        int width = config.headDim();
        double[] queries = rotate(normHeads(linear(name + "q_proj", x), name + "q_norm.weight"), position);
        keys[layer][position] = rotate(normHeads(linear(name + "k_proj", x), name + "k_norm.weight"), position);
        values[layer][position] = linear(name + "v_proj", x);
        double[] mixed = new double[config.heads() * width];
        for (int head = 0; head < config.heads(); head++) {
            int shared = head / (config.heads() / config.kvHeads());
            double[] weight = new double[position + 1];
            double sum = 0;
            int oldest = Math.max(0, position - llama.family().window(layer) + 1);
            for (int p = oldest; p <= position; p++) {
                double score = 0;
                for (int i = 0; i < width; i++) {
                    score += queries[head * width + i] * keys[layer][p][shared * width + i];
                }
                weight[p] = Math.exp(score / Math.sqrt(width));
                sum += weight[p];
            }
            for (int p = oldest; p <= position; p++) {
                for (int i = 0; i < width; i++) {
                    mixed[head * width + i] += weight[p] / sum * values[layer][p][shared * width + i];
                }
            }
        }
        return linear(name + "o_proj", mixed);
    }

    private double[] feedForward(String name, double[] x) {
        double[] gate = linear(name + "gate_proj", x);
        double[] up = linear(name + "up_proj", x);
        for (int i = 0; i < gate.length; i++) {
            gate[i] = gate[i] / (1 + Math.exp(-gate[i])) * up[i];
        }
        return linear(name + "down_proj", gate);
    }

    private double[] norm(double[] x, String name) {
        float[] weight = llama.values(name);
        double squares = 0;
        for (double element : x) {
            squares += element * element;
        }
        double[] normed = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            normed[i] = x[i] / Math.sqrt(squares / x.length + config.normEps()) * weight[i];
        }
        return normed;
    }

    private double[] normHeads(double[] x, String name) {
        if (!llama.weights().containsKey(name)) {
            return x;
        }
        int width = config.headDim();
        double[] normed = new double[x.length];
        for (int head = 0; head < x.length; head += width) {
            System.arraycopy(norm(Arrays.copyOfRange(x, head, head + width), name), 0, normed, head, width);
        }
        return normed;
    }

    /** Turns the pair (i, i + width / 2) of each head by the position times the pair's frequency. */
    private double[] rotate(double[] x, int position) {
        int width = config.headDim();
        double[] turned = new double[x.length];
        for (int head = 0; head < x.length; head += width) {
            for (int i = 0; i < width / 2; i++) {
                double angle = position * llama.family().frequency(i, width);
                double first = x[head + i];
                double second = x[head + i + width / 2];
                turned[head + i] = first * Math.cos(angle) - second * Math.sin(angle);
                turned[head + i + width / 2] = second * Math.cos(angle) + first * Math.sin(angle);
            }
        }
        return turned;
    }

    private double[] linear(String name, double[] x) {
        double[] product = multiply(name + ".weight", x);
        if (llama.weights().containsKey(name + ".bias")) {
            float[] bias = llama.values(name + ".bias");
            for (int i = 0; i < product.length; i++) {
                product[i] += bias[i];
            }
        }
        return product;
    }

    /** A weight of (out, in) times a vector. */
    private double[] multiply(String name, double[] x) {
        float[] weight = llama.values(name);
        double[] product = new double[weight.length / x.length];
        for (int row = 0; row < product.length; row++) {
            for (int i = 0; i < x.length; i++) {
                product[row] += weight[row * x.length + i] * x[i];
            }
        }
        return product;
    }

    private static void addTo(double[] x, double[] addend) {
        for (int i = 0; i < x.length; i++) {
            x[i] += addend[i];
        }
    }
}
