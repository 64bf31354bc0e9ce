package dev.kiln.backends.metal;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/** Metal's MTLSharedEvent: a number that only grows, which queues and the processor set and wait for. */
record MtlSharedEvent(MemorySegment id) {

    private static final Message VALUE = Message.returning(JAVA_LONG, "signaledValue");
    private static final Message SET_VALUE = Message.sending("setSignaledValue:", JAVA_LONG);

    /** Sets it to {@code value} if it is less. */
    void reach(long value) {
        if (VALUE.number(id) < value) {
            SET_VALUE.send(id, value);
        }
    }
}
