package dev.kiln.examples.llama;

import java.io.Serial;

/** Something given to the program is not as it must be. The message is one line and is all that the user has to see. */
final class BadInput extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    private static final int LONGEST = 400;

    BadInput(String message) {
        super(oneLine(message));
    }

    BadInput(String message, Throwable cause) {
        super(oneLine(message + ": " + oneLine(cause)), cause);
    }

    /** What {@code wrong} says, or what it is if it says nothing. */
    static String oneLine(Throwable wrong) {
        return oneLine(wrong.getMessage() == null ? wrong.getClass().getSimpleName() : wrong.getMessage());
    }

    /** A file may put line breaks, terminal codes or megabytes into a message. */
    private static String oneLine(String message) {
        String line = message.lines().findFirst().orElse("").replaceAll("\\p{C}", "?");
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "...";
    }
}
