// Folds of what the threads of a threadgroup have, first in each simdgroup of 32, then between these. All threads get the
// result, and add in the same order: it depends on the number of threads alone.

struct Add {
    static int of(int a, int b) { return k_add(a, b); }
    static uint of(uint a, uint b) { return a + b; }
    static long of(long a, long b) { return k_add(a, b); }
    static ulong of(ulong a, ulong b) { return a + b; }
    static float of(float a, float b) { return a + b; }
    static float2 of(float2 a, float2 b) { return a + b; }
    static int none(int) { return 0; }
    static uint none(uint) { return 0u; }
    static long none(long) { return 0L; }
    static ulong none(ulong) { return 0UL; }
    static float none(float) { return 0.0f; }
    static float2 none(float2) { return float2(0.0f, 0.0f); }
};

struct Multiply {
    static int of(int a, int b) { return k_multiply(a, b); }
    static uint of(uint a, uint b) { return a * b; }
    static long of(long a, long b) { return k_multiply(a, b); }
    static ulong of(ulong a, ulong b) { return a * b; }
    static float of(float a, float b) { return a * b; }
    static float2 of(float2 a, float2 b) { return float2(a.x * b.x - a.y * b.y, a.x * b.y + a.y * b.x); }
    static int none(int) { return 1; }
    static uint none(uint) { return 1u; }
    static long none(long) { return 1L; }
    static ulong none(ulong) { return 1UL; }
    static float none(float) { return 1.0f; }
    static float2 none(float2) { return float2(1.0f, 0.0f); }
};

// A NaN is larger than everything else.
struct Max {
    static int of(int a, int b) { return a > b ? a : b; }
    static uint of(uint a, uint b) { return a > b ? a : b; }
    static long of(long a, long b) { return a > b ? a : b; }
    static ulong of(ulong a, ulong b) { return a > b ? a : b; }
    static float of(float a, float b) { return isnan(a) || a > b ? a : b; }
    static int none(int) { return -0x7fffffff - 1; }
    static uint none(uint) { return 0u; }
    static long none(long) { return -0x7fffffffffffffffL - 1L; }
    static ulong none(ulong) { return 0UL; }
    static float none(float) { return -INFINITY; }
};

// A NaN is smaller than everything else.
struct Min {
    static int of(int a, int b) { return a < b ? a : b; }
    static uint of(uint a, uint b) { return a < b ? a : b; }
    static long of(long a, long b) { return a < b ? a : b; }
    static ulong of(ulong a, ulong b) { return a < b ? a : b; }
    static float of(float a, float b) { return isnan(a) || a < b ? a : b; }
    static int none(int) { return 0x7fffffff; }
    static uint none(uint) { return 0xffffffffu; }
    static long none(long) { return 0x7fffffffffffffffL; }
    static ulong none(ulong) { return 0xffffffffffffffffUL; }
    static float none(float) { return INFINITY; }
};

inline int swapped(int x, ushort by) { return simd_shuffle_xor(x, by); }
inline uint swapped(uint x, ushort by) { return simd_shuffle_xor(x, by); }
inline float swapped(float x, ushort by) { return simd_shuffle_xor(x, by); }
inline float2 swapped(float2 x, ushort by) { return simd_shuffle_xor(x, by); }
inline long swapped(long x, ushort by) { return as_type<long>(simd_shuffle_xor(as_type<uint2>(x), by)); }
inline ulong swapped(ulong x, ushort by) { return as_type<ulong>(simd_shuffle_xor(as_type<uint2>(x), by)); }

template <typename Op, typename T>
inline T fold_of_simdgroup(T x) {
    for (ushort by = 16; by > 0; by /= 2) {
        x = Op::of(x, swapped(x, by));
    }
    return x;
}

template <typename Op, typename T>
inline T fold(T x, threadgroup T *scratch, uint lane, uint simdgroup, uint simdgroups) {
    x = fold_of_simdgroup<Op>(x);
    if (simdgroups == 1) {
        return x;
    }
    threadgroup_barrier(mem_flags::mem_threadgroup); // by now all have read what the last fold left there
    if (lane == 0) {
        scratch[simdgroup] = x;
    }
    threadgroup_barrier(mem_flags::mem_threadgroup);
    return fold_of_simdgroup<Op>(lane < simdgroups ? scratch[lane] : Op::none(x));
}

// A sum that is carried on by one thread: what rounding has taken from it comes back with the next (Kahan).
inline float sum_of(float sum, float x, thread float &lost) {
    float more = x - lost;
    float next = sum + more;
    lost = isfinite(next) ? (next - sum) - more : 0.0f;
    return next;
}
