// Elementwise functions of bool and integers. They wrap around; dividing by zero gives 0.

#define FUNCTIONS_OF_INTEGERS(T)                                                       \
    inline T k_square(T x) { return k_multiply(x, x); }                                \
    inline T k_bitwise_invert(T x) { return ~x; }                                      \
    inline bool k_logical_not(T x) { return x == T(0); }                               \
    inline T k_ceil(T x) { return x; }                                                 \
    inline T k_floor(T x) { return x; }                                                \
    inline T k_round(T x) { return x; }                                                \
    inline bool k_isnan(T) { return false; }                                           \
    inline bool k_isinf(T) { return false; }                                           \
    inline bool k_isposinf(T) { return false; }                                        \
    inline bool k_isneginf(T) { return false; }                                        \
    inline bool k_isfinite(T) { return true; }                                         \
    inline T k_maximum(T a, T b) { return a > b ? a : b; }                             \
    inline T k_minimum(T a, T b) { return a < b ? a : b; }                             \
    inline bool k_equal(T a, T b) { return a == b; }                                   \
    inline bool k_not_equal(T a, T b) { return a != b; }                               \
    inline bool k_less(T a, T b) { return a < b; }                                     \
    inline bool k_less_equal(T a, T b) { return a <= b; }                              \
    inline bool k_greater(T a, T b) { return a > b; }                                  \
    inline bool k_greater_equal(T a, T b) { return a >= b; }                           \
    inline bool k_logical_and(T a, T b) { return a != T(0) && b != T(0); }             \
    inline bool k_logical_or(T a, T b) { return a != T(0) || b != T(0); }              \
    inline T k_bitwise_and(T a, T b) { return a & b; }                                 \
    inline T k_bitwise_or(T a, T b) { return a | b; }                                  \
    inline T k_bitwise_xor(T a, T b) { return a ^ b; }                                 \
    inline T k_left_shift(T a, T b) { return T(ulong(a) << (ulong(b) & 63UL)); }

// By repeated squaring, which wraps around.
#define POWER_OF_UNSIGNED(T)                  \
    inline T k_power(T a, T b) {              \
        T power = T(1);                       \
        T square = a;                         \
        while (b != T(0)) {                   \
            power = (b & T(1)) != T(0) ? power * square : power; \
            square *= square;                 \
            b >>= 1;                          \
        }                                     \
        return power;                         \
    }

#define ARITHMETIC_OF_UNSIGNED(T)                                                  \
    inline T k_abs(T x) { return x; }                                              \
    inline T k_negative(T x) { return T(0) - x; }                                  \
    inline T k_sign(T x) { return x == T(0) ? T(0) : T(1); }                       \
    inline T k_add(T a, T b) { return a + b; }                                     \
    inline T k_subtract(T a, T b) { return a - b; }                                \
    inline T k_multiply(T a, T b) { return a * b; }                                \
    inline T k_floor_divide(T a, T b) { return b == T(0) ? T(0) : a / b; }         \
    inline T k_remainder(T a, T b) { return b == T(0) ? T(0) : a % b; }            \
    inline T k_right_shift(T a, T b) { return T(ulong(a) >> (ulong(b) & 63UL)); }  \
    POWER_OF_UNSIGNED(T)                                                           \
    FUNCTIONS_OF_INTEGERS(T)

// Sums and products of signed numbers go through unsigned ones, which are allowed to wrap around.
#define ARITHMETIC_OF_SIGNED(T, U)                                                            \
    inline T k_negative(T x) { return T(U(0) - U(x)); }                                       \
    inline T k_abs(T x) { return x < T(0) ? k_negative(x) : x; }                              \
    inline T k_sign(T x) { return x > T(0) ? T(1) : x < T(0) ? T(-1) : T(0); }                \
    inline T k_add(T a, T b) { return T(U(a) + U(b)); }                                       \
    inline T k_subtract(T a, T b) { return T(U(a) - U(b)); }                                  \
    inline T k_multiply(T a, T b) { return T(U(a) * U(b)); }                                  \
    inline T k_floor_divide(T a, T b) {                                                       \
        return b == T(0) ? T(0) : b == T(-1) ? k_negative(a) : a / b;                         \
    }                                                                                         \
    inline T k_remainder(T a, T b) {                                                          \
        if (b == T(0) || b == T(-1)) {                                                        \
            return T(0);                                                                      \
        }                                                                                     \
        T r = a % b;                                                                          \
        return r != T(0) && (r < T(0)) != (b < T(0)) ? r + b : r;                             \
    }                                                                                         \
    inline T k_right_shift(T a, T b) { return T(long(a) >> (long(b) & 63L)); }                \
    inline T k_power(T a, T b) { return b < T(0) ? T(0) : T(k_power(U(a), U(b))); }           \
    FUNCTIONS_OF_INTEGERS(T)

ARITHMETIC_OF_UNSIGNED(uint)
ARITHMETIC_OF_UNSIGNED(ulong)
ARITHMETIC_OF_SIGNED(int, uint)
ARITHMETIC_OF_SIGNED(long, ulong)

// bool is computed with as the numbers 0 and 1, of which what is not 0 is true.
inline bool k_abs(bool x) { return x; }
inline bool k_negative(bool x) { return x; }
inline bool k_sign(bool x) { return x; }
inline bool k_square(bool x) { return x; }
inline bool k_bitwise_invert(bool x) { return !x; }
inline bool k_logical_not(bool x) { return !x; }
inline bool k_ceil(bool x) { return x; }
inline bool k_floor(bool x) { return x; }
inline bool k_round(bool x) { return x; }
inline bool k_isnan(bool) { return false; }
inline bool k_isinf(bool) { return false; }
inline bool k_isposinf(bool) { return false; }
inline bool k_isneginf(bool) { return false; }
inline bool k_isfinite(bool) { return true; }
inline bool k_add(bool a, bool b) { return a || b; }
inline bool k_subtract(bool a, bool b) { return a != b; }
inline bool k_multiply(bool a, bool b) { return a && b; }
inline bool k_floor_divide(bool a, bool b) { return a && b; }
inline bool k_remainder(bool, bool) { return false; }
inline bool k_power(bool a, bool b) { return a || !b; }
inline bool k_maximum(bool a, bool b) { return a || b; }
inline bool k_minimum(bool a, bool b) { return a && b; }
inline bool k_equal(bool a, bool b) { return a == b; }
inline bool k_not_equal(bool a, bool b) { return a != b; }
inline bool k_less(bool a, bool b) { return !a && b; }
inline bool k_less_equal(bool a, bool b) { return !a || b; }
inline bool k_greater(bool a, bool b) { return a && !b; }
inline bool k_greater_equal(bool a, bool b) { return a || !b; }
inline bool k_logical_and(bool a, bool b) { return a && b; }
inline bool k_logical_or(bool a, bool b) { return a || b; }
inline bool k_bitwise_and(bool a, bool b) { return a && b; }
inline bool k_bitwise_or(bool a, bool b) { return a || b; }
inline bool k_bitwise_xor(bool a, bool b) { return a != b; }
inline bool k_left_shift(bool a, bool) { return a; }
inline bool k_right_shift(bool a, bool b) { return a && !b; }
