package dev.kiln.examples.train;

/**
 * What a network is like.
 *
 * @param dim the width of the residual stream
 * @param hidden the width inside the feed-forward networks
 * @param layers how many blocks
 * @param heads query heads of a block
 * @param kvHeads key and value heads of a block
 * @param vocabulary how many tokens
 * @param length of the texts that are learnt from, in tokens
 */
record Sizes(int dim, int hidden, int layers, int heads, int kvHeads, int vocabulary, int length) {

    Sizes {
        if (dim < 1 || hidden < 1 || layers < 1 || heads < 1 || kvHeads < 1 || length < 2) {
            throw new BadInput("--dim, --hidden, --layers, --heads, --kv-heads and --length must be positive.");
        }
        if (dim % heads != 0 || dim / heads % 2 != 0) {
            throw new BadInput("--dim " + dim + " is not an even multiple of --heads " + heads + ".");
        }
        if (heads % kvHeads != 0) {
            throw new BadInput("--heads " + heads + " is not a multiple of --kv-heads " + kvHeads + ".");
        }
    }
}
