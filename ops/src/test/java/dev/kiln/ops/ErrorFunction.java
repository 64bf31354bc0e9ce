package dev.kiln.ops;

/** The error function in double precision, by its series of positive terms, and its inverse by Newton's method. */
final class ErrorFunction {

    private ErrorFunction() {}

    /** For moderate arguments: {@code 2/sqrt(pi) exp(-x²) sum 2^n x^(2n+1) / (1·3·…·(2n+1))}. */
    static double erf(double x) {
        double term = x;
        double sum = 0;
        for (int n = 0; n < 200; n++) {
            sum += term;
            term *= 2 * x * x / (2 * n + 3);
        }
        return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
    }

    static double erfinv(double y) {
        double x = 0;
        for (int i = 0; i < 60; i++) {
            x -= (erf(x) - y) / (2 / Math.sqrt(Math.PI) * Math.exp(-x * x));
        }
        return x;
    }
}
