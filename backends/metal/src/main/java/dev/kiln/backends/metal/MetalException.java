package dev.kiln.backends.metal;

/** Metal did not do what it was asked. */
public final class MetalException extends RuntimeException {

    private static final long serialVersionUID = 1;

    MetalException(String message) {
        super(message);
    }
}
