package dev.kiln.streams;

/** Waits until a stream has come to where a test wants it. */
final class Statuses {

    private Statuses() {}

    /** Returns once the stream has no work. */
    static void awaitIdle(Stream stream) {
        while (stream.status().isPresent()) {
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(1);
        } catch (InterruptedException tooLong) {
            throw new AssertionError(Stream.report(), tooLong);
        }
    }

    /** Returns once the stream's line in a report contains {@code text}. */
    static String await(Stream stream, String text) {
        while (true) {
            String line = stream.status().orElse("");
            if (line.contains(text)) {
                return line;
            }
            pause();
        }
    }
}
