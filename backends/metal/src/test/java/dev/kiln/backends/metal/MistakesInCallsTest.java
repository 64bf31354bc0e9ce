package dev.kiln.backends.metal;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.backends.metal.MtlCommands.Extent3;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What may be done wrong in calling Metal: each is an exception, or a violation that the stand-in has seen. */
class MistakesInCallsTest {

    private static final FunctionDescriptor PLAIN = FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS);
    private static final Extent3 ONE = new Extent3(1, 1, 1);

    private static Arguments mistake(String name, String caughtBy, Consumer<Calls> mistake) {
        return Arguments.of(name, caughtBy, mistake);
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(inMessages(), inLifetimes(), inEncoding(), inEvents(), inArguments()).flatMap(some -> some);
    }

    private static Stream<Arguments> inMessages() {
        return Stream.of(
                mistake("a misspelt selector", "There is no method",
                        calls -> Message.returning(ADDRESS, "nane").object(calls.device.id())),
                mistake("a colon too few", "takes 2 arguments",
                        calls -> Message.sending("setBuffer:offset:atIndex", ADDRESS, JAVA_LONG, JAVA_LONG)),
                mistake("an argument of another size", "its argument 3",
                        calls -> Message.sending("setBuffer:offset:atIndex:", ADDRESS, JAVA_INT, JAVA_LONG)
                                .send(calls.commands.encoder(), calls.inBuffer.id(), 0, 0)),
                mistake("a struct as a pointer", "its argument 2",
                        calls -> Message.sending("dispatchThreads:threadsPerThreadgroup:", ADDRESS, ADDRESS)
                                .send(calls.commands.encoder(), MemorySegment.NULL)),
                mistake("another result", "its result is",
                        calls -> Message.returning(JAVA_LONG, "newCommandQueue").number(calls.device.id())),
                mistake("a result where there is none", "its result is",
                        calls -> Message.returning(JAVA_LONG, "commit").number(calls.commands.buffer())),
                mistake("a message to nobody", "Metal has not made",
                        calls -> Message.returning(ADDRESS, "newCommandQueue").object(MemorySegment.NULL)),
                mistake("a message to nobody, unchecked", "got nil",
                        calls -> unchecked(MemorySegment.NULL, ObjC.selector("name"))),
                mistake("a message to what is no object", "no object",
                        calls -> unchecked(calls.in, ObjC.selector("name"))),
                mistake("a message of another class, unchecked", "unrecognized selector",
                        calls -> unchecked(calls.device.id(), ObjC.selector("commandBuffer"))),
                mistake("a selector that is not the runtime's", "not registered",
                        calls -> unchecked(calls.device.id(), calls.arena().allocateFrom("name"))),
                mistake("a class that is not there", "has not made the class",
                        calls -> ObjC.classNamed("MTLCompilerOptions")));
    }

    private static void unchecked(MemorySegment receiver, MemorySegment selector) {
        try {
            MemorySegment result = (MemorySegment) ObjC.sender(PLAIN).invokeExact(receiver, selector);
            assertEquals(MemorySegment.NULL, result);
        } catch (Throwable thrown) {
            throw ObjC.unexpected(thrown);
        }
    }

    private static Stream<Arguments> inLifetimes() {
        return Stream.of(
                mistake("a message after the last release", "after its last release", calls -> {
                    MtlQueue queue = calls.device.newQueue();
                    queue.release();
                    unchecked(queue.id(), ObjC.selector("commandBuffer"));
                }),
                mistake("a release too many", "after its last release", calls -> {
                    MtlQueue queue = calls.device.newQueue();
                    queue.release();
                    queue.release();
                }),
                mistake("an argument after its last release", "after its last release", calls -> {
                    MtlBuffer buffer = calls.device.wrap(calls.in.address(), Calls.PAGE);
                    buffer.release();
                    calls.commands.argument(0, buffer, buffer.address());
                }),
                mistake("no autorelease pool", "without an autorelease pool",
                        calls -> elsewhere(() -> Calls.COMMAND_BUFFER.object(calls.queue.id()))),
                mistake("a pool of another thread's", "not the innermost", calls -> {
                    MemorySegment[] pool = new MemorySegment[1];
                    elsewhere(() -> pool[0] = ObjC.push());
                    ObjC.pop(pool[0]);
                }),
                mistake("pools popped in the order of pushing", "not the innermost", calls -> {
                    MemorySegment first = ObjC.push();
                    MemorySegment second = ObjC.push();
                    ObjC.pop(first);
                    ObjC.pop(second);
                    ObjC.pop(first);
                }));
    }

    private static void elsewhere(Runnable work) {
        Thread thread = Thread.ofPlatform().start(work);
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Stream<Arguments> inEncoding() {
        return Stream.of(
                mistake("a commit before the encoder ends", "commit before endEncoding",
                        calls -> Calls.COMMIT.send(calls.commands.buffer())),
                mistake("a second commit", "commit of a command buffer that was committed", calls -> {
                    calls.commands.commit(List.of());
                    Calls.COMMIT.send(calls.commands.buffer());
                }),
                mistake("a second end", "after endEncoding", calls -> {
                    Calls.END.send(calls.commands.encoder());
                    Calls.END.send(calls.commands.encoder());
                }),
                mistake("a dispatch after the end", "after endEncoding", calls -> {
                    calls.bind();
                    Calls.END.send(calls.commands.encoder());
                    calls.dispatch(32);
                }),
                mistake("a second encoder at the same time", "while another one",
                        calls -> MtlCommands.of(calls.commands.buffer(), List.of())),
                mistake("an encoder after the commit", "that was committed", calls -> {
                    calls.commands.commit(List.of());
                    MtlCommands.of(calls.commands.buffer(), List.of());
                }),
                mistake("a wait before the commit", "before commit",
                        calls -> Calls.WAIT.send(calls.commands.buffer())),
                mistake("an encoder that is never ended", "released before endEncoding", calls -> {
                    MemorySegment pool = ObjC.push();
                    MtlCommands commands = calls.queue.commands(List.of());
                    ObjC.release(commands.buffer());
                    ObjC.pop(pool);
                }));
    }

    private static Stream<Arguments> inEvents() {
        return Stream.of(
                mistake("an event that is awaited before the encoder ends",
                        "encodeWaitForEvent:value: before endEncoding",
                        calls -> withEvent(calls,
                                event -> Calls.WAIT_FOR.send(calls.commands.buffer(), event.id(), 1))),
                mistake("an event that is signalled before the encoder ends",
                        "encodeSignalEvent:value: before endEncoding",
                        calls -> withEvent(calls, event -> Calls.SIGNAL.send(calls.commands.buffer(), event.id(), 1))),
                mistake("an event that is signalled after the commit", "that was committed", calls -> {
                    calls.commands.commit(List.of());
                    withEvent(calls, event -> Calls.SIGNAL.send(calls.commands.buffer(), event.id(), 1));
                }),
                mistake("an event whose value falls", "is set to 2 and was 3 already",
                        calls -> withEvent(calls, event -> {
                            event.reach(3);
                            Calls.SET_VALUE.send(event.id(), 2);
                        })),
                mistake("an event that is signalled with the value that it has", "is set to 3 and was 3 already",
                        calls -> withEvent(calls, event -> {
                            event.reach(3);
                            calls.commands.commit(List.of(new SharedEvents.Moment(event, 3)));
                            calls.commands.await();
                        })),
                mistake("a buffer as an event", "not a StandInSharedEvent", calls -> {
                    Calls.END.send(calls.commands.encoder());
                    Calls.SIGNAL.send(calls.commands.buffer(), calls.inBuffer.id(), 1);
                }));
    }

    private static void withEvent(Calls calls, Consumer<MtlSharedEvent> use) {
        MtlSharedEvent event = calls.device.newSharedEvent();
        use.accept(event);
        ObjC.release(event.id());
    }

    private static Stream<Arguments> inArguments() {
        return Stream.of(
                mistake("a buffer as a pipeline", "not a StandInComputePipelineState",
                        calls -> calls.commands.pipeline(new MtlPipeline(calls.inBuffer.id(), 1, 1))),
                mistake("memory that begins within a page", "no whole pages",
                        calls -> calls.device.wrap(calls.in.address() + 4096, Calls.PAGE)),
                mistake("memory that ends within a page", "no whole pages",
                        calls -> calls.device.wrap(calls.in.address(), 4096)),
                mistake("an offset behind the end", "out of bounds",
                        calls -> calls.commands.argument(0, calls.inBuffer, calls.in.address() + Calls.PAGE)),
                mistake("more bytes than may be copied", "out of bounds",
                        calls -> calls.commands.argument(2, calls.page().asSlice(0, 4100))),
                mistake("an argument that is not bound", "the argument 1 is not bound", calls -> {
                    calls.commands.pipeline(calls.half);
                    calls.commands.argument(0, calls.inBuffer, calls.in.address());
                    calls.commands.argument(2, calls.bytes(1));
                    calls.dispatch(32);
                }),
                mistake("an offset within an element", "not aligned", calls -> {
                    calls.bind();
                    calls.commands.argument(0, calls.inBuffer, calls.in.address() + 2);
                    calls.dispatch(32);
                }),
                mistake("bytes for an array that is written", "is a copy of bytes", calls -> {
                    calls.bind();
                    calls.commands.argument(1, calls.bytes(1, 2, 3));
                    calls.dispatch(3);
                }),
                mistake("fewer bytes than the argument has", "smaller than one element", calls -> {
                    calls.bind();
                    calls.commands.argument(2, calls.page().asSlice(0, 2));
                    calls.dispatch(32);
                }),
                mistake("no pipeline", "without a pipeline", calls -> calls.dispatch(32)),
                mistake("no threads", "no threads", calls -> {
                    calls.bind();
                    calls.dispatch(0);
                }),
                mistake("larger threadgroups than there are", "more than there can be", calls -> {
                    calls.bind();
                    calls.commands.dispatch(new Extent3(2048, 1, 1), new Extent3(2048, 1, 1));
                }),
                mistake("more threads than elements", "out of bounds of its arguments", calls -> {
                    calls.bind();
                    calls.dispatch(Calls.PAGE / Float.BYTES + 32);
                    assertTrue(calls.finish().isPresent(), "the command buffer fails");
                }));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mistakes")
    void this_mistake_is_seen(String name, String caughtBy, Consumer<Calls> mistake) {
        Calls calls = new Calls();
        String thrown = "";
        try {
            mistake.accept(calls);
        } catch (MetalException | IllegalArgumentException exception) {
            thrown = String.valueOf(exception.getMessage());
        }
        String seen = StandIn.violation().orElse(thrown);
        calls.close();
        StandIn.violation(); // what was left half done
        assertTrue(seen.contains(caughtBy), () -> "seen is " + (seen.isEmpty() ? "nothing" : seen));
    }

    @Test
    void without_a_mistake_there_is_nothing_to_see() {
        long queues = StandIn.live("StandInCommandQueue");
        long buffers = StandIn.live("StandInBuffer");
        long bytes = StandIn.bytes();
        try (Calls calls = new Calls()) {
            calls.in.set(ValueLayout.JAVA_FLOAT, 124, 84);
            calls.bind();
            calls.dispatch(32);
            assertEquals(Optional.empty(), calls.finish());
            assertEquals(43, calls.out.get(ValueLayout.JAVA_FLOAT, 124));
        }
        assertEquals(Optional.empty(), StandIn.violation());
        assertEquals(queues, StandIn.live("StandInCommandQueue"));
        assertEquals(buffers, StandIn.live("StandInBuffer"));
        assertEquals(bytes, StandIn.bytes());
    }

    @Test
    void kernels_of_a_concurrent_encoder_run_in_reverse_where_no_barrier_stands() {
        try (Calls calls = new Calls()) {
            calls.in.set(ValueLayout.JAVA_FLOAT, 0, 84);
            calls.bind();
            calls.commands.dispatch(ONE, ONE);
            calls.commands.argument(0, calls.outBuffer, calls.out.address());
            calls.commands.argument(1, calls.inBuffer, calls.in.address());
            calls.commands.dispatch(ONE, ONE);
            assertEquals(Optional.empty(), calls.finish());
            assertEquals(1.5f, calls.out.get(ValueLayout.JAVA_FLOAT, 0),
                    "the second has run first: half of (0 / 2 + 1), plus 1");
        }
    }

    @Test
    void kernels_behind_a_barrier_see_what_those_before_have_written() {
        try (Calls calls = new Calls()) {
            calls.in.set(ValueLayout.JAVA_FLOAT, 0, 84);
            calls.bind();
            calls.commands.dispatch(ONE, ONE);
            calls.commands.barrier();
            calls.commands.argument(0, calls.outBuffer, calls.out.address());
            calls.commands.argument(1, calls.inBuffer, calls.in.address());
            calls.commands.dispatch(ONE, ONE);
            assertEquals(Optional.empty(), calls.finish());
            assertEquals(22.5f, calls.in.get(ValueLayout.JAVA_FLOAT, 0));
        }
    }
}
