package dev.kiln.graph;

/** Work that failed while it ran. The arrays that depended on it throw this each time they are read. */
public final class KilnException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** A failure that says what ran where, caused by what went wrong. */
    public KilnException(String message, Throwable cause) {
        super(message, cause);
    }
}
