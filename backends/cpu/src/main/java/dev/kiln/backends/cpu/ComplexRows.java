package dev.kiln.backends.cpu;

/** Folds of rows of complex64, accumulated in float64. */
final class ComplexRows {

    private ComplexRows() {}

    static void sum(Reg out, int to, Reg x, int at, int columns, double divisor) {
        float[] c = x.c();
        double re = 0;
        double im = 0;
        for (int i = 2 * at; i < 2 * (at + columns); i += 2) {
            re += c[i];
            im += c[i + 1];
        }
        out.c()[2 * to] = (float) (re / divisor);
        out.c()[2 * to + 1] = (float) (im / divisor);
    }

    static void product(Reg out, int to, Reg x, int at, int columns) {
        float[] c = x.c();
        double re = 1;
        double im = 0;
        for (int i = 2 * at; i < 2 * (at + columns); i += 2) {
            double next = re * c[i] - im * c[i + 1];
            im = re * c[i + 1] + im * c[i];
            re = next;
        }
        out.c()[2 * to] = (float) re;
        out.c()[2 * to + 1] = (float) im;
    }
}
