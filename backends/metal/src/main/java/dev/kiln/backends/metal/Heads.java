package dev.kiln.backends.metal;

import java.util.List;

/** How the kernels that are written by programs begin: their arguments, and which element or row is whose. */
final class Heads {

    private Heads() {}

    /**
     * Begins a kernel with a thread for each of {@code count} elements, whose number is {@code i}: its arrays, by type and
     * name, and the parameters {@code p}.
     */
    static void threads(Text text, boolean wide, List<String> arrays, long count) {
        text.line("typedef " + (wide ? "long" : "int") + " at;").line("").line("kernel void program(").in();
        for (int i = 0; i < arrays.size(); i++) {
            text.line(arrays.get(i) + " [[buffer(" + i + ")]],");
        }
        text.line("constant at *p [[buffer(" + arrays.size() + ")]],");
        thread(text, wide, count);
    }

    /** Begins a kernel with a threadgroup for each row. */
    static void groups(Text text, boolean wide, List<String> arrays) {
        text.line("typedef " + (wide ? "long" : "int") + " at;").line("").line("kernel void program(").in();
        for (int i = 0; i < arrays.size(); i++) {
            text.line(arrays.get(i) + " [[buffer(" + i + ")]],");
        }
        text.line("constant at *p [[buffer(" + arrays.size() + ")]],")
                .line("uint group [[threadgroup_position_in_grid]],")
                .line("uint thread_number [[thread_position_in_threadgroup]],")
                .line("uint threads [[threads_per_threadgroup]],").line("uint lane [[thread_index_in_simdgroup]],")
                .line("uint simdgroup [[simdgroup_index_in_threadgroup]]) {");
    }

    /** The end of the arguments of such a kernel, and its first lines. */
    private static void thread(Text text, boolean wide, long count) {
        if (!wide) {
            text.line("uint position [[thread_position_in_grid]]) {").line("const at i = at(position);");
            return;
        }
        text.line("uint2 position [[thread_position_in_grid]]) {");
        text.line("const at i = at(position.y) * at(" + Dispatch.WIDEST + ") + at(position.x);");
        text.line("if (i >= " + text.parameter(count) + ") {").in().line("return;").out().line("}");
    }

    /** Begins a kernel with a grid of threadgroups. */
    static void groups3(Text text, boolean wide, List<String> arrays) {
        text.line("typedef " + (wide ? "long" : "int") + " at;").line("").line("kernel void program(").in();
        for (int i = 0; i < arrays.size(); i++) {
            text.line(arrays.get(i) + " [[buffer(" + i + ")]],");
        }
        text.line("constant at *p [[buffer(" + arrays.size() + ")]],")
                .line("uint3 group [[threadgroup_position_in_grid]],")
                .line("uint thread_number [[thread_index_in_threadgroup]],")
                .line("uint lane [[thread_index_in_simdgroup]],")
                .line("uint simdgroup [[simdgroup_index_in_threadgroup]]) {");
    }

    /** The whole text of a kernel whose functions know the type of places: {@code before} does not, {@code behind} does. */
    static String with(String before, String behind, Text text) {
        return with(before, behind, "", text);
    }

    /** The same, with constants that the functions use. */
    static String with(String before, String behind, String constants, Text text) {
        String kernel = text.toString();
        int begin = kernel.indexOf('\n') + 1;
        return Resources.text(before) + kernel.substring(0, begin) + constants + Resources.text(behind)
                + kernel.substring(begin);
    }
}
