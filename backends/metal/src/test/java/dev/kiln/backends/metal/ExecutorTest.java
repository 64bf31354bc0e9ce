package dev.kiln.backends.metal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.kiln.backends.metal.MtlCommands.Extent3;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The stand-in's compiler and executor themselves, on programs small enough to be sure of. */
class ExecutorTest {

    private static final String HEAD = """
            #include <metal_stdlib>
            using namespace metal;
            """;

    private static final String KERNEL = """
            kernel void run(device const float *in [[buffer(0)]], device float *out [[buffer(1)]],
                            constant int &more [[buffer(2)]], uint i [[thread_position_in_grid]],
                            uint t [[thread_index_in_threadgroup]], uint lane [[thread_index_in_simdgroup]],
                            uint simdgroup [[simdgroup_index_in_threadgroup]]) {
                %s
            }
            """;

    private static final String BARRIER = "threadgroup_barrier(mem_flags::mem_threadgroup);";

    @AfterEach
    void threads_run_forward_again() {
        StandIn.order(StandIn.Order.FORWARD, 0);
    }

    /** Runs a kernel's body on the numbers 0, 1, 2…; what it writes, or what the command buffer failed with. */
    private static float[] run(String before, String body, int threads, int group) {
        try (Calls calls = new Calls()) {
            MtlPipeline pipeline = calls.device.compile(HEAD + before + KERNEL.formatted(body), "run");
            for (int i = 0; i < Calls.PAGE / Float.BYTES; i++) {
                calls.in.setAtIndex(ValueLayout.JAVA_FLOAT, i, i);
            }
            calls.bind();
            calls.commands.pipeline(pipeline);
            calls.commands.dispatch(new Extent3(threads, 1, 1), new Extent3(group, 1, 1));
            Optional<MetalException> failure = calls.finish();
            ObjC.release(pipeline.id());
            failure.ifPresent(thrown -> {
                throw thrown;
            });
            return calls.out.asSlice(0, (long) threads * Float.BYTES).toArray(ValueLayout.JAVA_FLOAT);
        }
    }

    private static String refusal(String before, String body) {
        String message = assertThrows(MetalException.class, () -> run(before, body, 64, 64)).getMessage();
        StandIn.violation();
        return String.valueOf(message);
    }

