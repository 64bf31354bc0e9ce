// Elementwise functions of floats, with the special values of C.

inline float k_abs(float x) { return fabs(x); }
inline float k_negative(float x) { return -x; }
inline float k_sign(float x) { return x > 0.0f ? 1.0f : x < 0.0f ? -1.0f : 0.0f; }
inline float k_square(float x) { return x * x; }
inline float k_sqrt(float x) { return sqrt(x); }
inline float k_rsqrt(float x) { return rsqrt(x); }
inline float k_reciprocal(float x) { return 1.0f / x; }
inline float k_exp(float x) { return exp(x); }
inline float k_log(float x) { return log(x); }
inline float k_log2(float x) { return log2(x); }
inline float k_log10(float x) { return log10(x); }
inline float k_sin(float x) { return sin(x); }
inline float k_cos(float x) { return cos(x); }
inline float k_tan(float x) { return tan(x); }
inline float k_arcsin(float x) { return asin(x); }
inline float k_arccos(float x) { return acos(x); }
inline float k_arctan(float x) { return atan(x); }
inline float k_sinh(float x) { return sinh(x); }
inline float k_cosh(float x) { return cosh(x); }
inline float k_tanh(float x) { return tanh(x); }
inline float k_arcsinh(float x) { return asinh(x); }
inline float k_arccosh(float x) { return acosh(x); }
inline float k_arctanh(float x) { return atanh(x); }
inline float k_ceil(float x) { return ceil(x); }
inline float k_floor(float x) { return floor(x); }
inline float k_round(float x) { return rint(x); }
inline bool k_logical_not(float x) { return x == 0.0f; }
inline bool k_isnan(float x) { return isnan(x); }
inline bool k_isinf(float x) { return isinf(x); }
inline bool k_isfinite(float x) { return isfinite(x); }
inline bool k_isposinf(float x) { return isinf(x) && x > 0.0f; }
inline bool k_isneginf(float x) { return isinf(x) && x < 0.0f; }

// The rounding error of u = exp(x) is made up for by dividing by log(u), which errs alike (Kahan).
inline float k_expm1(float x) {
    if (fabs(x) < 1.0e-5f) {
        return x + 0.5f * x * x;
    }
    float u = exp(x);
    float less = u - 1.0f;
    return fabs(x) > 1.0f || less == -1.0f ? less : less * x / log(u);
}

// The same for log(1 + x).
inline float k_log1p(float x) {
    float u = 1.0f + x;
    float less = u - 1.0f;
    return less == 0.0f ? x : isinf(u) || u <= 0.0f ? log(u) : log(u) * (x / less);
}

// Written so that the exponential cannot overflow.
inline float k_sigmoid(float x) {
    float e = exp(-fabs(x));
    return (x < 0.0f ? e : 1.0f) / (1.0f + e);
}

// The complement of the error function from 2 on: the continued fraction of DLMF 7.9.1, from its tail up.
inline float erfc_of_large(float x) {
    if (x > 10.0f) {
        return 0.0f;
    }
    float tail = x;
    for (int k = 24; k > 0; k--) {
        tail = x + float(k) / (2.0f * tail);
    }
    return exp(-x * x) / (tail * 1.7724538509055160f);
}

// The error function: the series of DLMF 7.6.2, whose terms are all positive, and for large arguments erfc.
inline float k_erf(float x) {
    float a = fabs(x);
    if (isnan(x)) {
        return x;
    }
    if (a >= 2.0f) {
        return copysign(1.0f - erfc_of_large(a), x);
    }
    float term = a;
    float sum = a;
    for (int n = 1; n < 40 && term > sum * 2.0e-8f; n++) {
        term *= 2.0f * a * a / float(2 * n + 1);
        sum += term;
    }
    return copysign(1.1283791670955126f * exp(-a * a) * sum, x);
}

// The inverse of erf: S. Winitzki's approximation ("A handy approximation for the error function and its inverse", 2008),
// then two steps of Halley's method, each of which triples the digits.
inline float k_erfinv(float x) {
    float a = fabs(x);
    if (!(a < 1.0f)) {
        return a == 1.0f ? copysign(INFINITY, x) : NAN;
    }
    if (a < 1.0e-4f) {
        return 0.88622692545275801f * x;
    }
    float logarithm = k_log1p(-a * a);
    float t = 4.3307467508f + 0.5f * logarithm;
    float y = sqrt(sqrt(t * t - logarithm / 0.147f) - t);
    for (int step = 0; step < 2; step++) {
        float miss = y >= 2.0f ? (1.0f - a) - erfc_of_large(y) : k_erf(y) - a;
        float newton = miss / (1.1283791670955126f * exp(-y * y));
        y -= newton / (1.0f + y * newton);
    }
    return copysign(y, x);
}

inline float k_add(float a, float b) { return a + b; }
inline float k_subtract(float a, float b) { return a - b; }
inline float k_multiply(float a, float b) { return a * b; }
inline float k_divide(float a, float b) { return a / b; }
inline float k_floor_divide(float a, float b) { return floor(a / b); }
inline float k_arctan2(float a, float b) { return atan2(a, b); }
inline float k_maximum(float a, float b) { return isnan(a) || a > b ? a : b; }
inline float k_minimum(float a, float b) { return isnan(a) || a < b ? a : b; }
inline bool k_equal(float a, float b) { return a == b; }
inline bool k_not_equal(float a, float b) { return a != b; }
inline bool k_less(float a, float b) { return a < b; }
inline bool k_less_equal(float a, float b) { return a <= b; }
inline bool k_greater(float a, float b) { return a > b; }
inline bool k_greater_equal(float a, float b) { return a >= b; }
inline bool k_logical_and(float a, float b) { return a != 0.0f && b != 0.0f; }
inline bool k_logical_or(float a, float b) { return a != 0.0f || b != 0.0f; }

// a - b * floor(a / b) as Python has it: exact, with the sign of the divisor.
inline float k_remainder(float a, float b) {
    float r = fmod(a, b);
    return r != 0.0f && (r < 0.0f) != (b < 0.0f) ? r + b : r;
}

// As in C, where 1 to any power is 1, and so is anything to the power 0; negative bases have only whole powers.
inline float k_power(float a, float b) {
    if (a == 1.0f || b == 0.0f) {
        return 1.0f;
    }
    return a == -1.0f && isinf(b) ? 1.0f : pow(a, b);
}

// log(exp(a) + exp(b)) without overflow.
inline float k_logaddexp(float a, float b) {
    float most = k_maximum(a, b);
    float least = k_minimum(a, b);
    return most == INFINITY || least == -INFINITY ? most : most + k_log1p(exp(least - most));
}
