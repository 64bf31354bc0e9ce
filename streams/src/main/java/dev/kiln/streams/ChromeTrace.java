package dev.kiln.streams;

import java.io.IOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes a timeline as a Chrome trace: an object with a list of events, each with its phase {@code ph}, the row
 * {@code pid} and {@code tid} that it is in, and a time {@code ts} in microseconds.
 *
 * @see <a href="https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU">Trace Event Format</a>
 */
final class ChromeTrace {

    /** Rows are in two groups, which the format calls processes. */
    private static final int STREAMS = 1;
    private static final int CALLERS = 2;

    private final Appendable out;
    private final long zero;
    /** The rows of threads that were held back, by name. */
    private final Map<String, Integer> callers = new LinkedHashMap<>();
    private String separator = "\n";

    /** Times count from {@code zero}, in the nanoseconds of {@link System#nanoTime}. */
    ChromeTrace(Appendable out, long zero) {
        this.out = out;
        this.zero = zero;
    }

    void write(List<Trace.Span> spans, List<Trace.Depth> depths, long dropped) throws IOException {
        out.append("{\"displayTimeUnit\":\"ns\",\"otherData\":").append(new Json().put("dropped", dropped).toString())
                .append(",\"traceEvents\":[");
        rows(spans, depths);
        for (Trace.Span span : spans) {
            span(span);
        }
        arrows(spans);
        for (Trace.Depth depth : depths) {
            event(at(depth.time(), "C", STREAMS, depth.stream().id()).put("name", "queue of " + depth.stream())
                    .put("args", new Json().put("tasks", depth.tasks())));
        }
        out.append("\n]}\n");
    }

    /** Names the rows: streams in the order of their numbers, callers as they come. */
    private void rows(List<Trace.Span> spans, List<Trace.Depth> depths) throws IOException {
        row("process_name", STREAMS, 0, "Kiln streams");
        List<Stream> streams = java.util.stream.Stream
                .concat(spans.stream().map(Trace.Span::stream), depths.stream().map(Trace.Depth::stream)).distinct()
                .sorted(Comparator.comparingLong(Stream::id)).toList();
        for (Stream stream : streams) {
            row("thread_name", STREAMS, stream.id(), stream.toString());
            event(metadata("thread_sort_index", STREAMS, stream.id(), new Json().put("sort_index", stream.id())));
        }
        for (Trace.Span span : spans) {
            if (span.kind() == Trace.Kind.BACK_PRESSURE) {
                callers.putIfAbsent(span.thread(), callers.size());
            }
        }
        if (!callers.isEmpty()) {
            row("process_name", CALLERS, 0, "Callers held back");
        }
        for (Map.Entry<String, Integer> caller : callers.entrySet()) {
            row("thread_name", CALLERS, caller.getValue(), caller.getKey());
        }
    }

    private void row(String what, int group, long row, String name) throws IOException {
        event(metadata(what, group, row, new Json().put("name", name)));
    }

    private static Json metadata(String name, int group, long row, Json args) {
        return new Json().put("ph", "M").put("pid", group).put("tid", row).put("name", name).put("args", args);
    }

    private void span(Trace.Span span) throws IOException {
        Json args = new Json().put("stream", span.stream().toString()).put("thread", span.thread());
        if (!span.detail().isEmpty()) {
            args.put("arrays", span.detail());
        }
        if (span.bytes() > 0) {
            args.put("bytes", span.bytes());
        }
        Json event = switch (span.kind()) {
            case KERNEL, COPY, WAIT -> at(span.start(), "X", STREAMS, span.stream().id());
            case BACK_PRESSURE -> at(span.start(), "X", CALLERS, callers.getOrDefault(span.thread(), 0));
        };
        event(event.micros("dur", span.duration()).put("name", span.name())
                .put("cat", span.kind().name().toLowerCase(Locale.ROOT)).put("args", args));
    }

    /**
     * From a stream's last kernel before a wait for that stream ended, to that wait. The end of a wait is read on the thread
     * that ended it, so no later kernel can have got in between.
     */
    private void arrows(List<Trace.Span> spans) throws IOException {
        Map<Stream, TreeMap<Long, Trace.Span>> byEnd = new HashMap<>();
        for (Trace.Span span : spans) {
            if (span.kind() == Trace.Kind.KERNEL || span.kind() == Trace.Kind.COPY) {
                byEnd.computeIfAbsent(span.stream(), stream -> new TreeMap<>()).put(span.end() - zero, span);
            }
        }
        int number = 0;
        for (Trace.Span wait : spans) {
            TreeMap<Long, Trace.Span> before = wait.awaited() == null ? null : byEnd.get(wait.awaited());
            Map.Entry<Long, Trace.Span> last = before == null ? null : before.floorEntry(wait.end() - zero);
            if (last != null) {
                number++;
                Trace.Span kernel = last.getValue();
                event(at(inside(kernel), "s", STREAMS, kernel.stream().id()).put("id", number).put("name", "event")
                        .put("cat", "event"));
                event(at(inside(wait), "f", STREAMS, wait.stream().id()).put("id", number).put("name", "event")
                        .put("cat", "event").put("bp", "e"));
            }
        }
    }

    /** The ends of an arrow must lie within their spans. */
    private static long inside(Trace.Span span) {
        return span.duration() > 0 ? span.end() - 1 : span.end();
    }

    private Json at(long time, String phase, int group, long row) {
        return new Json().put("ph", phase).put("pid", group).put("tid", row).micros("ts", time - zero);
    }

    private void event(Json event) throws IOException {
        out.append(separator).append(event.toString());
        separator = ",\n";
    }

    /** An object's text, in the order in which its fields are put; ASCII only. */
    private static final class Json {
        private final StringBuilder text = new StringBuilder("{");

        Json put(String key, String value) {
            quote(key(key), value);
            return this;
        }

        Json put(String key, long value) {
            key(key).append(value);
            return this;
        }

        Json put(String key, Json value) {
            key(key).append(value);
            return this;
        }

        /** Nanoseconds as microseconds, exactly. */
        Json micros(String key, long nanos) {
            key(key).append(nanos < 0 ? "-" : "").append(Math.abs(nanos) / 1000).append('.');
            text.append(Long.toString(1000 + Math.abs(nanos) % 1000), 1, 4);
            return this;
        }

        private StringBuilder key(String key) {
            quote(text.append(text.length() == 1 ? "" : ","), key);
            return text.append(':');
        }

        private static void quote(StringBuilder to, String value) {
            to.append('"');
            value.codePoints().forEach(c -> {
                if (c == '"' || c == '\\') {
                    to.append('\\').appendCodePoint(c);
                } else if (c >= ' ' && c < 0x7f) {
                    to.appendCodePoint(c);
                } else { // half a surrogate pair is no character: readers refuse it
                    boolean half = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
                    for (char unit : Character.toChars(half ? 0xfffd : c)) {
                        to.append(String.format(Locale.ROOT, "\\u%04x", (int) unit));
                    }
                }
            });
            to.append('"');
        }

        @Override
        public String toString() {
            return text + "}";
        }
    }
}
