package dev.kiln.backends.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kiln.graph.DType;
import dev.kiln.ops.BinaryOp;
import dev.kiln.ops.UnaryOp;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every loop against the cases measured with MLX, where the folder {@code kiln.shared} is present. */
@Tag("everyWidth")
class ElementwiseConformanceTest {
    private static final Pattern CASE = Pattern.compile("\"id\": ?\"(\\d+)\", ?\\s*\"op\": ?\"(\\w+)\"[^}]*?\"rtol\": ?"
            + "([-+.\\deE]+), ?\\s*\"atol\": ?([-+.\\deE]+)", Pattern.DOTALL);
    private static final Map<String, DType> TYPES = Map.of("F32", DType.FLOAT32, "I32", DType.INT32, "BOOL",
            DType.BOOL);

    private record Case(String id, String op, double rtol, double atol) {}

    private record Tensor(DType type, int size, long address) {
        Reg load(Loops loops) {
            Reg reg = new Reg(Lane.of(type), size);
            loops.load(type).run(reg, 0, address, type.size(), size);
            return reg;
        }
    }

    @TestFactory
    Stream<DynamicTest> every_case_holds() throws IOException {
        Path folder = Path.of(System.getProperty("kiln.shared", "absent"), "conformance");
        assumeTrue(Files.exists(folder.resolve("elementwise.json")), "no cases in " + folder);
        List<Case> cases = cases(Files.readString(folder.resolve("elementwise.json")));
        assertTrue(cases.size() >= 60, "cases found: " + cases.size());
        MemorySegment file = map(folder.resolve("elementwise.safetensors"));
        return cases.stream()
                .flatMap(c -> Implementations.all()
                        .map(loops -> DynamicTest.dynamicTest(c.id() + " " + c.op() + " " + loops.getName(),
                                () -> check(c, file, loops.getPayload()))));
    }

    private static List<Case> cases(String json) {
        List<Case> cases = new ArrayList<>();
        Matcher matcher = CASE.matcher(json);
        while (matcher.find()) {
            cases.add(new Case(matcher.group(1), matcher.group(2), Double.parseDouble(matcher.group(3)),
                    Double.parseDouble(matcher.group(4))));
        }
        return cases;
    }

    private static MemorySegment map(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            return channel.map(MapMode.READ_ONLY, 0, channel.size(), Arena.global());
        }
    }

    private static void check(Case c, MemorySegment file, Loops loops) {
        Tensor y = tensor(file, c.id() + "/out.y").orElseThrow();
        Optional<Tensor> x = tensor(file, c.id() + "/in.x");
        Reg out = new Reg(Lane.of(y.type()), y.size());
        String name = c.op().toUpperCase(Locale.ROOT);
        if (x.isPresent()) {
            loops.unary(UnaryOp.valueOf(name), x.get().type()).run(out, x.get().load(loops), y.size());
        } else {
            Tensor a = tensor(file, c.id() + "/in.a").orElseThrow();
            Tensor b = tensor(file, c.id() + "/in.b").orElseThrow();
            BinaryOp op = BinaryOp.valueOf(name);
            DType type = op == BinaryOp.DIVIDE ? a.type().toInexact() : a.type();
            loops.binary(op, type).run(out, in(a, type, loops), in(b, type, loops), y.size());
        }
        loops.round(y.type()).run(out, out, y.size());
        double[] expected = Regs.values(y.load(loops), y.size());
        double[] actual = Regs.values(out, y.size());
        for (int i = 0; i < y.size(); i++) {
            if (Double.isFinite(expected[i])) {
                assertEquals(expected[i], actual[i], c.atol() + c.rtol() * Math.abs(expected[i]), "element " + i);
            } else {
                assertEquals(expected[i], actual[i], "element " + i);
            }
        }
    }

    private static Reg in(Tensor tensor, DType type, Loops loops) {
        Reg reg = tensor.load(loops);
        Reg cast = new Reg(Lane.of(type), tensor.size());
        loops.cast(tensor.type(), type).run(cast, reg, tensor.size());
        return cast;
    }

    private static Optional<Tensor> tensor(MemorySegment file, String name) {
        int length = (int) file.get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
        String header = new String(file.asSlice(8, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
        Matcher matcher = Pattern.compile(Pattern.quote("\"" + name + "\"") + "\\s*:\\s*\\{([^}]*)\\}").matcher(header);
        if (!matcher.find()) {
            return Optional.empty();
        }
        String entry = matcher.group(1);
        String type = find(entry, "\"dtype\"\\s*:\\s*\"(\\w+)\"");
        int size = Arrays.stream(find(entry, "\"shape\"\\s*:\\s*\\[([^]]*)\\]").split(",")).map(String::strip)
                .mapToInt(Integer::parseInt).reduce(1, Math::multiplyExact);
        long start = Long.parseLong(find(entry, "\"data_offsets\"\\s*:\\s*\\[\\s*(\\d+)"));
        return Optional.of(new Tensor(TYPES.get(type), size, file.address() + 8 + length + start));
    }

    private static String find(String text, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        assertTrue(matcher.find(), text);
        return matcher.group(1);
    }
}
