package dev.kiln.backends.metal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Kernels as they are, in each order of the threads; and with a mistake planted in their text, which the compiler, the executor
 * or a result has to show.
 */
class MistakesInKernelsTest {

    private static final String NORM = "rms_norm float32(2,300)";
    private static final String LONG_NORM = "rms_norm float32(2,20000)";
    private static final String SHORT_NORM = "rms_norm float32(5000,8)";
    private static final String HALF_NORM = "rms_norm float16(3,700)";
    private static final String LAYER_NORM = "layer_norm float32(3,500)";
    private static final String SOFTMAX = "softmax float32(2,300)";
    private static final String MATMUL = "matmul float32(70,50,90)";

    private static final String BARRIER = "threadgroup_barrier(mem_flags::mem_threadgroup);";

    /** The case that shows it, a text of its kernel, what stands there instead, and a word of what is said. */
    static Stream<Arguments> mistakes() {
        return Stream.of(Stream.of(
                arguments(LAYER_NORM, BARRIER + " // by now all have read what the last fold left there", "",
                        "at the same time"),
                arguments(NORM, "        scratch[simdgroup] = x;\n    }\n    " + BARRIER,
                        "        scratch[simdgroup] = x;\n    }", "threadgroup memory"),
                arguments(NORM, "        scratch[simdgroup] = x;\n    }\n    " + BARRIER,
                        "        scratch[simdgroup] = x;\n    }\n    simdgroup_barrier(mem_flags::mem_threadgroup);",
                        "threadgroup memory"),
                arguments(NORM, "        scratch[simdgroup] = x;\n    }\n    " + BARRIER,
                        "        scratch[simdgroup] = x;\n        " + BARRIER + "\n    }", ""),
                arguments(NORM, "        scratch[simdgroup] = x;\n    }\n    " + BARRIER,
                        "        scratch[simdgroup] = x;\n    }\n    threadgroup_barrier(mem_flags::mem_device);",
                        "threadgroup memory"),
                arguments(NORM, "if (lane == 0) {\n        scratch", "{\n        scratch", "at the same time"),
                arguments(NORM, "lane < simdgroups ? scratch[lane] : Op::none(x)", "scratch[lane]",
                        "nobody has written"),
                arguments(NORM, "lane < simdgroups ? scratch[lane] : Op::none(x)", "scratch[0]", "element"),
                arguments(NORM, "ushort by = 16; by > 0", "ushort by = 16; by > 1", "element"),
                arguments(NORM, "ushort by = 16; by > 0", "ushort by = 32; by > 0", "lane"),
                arguments(NORM, "(threads + 31) / 32", "(threads + 63) / 64", "element"),
                arguments(NORM, "scratch_float[32]", "scratch_float[2]", "end of threadgroup memory"),
                arguments(NORM, "scratch_float[32]", "scratch_float[8200]", "more than 32 KiB"),
                arguments(NORM, " + 1.0E-5f", " + 1.0f", "element"),
                arguments(NORM, "f3 / float(n)", "f3 / float(n + 1)", "element"),
                arguments(NORM, "rsqrt(", "sqrt(", "element"),
                arguments(NORM, "load(in1 + (c))", "load(in1 + (c + 1))", "out of bounds"),
                arguments(NORM, "store(out0 + row * n + c,", "store(out0 + c,", "element"),
                arguments(NORM, "f3 = fold<Add>(", "fold<Add>(", "element"),
                arguments(LONG_NORM, "c += at(threads)", "c += at(threads) + 1", "element"),
                arguments(SHORT_NORM, "(next - sum) - more", "(next - sum) + more", "element"),
                arguments(HALF_NORM, "float(half(x))", "x * 1.01f", "element"),
                arguments(SOFTMAX, "f1 = fold<Max>", "f1 = fold<Add>", "element"),
                arguments(SOFTMAX, "kept2[k] / f3", "kept2[k] * f3", "element"),
                arguments(SOFTMAX, "a > b ? a : b", "a > b ? b : a", "element")),
                inProducts(), inMoves()).flatMap(all -> all);
    }

    private static Stream<Arguments> inProducts() {
        return Stream.of(
                arguments(MATMUL, "        " + BARRIER + "\n        for (uint place", "        for (uint place",
                        "threadgroup memory"),
                arguments(MATMUL, "        }\n        " + BARRIER + "\n    }", "        }\n    }", "at the same time"),
                arguments(MATMUL, "x = thread_number % 16", "x = thread_number % 8", "element"),
                arguments(MATMUL, "left_tile[1024]", "left_tile[1020]", "threadgroup memory"),
                arguments(MATMUL, "part < 4", "part < 3", "nobody has written"),
                arguments(MATMUL, "inside ? load(", "true ? load(", ""),
                arguments(MATMUL, "from += 16", "from += 17", "element"),
                arguments(MATMUL, "row < size.m && column", "row <= size.m && column", "out of bounds"),
                arguments(MATMUL, "sums[i][j] = 0.0f", "sums[i][j] = 1.0f", "element"));
    }

    private static Stream<Arguments> inMoves() {
        return Stream.of(
                arguments("take", "raw + long(length)", "raw", "out of bounds"),
                arguments("take", "device long *report) {", "threadgroup long *report) {", "no matching function"),
                arguments("concatenate", "to[xrest * p[2] + x1]", "to[xrest * p[2] + x1 * 1000000]", "out of bounds"),
                arguments("random bits", "x.y << by", "x.y << (by + 1)", "element"),
                arguments("random bits", "0x1bd11bdau", "0x1bd11bdbu", "element"),
                arguments("elementwise bfloat16", "0x7fffu + ((bits >> 16) & 1u)", "0x17fffu", "element"));
    }

    @AfterEach
    void the_texts_are_what_they_were() {
        StandIn.replace("", "");
        StandIn.order(StandIn.Order.FORWARD, 0);
    }

    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource("mistakes")
    void this_mistake_is_caught(String name, String text, String by, String said) {
        StandIn.replace(text, by);
        Optional<String> failure = Trying.failure(Trying.named(name));
        StandIn.violation(); // the failure tells it too
        assertTrue(StandIn.replaced() > 0, () -> "the kernel does not have the text " + text);
        assertTrue(failure.isPresent(), "nothing has shown it");
        assertTrue(failure.get().contains(said), failure.get());
    }

    static Stream<Arguments> cases() {
        return SelfTestCases.all().stream().flatMap(test -> Stream.of(arguments(test.name(), StandIn.Order.REVERSE, 0L),
                arguments(test.name(), StandIn.Order.RANDOM, 5L)));
    }

    @ParameterizedTest(name = "{0}, {1}, seed {2}")
    @MethodSource("cases")
    void the_order_of_the_threads_does_not_matter(String name, StandIn.Order order, long seed) {
        StandIn.order(order, seed);
        assertEquals(Optional.empty(), Trying.failure(Trying.named(name)));
    }
}
