package dev.kiln.streams;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.FlightRecorder;
import jdk.jfr.FlightRecorderListener;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Registered;
import jdk.jfr.StackTrace;

/**
 * What the JDK's Flight Recorder gets. The fields are text, since a recording is read where the streams are not.
 *
 * <p>
 * Events that register themselves wake the recorder up even if nobody records, which takes 90 milliseconds of the first evaluation.
 * These wait until somebody does.
 */
@Category("Kiln")
@StackTrace(false)
@Registered(false)
abstract sealed class FlightEvent extends jdk.jfr.Event {

    /** Has the recorder learn of these events as soon as there is one, which may be at once. */
    static void register() {
        FlightRecorder.addListener(new FlightRecorderListener() {
            @Override
            public void recorderInitialized(FlightRecorder recorder) {
                for (Class<?> event : FlightEvent.class.getPermittedSubclasses()) {
                    FlightRecorder.register(event.asSubclass(FlightEvent.class));
                }
            }
        });
    }

    @Label("Stream")
    String stream = "";

    /** Takes over what was going on. */
    final void fill(Stream where, Trace.Label what) {
        stream = where.toString();
        fill(what);
    }

    abstract void fill(Trace.Label what);

    /** An event of the same kind. */
    abstract FlightEvent another();

    @Name("dev.kiln.Kernel")
    @Label("Kernel")
    @Description("A stream ran a kernel")
    static final class Kernel extends FlightEvent {
        /** Is asked whether such events are recorded, so that none has to be made for that. */
        static final Kernel SAMPLE = new Kernel();

        @Label("Operations")
        @Description("The operations in the kernel, in order")
        String operations = "";

        @Label("Arrays")
        @Description("The dtypes and shapes that were read and written")
        String arrays = "";

        @Label("Bytes")
        @Description("Bytes read and written, each array once")
        @DataAmount
        long bytes;

        @Override
        void fill(Trace.Label what) {
            operations = what.name();
            arrays = what.detail();
            bytes = what.bytes();
        }

        @Override
        FlightEvent another() {
            return new Kernel();
        }
    }

    @Name("dev.kiln.Wait")
    @Label("Wait")
    @Description("A stream, not a thread, waited for an event; the thread is the one that ended the wait")
    static final class Wait extends FlightEvent {
        /** Is asked whether such events are recorded, so that none has to be made for that. */
        static final Wait SAMPLE = new Wait();
        /** What the label of a wait begins with. */
        static final String WAIT_FOR = "wait for ";

        @Label("Waited For")
        String awaited = "";

        @Override
        void fill(Trace.Label what) {
            awaited = what.name().substring(WAIT_FOR.length());
        }

        @Override
        FlightEvent another() {
            return new Wait();
        }
    }

    @Name("dev.kiln.BackPressure")
    @Label("Back-Pressure")
    @Description("A caller was held back until work was done or memory came back")
    static final class BackPressure extends FlightEvent {
        /** Is asked whether such events are recorded, so that none has to be made for that. */
        static final BackPressure SAMPLE = new BackPressure();

        @Label("Reason")
        String reason = "";

        @Override
        void fill(Trace.Label what) {
            reason = what.name();
        }

        @Override
        FlightEvent another() {
            return new BackPressure();
        }
    }
}
