package dev.kiln.ops;

/**
 * Words the errors about one file, so that every one of them says which operation met which file.
 *
 * @param operation MLX's name of the operation, such as {@code load_safetensors}
 * @param file what the user calls the file
 */
record Refusal(String operation, String file) {
    private static final int LONGEST_QUOTE = 80;

    /** An error of one line: {@code [operation] file: reason}. */
    IllegalArgumentException because(String reason) {
        return new IllegalArgumentException("[" + operation + "] " + file + ": " + reason);
    }

    /**
     * Text found in a file, fit to stand in an error: quoted, escaped and not too long. A file may name a tensor with
     * line breaks, terminal codes or a megabyte of letters.
     */
    static String quote(String found) {
        return found.length() <= LONGEST_QUOTE
                ? Json.quote(found)
                : Json.quote(found.substring(0, LONGEST_QUOTE)) + "...";
    }
}
