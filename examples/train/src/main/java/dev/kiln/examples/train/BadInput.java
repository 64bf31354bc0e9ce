package dev.kiln.examples.train;

import java.io.Serial;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;

/** Something that the program was given, or met, does not let it go on. The message is one line and all that the user has to see. */
final class BadInput extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    BadInput(String message) {
        super(message);
    }

    BadInput(String message, Throwable cause) {
        super(message + ": " + reason(cause), cause);
    }

    /** What went wrong. Of some failures of files Java says the path alone. */
    private static String reason(Throwable cause) {
        return switch (cause) {
            case UncheckedIOException wrapped when wrapped.getCause() != null -> reason(wrapped.getCause());
            case NoSuchFileException missing -> missing.getFile() + " is not there";
            case AccessDeniedException denied -> denied.getFile() + " is not open to this user";
            case FileAlreadyExistsException file -> file.getFile() + " is there and not a folder";
            case CharacterCodingException _ -> "it holds bytes that are not UTF-8";
            default -> (cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage()).lines()
                    .findFirst().orElse("");
        };
    }
}
