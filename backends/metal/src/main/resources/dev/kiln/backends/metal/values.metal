// How elements lie in memory, and how they are computed with.
//
// A kernel computes with seven types: bool, int, uint, long, ulong, float and float2 (complex). Narrower integers are computed
// with as int or uint and wrapped, 16-bit floats as float and rounded, whenever a value would be written to memory: so
// results do not depend on what was fused.

#include <metal_stdlib>
using namespace metal;

// bfloat16 by its bits: the upper half of a float32. So it is there on every system.
struct bf16 {
    ushort bits;
};

inline float widened(bf16 x) { return as_type<float>(uint(x.bits) << 16); }

// Rounded to the nearest, ties to even; NaN stays one.
inline bf16 narrowed(float x) {
    uint bits = as_type<uint>(x);
    bf16 y;
    y.bits = (bits & 0x7fffffffu) > 0x7f800000u ? ushort(0x7fc0) : ushort((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
    return y;
}

inline bool load(device const bool *p) { return *p; }
inline int load(device const char *p) { return int(*p); }
inline int load(device const short *p) { return int(*p); }
inline int load(device const int *p) { return *p; }
inline uint load(device const uchar *p) { return uint(*p); }
inline uint load(device const ushort *p) { return uint(*p); }
inline uint load(device const uint *p) { return *p; }
inline long load(device const long *p) { return *p; }
inline ulong load(device const ulong *p) { return *p; }
inline float load(device const half *p) { return float(*p); }
inline float load(device const bf16 *p) { return as_type<float>(uint(p->bits) << 16); }
inline float load(device const float *p) { return *p; }
inline float2 load(device const float2 *p) { return *p; }

inline void store(device bool *p, bool x) { *p = x; }
inline void store(device char *p, int x) { *p = char(x); }
inline void store(device short *p, int x) { *p = short(x); }
inline void store(device int *p, int x) { *p = x; }
inline void store(device uchar *p, uint x) { *p = uchar(x); }
inline void store(device ushort *p, uint x) { *p = ushort(x); }
inline void store(device uint *p, uint x) { *p = x; }
inline void store(device long *p, long x) { *p = x; }
inline void store(device ulong *p, ulong x) { *p = x; }
inline void store(device half *p, float x) { *p = half(x); }
inline void store(device bf16 *p, float x) { p->bits = narrowed(x).bits; }
inline void store(device float *p, float x) { *p = x; }
inline void store(device float2 *p, float2 x) { *p = x; }

// Values as they would be read back from memory.
inline bool as_bool(bool x) { return x; }
inline int as_int8(int x) { return int(char(x)); }
inline int as_int16(int x) { return int(short(x)); }
inline int as_int32(int x) { return x; }
inline uint as_uint8(uint x) { return x & 0xffu; }
inline uint as_uint16(uint x) { return x & 0xffffu; }
inline uint as_uint32(uint x) { return x; }
inline long as_int64(long x) { return x; }
inline ulong as_uint64(ulong x) { return x; }
inline float as_float16(float x) { return float(half(x)); }
inline float as_bfloat16(float x) { return widened(narrowed(x)); }
inline float as_float32(float x) { return x; }
inline float2 as_complex64(float2 x) { return x; }

// Conversions. Floats go to integers toward zero; what 64 bits cannot hold becomes the nearest they can, NaN becomes 0.
inline long to_long(float x) {
    if (isnan(x)) {
        return 0;
    }
    if (x >= 9223372036854775808.0f) {
        return 0x7fffffffffffffffL;
    }
    return x <= -9223372036854775808.0f ? -0x7fffffffffffffffL - 1L : long(x);
}

inline ulong to_ulong(float x) {
    if (x >= 18446744073709551616.0f) {
        return 0xffffffffffffffffUL;
    }
    return x >= 9223372036854775808.0f ? ulong(x) : ulong(to_long(x));
}

inline int to_int(float x) { return fabs(x) < 2147483648.0f ? int(x) : int(to_long(x)); }
inline uint to_uint(float x) { return fabs(x) < 2147483648.0f ? uint(int(x)) : uint(to_long(x)); }
inline bool to_bool(float x) { return x != 0.0f; }
inline float to_float(float x) { return x; }
inline float2 to_complex(float x) { return float2(x, 0.0f); }

#define CONVERSIONS_OF(T)                                              \
    inline bool to_bool(T x) { return x != T(0); }                     \
    inline int to_int(T x) { return int(x); }                          \
    inline uint to_uint(T x) { return uint(x); }                       \
    inline long to_long(T x) { return long(x); }                       \
    inline ulong to_ulong(T x) { return ulong(x); }                    \
    inline float to_float(T x) { return float(x); }                    \
    inline float2 to_complex(T x) { return float2(float(x), 0.0f); }

CONVERSIONS_OF(bool)
CONVERSIONS_OF(int)
CONVERSIONS_OF(uint)
CONVERSIONS_OF(long)
CONVERSIONS_OF(ulong)

inline bool to_bool(float2 x) { return x.x != 0.0f || x.y != 0.0f; }
inline int to_int(float2 x) { return to_int(x.x); }
inline uint to_uint(float2 x) { return to_uint(x.x); }
inline long to_long(float2 x) { return to_long(x.x); }
inline ulong to_ulong(float2 x) { return to_ulong(x.x); }
inline float to_float(float2 x) { return x.x; }
inline float2 to_complex(float2 x) { return x; }
