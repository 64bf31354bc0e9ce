package dev.kiln.backends.cpu;

/** Parts of functions of {@code p + qi} that take more than a line, for parts that are floats and computed in double. */
final class ComplexFunctions {
    /** From here on floats do not tell a hyperbolic tangent from 1. */
    private static final double FLAT = 20;
    /** Whole powers up to this are products: exact where those are, and no overflow in double. */
    private static final int FACTORS = 7;

    private ComplexFunctions() {}

    /** A product in which 0 times infinity is 0. */
    static double times(double a, double b) {
        return a == 0 && Double.isInfinite(b) ? a : a * b;
    }

    /** The real part of a quotient. */
    static double divideRe(double p, double q, double r, double s) {
        return vanishes(p, q, r, s) ? 0 : (p * r + q * s) / (r * r + s * s);
    }

    /** The imaginary part of a quotient. */
    static double divideIm(double p, double q, double r, double s) {
        return vanishes(p, q, r, s) ? 0 : (q * r - p * s) / (r * r + s * s);
    }

    /** Whether something finite is divided by something infinite. */
    private static boolean vanishes(double p, double q, double r, double s) {
        return (Double.isInfinite(r) || Double.isInfinite(s)) && Double.isFinite(p) && Double.isFinite(q);
    }

    /** The logarithm of the absolute value, near 1 from what it differs by. */
    static double logAbs(double p, double q) {
        double abs = Math.hypot(p, q);
        return abs > 0.5 && abs < 2 ? Math.log1p((p - 1) * (p + 1) + q * q) / 2 : Math.log(abs);
    }

    static double expm1Re(double p, double q) {
        double half = Math.sin(q / 2);
        return q == 0 ? Math.expm1(p) : Math.expm1(p) * Math.cos(q) - 2 * half * half;
    }

    // The half-angle formulas; of the two the one without cancellation, the other part follows from 2ab = q.

    static double sqrtRe(double p, double q) {
        return p >= 0 ? halfAngle(p, q) : q == 0 ? 0 : Math.abs(q) / (2 * halfAngle(-p, q));
    }

    static double sqrtIm(double p, double q) {
        return p < 0 ? Math.copySign(halfAngle(-p, q), q) : q == 0 ? q : q / (2 * halfAngle(p, q));
    }

    private static double halfAngle(double p, double q) {
        return Math.sqrt((Math.hypot(p, q) + p) / 2);
    }

    static double tanhRe(double p, double q) {
        if (Math.abs(p) > FLAT) {
            return Math.signum(p);
        }
        return Math.sinh(p) * Math.cosh(p) / poles(p, q);
    }

    static double tanhIm(double p, double q) {
        if (Math.abs(p) > FLAT) {
            return 4 * Math.sin(q) * Math.cos(q) * Math.exp(-2 * Math.abs(p));
        }
        return Math.sin(q) * Math.cos(q) / poles(p, q);
    }

    private static double poles(double p, double q) {
        double sinh = Math.sinh(p);
        double cos = Math.cos(q);
        return sinh * sinh + cos * cos;
    }

    // The exponential is of -|p|, so that it cannot overflow.

    static double sigmoidRe(double p, double q) {
        double e = Math.exp(-Math.abs(p));
        double c = e * Math.cos(q);
        return (p < 0 ? c + e * e : 1 + c) / onePlus(e, q);
    }

    static double sigmoidIm(double p, double q) {
        double e = Math.exp(-Math.abs(p));
        return e * Math.sin(q) / onePlus(e, q);
    }

    private static double onePlus(double e, double q) {
        double re = 1 + e * Math.cos(q);
        double im = e * Math.sin(q);
        return re * re + im * im;
    }

    /** One part of {@code p + qi} to the power of {@code r + si}. */
    static double power(double p, double q, double r, double s, boolean imaginary) {
        if (s == 0 && r == Math.rint(r) && Math.abs(r) <= FACTORS) {
            return whole(p, q, (int) r, imaginary);
        }
        if (p == 0 && q == 0) {
            return r > 0 ? 0 : Double.NaN;
        }
        double log = logAbs(p, q);
        double angle = Math.atan2(q, p);
        double abs = Math.exp(r * log - s * angle);
        double turned = s * log + r * angle;
        return abs * (imaginary ? Math.sin(turned) : Math.cos(turned));
    }

    private static double whole(double p, double q, int exponent, boolean imaginary) {
        double re = 1;
        double im = 0;
        double squareRe = p;
        double squareIm = q;
        for (int bits = Math.abs(exponent); bits != 0; bits >>= 1) {
            if ((bits & 1) != 0) {
                double before = re;
                re = before * squareRe - im * squareIm;
                im = before * squareIm + im * squareRe;
            }
            double before = squareRe;
            squareRe = before * before - squareIm * squareIm;
            squareIm = 2 * before * squareIm;
        }
        if (exponent < 0) {
            return imaginary ? divideIm(1, 0, re, im) : divideRe(1, 0, re, im);
        }
        return imaginary ? im : re;
    }
}
