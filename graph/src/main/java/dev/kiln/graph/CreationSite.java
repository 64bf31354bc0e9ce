package dev.kiln.graph;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Whether nodes remember the line of the program that built them, so that a failure at evaluation can name it. Off at first,
 * when it costs a look at a number for each node; on, it costs about a microsecond for each. Turn it on with
 * {@code -Dkiln.sites=true}, or with {@link #capture} for the nodes built from then on.
 */
public final class CreationSite {

    private static final AtomicBoolean CAPTURED = new AtomicBoolean(Boolean.getBoolean("kiln.sites"));
    private static final StackWalker WALKER = StackWalker.getInstance();

    private CreationSite() {}

    /** Turns the capture on or off for the whole program, and returns what it was. */
    public static boolean capture(boolean on) {
        boolean before = CAPTURED.getAndSet(on);
        if (before != on) {
            Births.watch(on ? 1 : -1);
        }
        return before;
    }

    /** Whether new nodes remember their line. */
    public static boolean isCaptured() {
        return CAPTURED.get();
    }

    static Origin.Line caller() {
        return new Origin.Line(WALKER.walk(frames -> frames.filter(frame -> !isLibrary(frame.getClassName()))
                .findFirst().map(CreationSite::text).orElse("an unknown line")));
    }

    private static String text(StackWalker.StackFrame frame) {
        return frame.getClassName() + "." + frame.getMethodName() + "(" + frame.getFileName() + ":"
                + frame.getLineNumber() + ")";
    }

    /** Kiln's own frames, and the JDK's between them. */
    private static boolean isLibrary(String name) {
        return name.startsWith("dev.kiln.ops.") || name.startsWith("dev.kiln.graph.") || name.startsWith("java.")
                || name.startsWith("jdk.");
    }
}
