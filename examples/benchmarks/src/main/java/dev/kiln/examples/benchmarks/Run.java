package dev.kiln.examples.benchmarks;

import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A benchmark method with its parameters: what is measured once.
 *
 * @param type the simple name of the benchmark's class
 * @param method the benchmark
 * @param params its parameters
 * @param threads processors that the JVM is given; 0 for all
 */
record Run(String type, String method, SortedMap<String, String> params, int threads) {

    static Run of(String type, String method, Object... namesAndValues) {
        SortedMap<String, String> params = new TreeMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            params.put(namesAndValues[i].toString(), namesAndValues[i + 1].toString());
        }
        return new Run(type, method, params, 0);
    }

    /** Another method with the same parameters. */
    Run beside(String other) {
        return new Run(type, other, params, threads);
    }

    /** Whether it has one processor. */
    boolean isAlone() {
        return threads == 1;
    }

    Run alone() {
        return new Run(type, method, params, 1);
    }

    @Override
    public String toString() {
        return type + "." + method + params.values() + (threads == 0 ? "" : ", threads: " + threads);
    }
}
