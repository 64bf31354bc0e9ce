package dev.kiln.backends.cpu;

/** Functions that {@link Math} lacks, or has with other special values than C. */
final class SpecialFunctions {
    private static final double LN_2 = Math.log(2);
    private static final double SQRT_2 = Math.sqrt(2);
    /** Beyond this the square of a number swamps 1 and may overflow. */
    private static final double LARGE = 0x1p300;

    private SpecialFunctions() {}

    /** The exponent, and the logarithm of the rest, which is 0 for a power of two. */
    static double log2(double x) {
        if (!(x > 0) || x == Double.POSITIVE_INFINITY) {
            return Math.log(x);
        }
        if (x < Double.MIN_NORMAL) {
            return log2(x * 0x1p54) - 54;
        }
        int exponent = Math.getExponent(x);
        double rest = Math.scalb(x, -exponent);
        return rest < SQRT_2 ? exponent + Math.log(rest) / LN_2 : exponent + 1 + Math.log(rest / 2) / LN_2;
    }

    /** Written so that the exponential cannot overflow. */
    static double sigmoid(double x) {
        double e = Math.exp(-Math.abs(x));
        return (x < 0 ? e : 1) / (1 + e);
    }

    /** {@code log(|x| + sqrt(x^2 + 1))}, arranged to keep the digits of small arguments. */
    static double arcsinh(double x) {
        double a = Math.abs(x);
        double y = a > LARGE ? Math.log(a) + LN_2 : Math.log1p(a + a * a / (1 + Math.sqrt(a * a + 1)));
        return Math.copySign(y, x);
    }

    /** {@code log(x + sqrt(x^2 - 1))}, arranged to keep the digits of arguments near 1. */
    static double arccosh(double x) {
        if (!(x >= 1)) {
            return Double.NaN;
        }
        double t = x - 1;
        return x > LARGE ? Math.log(x) + LN_2 : Math.log1p(t + Math.sqrt(t * (t + 2)));
    }

    /** {@code log((1 + x) / (1 - x)) / 2}. */
    static double arctanh(double x) {
        double a = Math.abs(x);
        return Math.copySign(Math.log1p(2 * a / (1 - a)) / 2, x);
    }

    /** {@code a - b * floor(a / b)} as Python has it: exact, with the sign of the divisor. */
    static double remainder(double a, double b) {
        double r = a % b;
        return r != 0 && (r < 0) != (b < 0) ? r + b : r;
    }

    /** As in C, where 1 to any power is 1, and so is -1 to an infinite one; Java has NaN for these. */
    static double power(double a, double b) {
        return a == 1 || (a == -1 && Double.isInfinite(b)) ? 1 : Math.pow(a, b);
    }

    /** {@code b} factors {@code a}, modulo 2^64, by repeated squaring; {@code b} is taken as unsigned. */
    static long power(long a, long b) {
        long power = 1;
        long square = a;
        for (long bits = b; bits != 0; bits >>>= 1) {
            if ((bits & 1) != 0) {
                power *= square;
            }
            square *= square;
        }
        return power;
    }

    /** {@code log(exp(a) + exp(b))} without overflow. */
    static double logaddexp(double a, double b) {
        double max = Math.max(a, b);
        double min = Math.min(a, b);
        boolean one = max == Double.POSITIVE_INFINITY || min == Double.NEGATIVE_INFINITY;
        return one ? max : max + Math.log1p(Math.exp(min - max));
    }
}
