// Elementwise functions of complex numbers, (x, y) being x + iy.

inline float k_real(float2 z) { return z.x; }
inline float k_imag(float2 z) { return z.y; }
inline float2 k_conjugate(float2 z) { return float2(z.x, -z.y); }
inline float2 k_negative(float2 z) { return -z; }

// The larger part is taken out of the root, so that no square overflows.
inline float k_abs(float2 z) {
    float a = fabs(z.x);
    float b = fabs(z.y);
    float most = fmax(a, b);
    if (isinf(a) || isinf(b)) {
        return INFINITY;
    }
    float ratio = most == 0.0f ? 0.0f : fmin(a, b) / most;
    return isnan(a) || isnan(b) ? NAN : most * sqrt(1.0f + ratio * ratio);
}

inline float2 k_add(float2 a, float2 b) { return a + b; }
inline float2 k_subtract(float2 a, float2 b) { return a - b; }
inline float2 k_multiply(float2 a, float2 b) { return float2(a.x * b.x - a.y * b.y, a.x * b.y + a.y * b.x); }
inline float2 k_square(float2 z) { return k_multiply(z, z); }

// Both numbers are divided by the larger part of the divisor first.
inline float2 k_divide(float2 a, float2 b) {
    float most = fmax(fabs(b.x), fabs(b.y));
    float2 d = b / most;
    float2 n = a / most;
    float square = d.x * d.x + d.y * d.y;
    return float2((n.x * d.x + n.y * d.y) / square, (n.y * d.x - n.x * d.y) / square);
}

inline float2 k_reciprocal(float2 z) { return k_divide(float2(1.0f, 0.0f), z); }
inline float2 k_exp(float2 z) { return float2(exp(z.x) * cos(z.y), z.y == 0.0f ? z.y : exp(z.x) * sin(z.y)); }
inline float2 k_log(float2 z) { return float2(log(k_abs(z)), atan2(z.y, z.x)); }

// The half-angle formulas; of the two the one without cancellation, the other part follows from 2ab = y.
inline float2 k_sqrt(float2 z) {
    float half_angle = sqrt((k_abs(z) + fabs(z.x)) * 0.5f);
    float other = z.y == 0.0f ? 0.0f : fabs(z.y) / (2.0f * half_angle);
    return z.x >= 0.0f ? float2(half_angle, z.y == 0.0f ? z.y : copysign(other, z.y))
                       : float2(other, copysign(half_angle, z.y));
}

inline bool k_equal(float2 a, float2 b) { return a.x == b.x && a.y == b.y; }
inline bool k_not_equal(float2 a, float2 b) { return a.x != b.x || a.y != b.y; }
inline bool k_logical_and(float2 a, float2 b) { return to_bool(a) && to_bool(b); }
inline bool k_logical_or(float2 a, float2 b) { return to_bool(a) || to_bool(b); }
