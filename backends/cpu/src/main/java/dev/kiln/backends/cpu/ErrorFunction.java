package dev.kiln.backends.cpu;

/** The error function in float64, and its inverse. */
final class ErrorFunction {

    private static final double TWO_OVER_ROOT_PI = 2 / Math.sqrt(Math.PI);
    /** From here on the function is 1 to the last bit. */
    private static final double END = 6;
    /** Centers of polynomials in an interval of length 1, so that no argument is further than 1/32 from one. */
    private static final int CENTERS = 16;
    /** The next term would be below 2^-60 everywhere. */
    private static final int DEGREE = 10;
    /** For each center the Taylor coefficients, from the highest down. */
    private static final double[] COEFFICIENTS = coefficients();

    private ErrorFunction() {}

    static double of(double x) {
        double a = Math.abs(x);
        if (a >= END) {
            return Math.copySign(1, x);
        }
        int center = (int) (a * CENTERS + 0.5);
        double h = a - (double) center / CENTERS;
        int at = center * (DEGREE + 1);
        double sum = COEFFICIENTS[at];
        for (int i = 1; i <= DEGREE; i++) {
            sum = Math.fma(sum, h, COEFFICIENTS[at + i]);
        }
        return Math.copySign(sum, x);
    }

    /**
     * The derivative {@code g(h) = 2 / sqrt(pi) * exp(-(c + h)^2)} has {@code g' = -2 (c + h) g}, which gives each coefficient from
     * the two before it.
     */
    private static double[] coefficients() {
        int centers = (int) (END * CENTERS) + 1;
        double[] all = new double[centers * (DEGREE + 1)];
        for (int center = 0; center < centers; center++) {
            double c = (double) center / CENTERS;
            int constant = center * (DEGREE + 1) + DEGREE;
            all[constant] = slowly(c);
            double before = 0;
            double g = TWO_OVER_ROOT_PI * Math.exp(-c * c);
            for (int n = 1; n <= DEGREE; n++) {
                all[constant - n] = g / n;
                double next = -2 * (c * g + before) / n;
                before = g;
                g = next;
            }
        }
        return all;
    }

    /** By the series of DLMF 7.6.1, and from 1 on, where its terms would cancel, by the complement. */
    private static double slowly(double x) {
        if (x >= 1) {
            return 1 - complement(x);
        }
        double power = x;
        double sum = 0;
        for (int n = 1; Math.abs(power) > 0x1p-60 * x; n++) {
            power *= -x * x / n;
            sum += power / (2 * n + 1);
        }
        return TWO_OVER_ROOT_PI * (x + sum);
    }

    /** {@code 1 - erf(x)} from 1 on, by the continued fraction of DLMF 7.9.1, from its tail up: the longer, the smaller x is. */
    private static double complement(double x) {
        double tail = x;
        for (int k = (int) (400 / (x * x)); k > 0; k--) {
            tail = x + k / (2 * tail);
        }
        return Math.exp(-x * x) / (tail * Math.sqrt(Math.PI));
    }

    /**
     * The inverse: S. Winitzki's approximation ("A handy approximation for the error function and its inverse", 2008), then two
     * steps of Halley's method, each of which triples the digits.
     */
    static double inverse(double x) {
        double a = Math.abs(x);
        if (!(a < 1)) {
            return a == 1 ? Math.copySign(Double.POSITIVE_INFINITY, x) : Double.NaN;
        }
        if (a < 1e-9) {
            return x / TWO_OVER_ROOT_PI;
        }
        double log = Math.log1p(-a * a);
        double t = 2 / (Math.PI * 0.147) + log / 2;
        double y = Math.sqrt(Math.sqrt(t * t - log / 0.147) - t);
        for (int step = 0; step < 2; step++) {
            double miss = y >= 2.5 ? 1 - a - complement(y) : of(y) - a;
            double newton = miss / (TWO_OVER_ROOT_PI * Math.exp(-y * y));
            y -= newton / (1 + y * newton);
        }
        return Math.copySign(y, x);
    }
}
