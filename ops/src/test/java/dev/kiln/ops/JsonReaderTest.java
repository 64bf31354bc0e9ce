package dev.kiln.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonReaderTest {
    private static final Refusal REFUSAL = new Refusal("op", "file");

    @Test
    void every_kind_of_value_is_read() {
        assertEquals(
                new Json.Obj(
                        Map.of(
                                "list",
                                new Json.Arr(List.of(new Json.Int(-1), new Json.Real(0.5), new Json.Str("x"))),
                                "yes",
                                new Json.Bool(true),
                                "no",
                                new Json.Bool(false),
                                "none",
                                new Json.Null(),
                                "empty",
                                new Json.Arr(List.of()),
                                "",
                                new Json.Obj(Map.of()))),
                read("""
                         {"list": [-1, 0.5, "x"], "yes": true,"no":false,
                        "none" :null, "empty":[ ], "":{ }}\t"""));
    }

    @ParameterizedTest
    @CsvSource({"0,0", "-0,0", "9223372036854775807,9223372036854775807", "-9223372036854775808,-9223372036854775808"})
    void integers_that_fit_a_long_are_exact(String text, long value) {
        assertEquals(new Json.Int(value), read(text));
    }

    @ParameterizedTest
    @CsvSource({"9223372036854775808,9223372036854775808", "-9223372036854775809,-9223372036854775809", "1e3,1000",
        "1E+3,1000", "25e-1,2.5", "-0.0,-0.0", "1e999,Infinity", "100000000000000000000,1e20"})
    void other_numbers_are_doubles(String text, double value) {
        assertEquals(new Json.Real(value), read(text));
    }

    @Test
    void every_escape_in_a_string_is_understood() {
        assertEquals(
                new Json.Str("a\"\\/\b\f\n\r\t\u00e9\uD83D\uDE00é😀z"),
                read("\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83d\\ude00é😀z\""));
    }

    @Test
    void what_is_quoted_reads_back_the_same_and_stays_on_one_line() {
        String awkward = "quote\" slash\\ lines\n\r\t\u2028\u2029\u0085 bell\u0007 nul\0 é 😀";
        String quoted = Json.quote(awkward);
        assertEquals(new Json.Str(awkward), read(quoted));
        assertEquals(1, quoted.lines().count());
        assertTrue(quoted.codePoints().noneMatch(c -> Character.isISOControl(c) || c == 0x2028 || c == 0x2029), quoted);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{", "[", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "{\"a\"}", "{\"a\":}",
        "{\"a\":1,}",
        "{a:1}", "{'a':1}", "{1:1}", "{\"a\":1 \"b\":2}", "01", "-", "-a", "+1", "1.", ".5", "1e", "1e+", "0x10",
        "NaN", "Infinity", "nul", "True", "tru", "\"", "\"a", "\"\\", "\"\\x\"", "\"\\u12\"", "\"\\u12G4\"",
        "\"\\u\u0661\u0661\u0661\u0661\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\ud800x\"", "\"tab\there\"",
        "\"line\n\"",
        "\"nul\0\"", "1 2", "{} {}", "[] x", "//\n1", "\u00a01", "\ufeff1", "1\0", "]", "}", ":"})
    void what_is_not_json_is_refused(String text) {
        String message = refusal(text);
        assertTrue(message.startsWith("[op] file: malformed JSON at character "), message);
        assertEquals(1, message.lines().count());
    }

    @Test
    void a_name_given_twice_is_refused() {
        assertEquals(
                "[op] file: malformed JSON at character 12: the name \"a\" appears twice in one object",
                refusal("{\"a\":1,\"a\":1}"));
        assertTrue(refusal("{\"a\":1,\"\\u0061\":null}").contains("\"a\" appears twice"));
    }

    @Test
    void nesting_up_to_the_limit_is_read() {
        read("[".repeat(JsonReader.MAX_DEPTH) + "]".repeat(JsonReader.MAX_DEPTH));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{\"a\":", "[{\"a\":"})
    void a_nesting_bomb_is_refused(String level) {
        assertTrue(refusal(level.repeat(1_000_000)).endsWith("values are nested more than 32 deep"));
    }

    private static Json read(String text) {
        return JsonReader.read(text, REFUSAL);
    }

    private static String refusal(String text) {
        return String.valueOf(assertThrows(IllegalArgumentException.class, () -> read(text)).getMessage());
    }
}
