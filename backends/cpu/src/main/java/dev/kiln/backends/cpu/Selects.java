package dev.kiln.backends.cpu;

/** Scalar loops that choose between two values. */
final class Selects {
    private Selects() {}

    static SelectLoop of(Lane lane) {
        return switch (lane) {
            case F32 -> (out, condition, a, b, n) -> {
                for (int i = 0; i < n; i++) {
                    out.f()[i] = condition.l()[i] != 0 ? a.f()[i] : b.f()[i];
                }
            };
            case F64 -> (out, condition, a, b, n) -> {
                for (int i = 0; i < n; i++) {
                    out.d()[i] = condition.l()[i] != 0 ? a.d()[i] : b.d()[i];
                }
            };
            case I64 -> (out, condition, a, b, n) -> {
                for (int i = 0; i < n; i++) {
                    out.l()[i] = condition.l()[i] != 0 ? a.l()[i] : b.l()[i];
                }
            };
            case C64 -> (out, condition, a, b, n) -> {
                for (int i = 0; i < n; i++) {
                    float[] from = condition.l()[i] != 0 ? a.c() : b.c();
                    out.c()[2 * i] = from[2 * i];
                    out.c()[2 * i + 1] = from[2 * i + 1];
                }
            };
        };
    }
}
