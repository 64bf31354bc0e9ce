package dev.kiln.examples.train;

import java.io.Serial;

/** Something that the program was given, or met, does not let it go on. The message is one line and all that the user has to see. */
final class BadInput extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    BadInput(String message) {
        super(message);
    }

    BadInput(String message, Throwable cause) {
        super(message + ": " + (cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage())
                .lines().findFirst().orElse(""), cause);
    }
}
