package dev.kiln.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DefaultsTest {

    @Test
    void the_default_is_a_cpu_stream_of_the_thread() throws Exception {
        assertEquals(Device.CPU, Device.defaultDevice());
        assertSame(Stream.defaultStream(), Stream.defaultStream());
        assertSame(Stream.defaultStream(), Stream.defaultStream(Device.CPU));
        assertNotSame(Stream.defaultStream(), inOther(Thread.ofPlatform()));
        assertNotSame(Stream.defaultStream(), inOther(Thread.ofVirtual()));
    }

    private static Stream inOther(Thread.Builder thread) throws Exception {
        CompletableFuture<Stream> stream = new CompletableFuture<>();
        thread.start(() -> stream.complete(Stream.defaultStream()));
        return stream.get();
    }

    @Test
    void scopes_nest_and_end() {
        Stream before = Stream.defaultStream();
        Stream outer = new Stream(Device.CPU);
        Stream inner = new Stream(Device.CPU);
        outer.run(() -> {
            assertSame(outer, Stream.defaultStream());
            assertSame(inner, inner.call(Stream::defaultStream));
            assertSame(outer, Stream.defaultStream());
        });
        assertSame(before, Stream.defaultStream());
    }

    @Test
    void a_scope_ends_with_an_exception() {
        Stream before = Stream.defaultStream();
        Stream stream = new Stream(Device.CPU);
        assertThrows(IllegalStateException.class, () -> stream.run(() -> {
            throw new IllegalStateException("inside");
        }));
        assertSame(before, Stream.defaultStream());
    }

    @Test
    void a_scope_of_a_device_means_its_stream_of_the_thread() {
        Stream own = Stream.defaultStream(Device.CPU);
        Stream other = new Stream(Device.CPU);
        assertSame(own, other.call(() -> Device.CPU.call(Stream::defaultStream)));
    }

    @Test
    void a_scope_does_not_leak_into_other_threads() throws Exception {
        Stream stream = new Stream(Device.CPU);
        assertNotSame(stream, stream.call(() -> {
            CompletableFuture<Stream> seen = new CompletableFuture<>();
            Thread.ofVirtual().start(() -> seen.complete(Stream.defaultStream()));
            return seen.join();
        }));
    }

    @Test
    void a_scope_works_on_a_virtual_thread() throws Exception {
        Stream stream = new Stream(Device.CPU);
        CompletableFuture<Stream> seen = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> stream.run(() -> seen.complete(Stream.defaultStream())));
        assertSame(stream, seen.get());
    }

    @Test
    void an_absent_device_is_refused_before_the_scope_begins() {
        boolean[] ran = new boolean[1];
        assertThrows(IllegalStateException.class, () -> Device.METAL.run(() -> ran[0] = true));
        assertEquals(false, ran[0]);
    }

    @Test
    void the_optional_argument_of_an_operation_resolves_to_one_stream() {
        Stream stream = new Stream(Device.CPU);
        assertSame(stream, StreamOrDevice.resolve(stream));
        assertSame(Stream.defaultStream(), StreamOrDevice.resolve(Device.CPU));
        assertSame(Stream.defaultStream(), StreamOrDevice.resolve());
        assertSame(Stream.defaultStream(), StreamOrDevice.resolve((StreamOrDevice[]) null));
        assertSame(Stream.defaultStream(), StreamOrDevice.resolve((StreamOrDevice) null));
        assertSame(stream, stream.call(() -> StreamOrDevice.resolve()));
        assertThrows(IllegalArgumentException.class, () -> StreamOrDevice.resolve(stream, Device.CPU));
    }
}