    private static float[] numbers(int count, java.util.function.IntToDoubleFunction function) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) function.applyAsDouble(i);
        }
        return numbers;
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(StandIn.Order.class)
    void behind_a_barrier_threads_see_what_the_others_have_written(StandIn.Order order) {
        StandIn.order(order, 11);
        float[] out = run("", "threadgroup float x[128]; x[t] = in[i]; " + BARRIER + " out[i] = x[127 - t];", 256, 128);
        assertArrayEquals(numbers(256, i -> i / 128 * 128 + 127 - i % 128), out);
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(StandIn.Order.class)
    void a_simdgroup_has_thirty_two_lanes(StandIn.Order order) {
        StandIn.order(order, 12);
        assertArrayEquals(numbers(128, i -> 32.0 * (i / 32 * 32) + 496), run("", "out[i] = simd_sum(in[i]);", 128, 64));
        assertArrayEquals(numbers(128, i -> i / 32 * 32 + 31), run("", "out[i] = simd_max(in[i]);", 128, 128));
        assertArrayEquals(numbers(64, i -> i ^ 5), run("", "out[i] = simd_shuffle_xor(in[i], ushort(5));", 64, 64));
        assertArrayEquals(numbers(64, i -> i % 32 < 30 ? i + 2 : i),
                run("", "out[i] = simd_shuffle_down(in[i], ushort(2));", 64, 64));
        assertArrayEquals(numbers(64, i -> i / 32 * 32 + 7),
                run("", "out[i] = simd_broadcast(in[i], ushort(7));", 64, 64));
    }

    @Test
    void each_order_is_that_order() {
        String body = "out[0] = out[0] * 2.0f + in[i];";
        float forward = run("", body, 4, 4)[0];
        StandIn.order(StandIn.Order.REVERSE, 0);
        float reverse = run("", body, 4, 4)[0];
        assertEquals(((0 * 2 + 1) * 2 + 2) * 2 + 3, forward);
        assertEquals(((3 * 2 + 2) * 2 + 1) * 2 + 0, reverse);
        StandIn.order(StandIn.Order.RANDOM, 1);
        List<Float> random = IntStream.range(0, 20).mapToObj(i -> run("", body, 4, 4)[0]).distinct().toList();
        assertTrue(random.size() > 4, random::toString);
    }

    @Test
    void the_last_threadgroup_may_be_smaller() {
        assertArrayEquals(numbers(70, i -> i + 1), run("", "out[i] = in[i] + float(more);", 70, 32));
    }

    @Test
    void half_has_eleven_bits() {
        assertEquals(2048, run("", "out[i] = float(half(in[i] + 2049.0f));", 1, 1)[0]);
        assertEquals(2052, run("", "out[i] = float(half(in[i] + 2051.0f));", 1, 1)[0]);
    }

    @Test
    void an_error_of_a_kernel_is_the_command_buffers() {
        assertTrue(refusal("", "out[i + 5000] = 0.0f;").contains("writes out of bounds"));
    }

    /** Programs that are stopped while they run. */
    static Stream<Arguments> stopped() {
        return Stream.of(
                arguments("threadgroup float x[64]; out[i] = x[t];", "nobody has written"),
                arguments("threadgroup float x[64]; x[t] = 1.0f; out[i] = x[63 - t];", "nobody has written"),
                arguments("threadgroup float x[1]; x[0] = in[i]; out[i] = 0.0f;", "at the same time"),
                arguments("threadgroup float x[64]; x[t] = 1.0f; " + BARRIER + " out[i] = x[t]; x[63 - t] = 2.0f;",
                        "another thread writes"),
                arguments("threadgroup float x[64]; x[t] = 1.0f; simdgroup_barrier(mem_flags::mem_threadgroup);"
                        + " out[i] = x[63 - t];", "nobody has written"),
                arguments(
                        "threadgroup float x[64]; x[t] = 1.0f; " + BARRIER
                                + " out[i] = x[63]; if (t == 63) { x[t] = 2.0f; }",
                        "another thread reads"),
                arguments("threadgroup float x[64]; x[t + 1] = 1.0f;", "end of threadgroup memory"),
                arguments("threadgroup float x[9000]; x[t] = 1.0f;", "more than 32 KiB"),
                arguments("if (t < 40) { " + BARRIER + " } out[i] = 1.0f;", "barrier"),
                arguments("if (t < 32) { " + BARRIER + " } out[i] = 1.0f;", "not all threads"),
                arguments("if (lane < 7) { out[i] = simd_sum(in[i]); }", "gives none"),
                arguments("if (lane < 16) { out[i] = simd_shuffle_xor(in[i], ushort(1)); } else { " + BARRIER + " }",
                        "wait at different places"),
                arguments("if (lane < 16) { out[i] = simd_shuffle_xor(in[i], ushort(1)); } else {"
                        + " out[i] = simd_shuffle(in[i], ushort(20)); }", "different exchanges"),
                arguments("out[i] = simd_shuffle(in[i], ushort(32));", "cannot be"),
                arguments("out[i] = in[i + 5000];", "reads out of bounds"),
                arguments("out[i] = in[int(i) - 1];", "reads out of bounds"),
                arguments("device const float *mine = in; ((device float *) mine)[i] = 1.0f;", "read only"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("stopped")
    void this_is_stopped_while_it_runs(String body, String said) {
        String refusal = refusal("", body);
        assertTrue(refusal.contains(said), refusal);
    }

    /** Programs that Apple's compiler refuses, as it is told; clang alone would take them. */
    static Stream<Arguments> refused() {
        return Stream.of(
                arguments("inline float f(float x) { return x > 1.0f ? f(x - 1.0f) : x; }", "out[i] = f(in[i]);",
                        "calls itself"),
                arguments("float f(float x); float g(float x) { return x > 1.0f ? f(x - 1.0f) : x; }"
                        + " float f(float x) { return g(x); }", "out[i] = f(in[i]);", "calls itself"),
                arguments("template <typename T> T f(T x) { return x > 1.0f ? f<T>(x - 1.0f) : x; }",
                        "out[i] = f(in[i]);",
                        "calls itself"),
                arguments("inline float f(float x) { return x; }", "float (*g)(float) = f; out[i] = g(in[i]);",
                        "pointer to a function"),
                arguments(
                        "inline float f(float (*g)(float), float x) { return g(x); } inline float h(float x) { return x; }",
                        "out[i] = f(h, in[i]);", "pointer to a function"),
                arguments("float common = 1.0f;", "out[i] = common;", "whole program"),
                arguments("", "static float count = 0.0f; out[i] = count;", "whole program"),
                arguments("", "out[i] = __builtin_fabsf(in[i]);", "no __builtin_fabsf"),
                arguments("", "double x = in[i]; out[i] = float(x);", "no double"),
                arguments("", "long long x = 1; out[i] = float(x);", "no long long"),
                arguments("#include <cmath>\n", "out[i] = in[i];", "nothing but Metal's headers"),
                arguments("", "goto end; end: out[i] = 1.0f;", "no goto"),
                arguments("", "device float *p = (device float *) &more; out[i] = *p;", "between address spaces"),
                arguments("",
                        "threadgroup float x[1]; threadgroup float *p = (threadgroup float *) out; *p = 1.0f; x[0] = 1.0f;",
                        "between address spaces"),
                arguments("", "thread float *p = out; p[i] = 1.0f;", "cannot initialize"),
                arguments("inline float f(threadgroup float *x) { return *x; }", "out[i] = f(out);",
                        "no matching function"),
                arguments("", "in[i] = 1.0f;", "not assignable"),
                arguments("", "out[i] = simd_shuffle_xor(in[i] > 1.0f, ushort(1)) ? 1.0f : 0.0f;", "deleted function"));
    }

    @ParameterizedTest(name = "{0}{1}")
    @MethodSource("refused")
    void this_is_refused_before_it_runs(String before, String body, String said) {
        String refusal = refusal(before, body);
        assertTrue(refusal.contains(said), refusal);
    }

    @Test
    void a_kernel_that_is_not_there_is_not_found() {
        try (Calls calls = new Calls()) {
            MetalException thrown = assertThrows(MetalException.class, () -> calls.device.compile(Calls.HALF, "half"));
            assertTrue(String.valueOf(thrown.getMessage()).contains("the function half"));
            assertEquals(Optional.empty(), calls.finish());
        }
    }

    @Test
    void threads_may_begin_at_the_same_time() {
        ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            int number = i;
            threads.add(Thread.ofPlatform().start(() -> {
                try {
                    float[] out = run("", "out[i] = in[i] + " + number + ".0f;", 64, 32);
                    assertArrayEquals(numbers(64, j -> j + number), out);
                } catch (Throwable thrown) {
                    failures.add(thrown);
                }
            }));
        }
        threads.forEach(ExecutorTest::join);
        assertEquals(List.of(), List.copyOf(failures));
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
