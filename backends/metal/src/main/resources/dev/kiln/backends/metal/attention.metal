// Attention of one query by a threadgroup. Its eight simdgroups take every eighth key each; the 32 threads of a simdgroup have a
// share of the features, in registers. Each keeps the largest score that it has seen, the sum of the powers and the sum of the
// values by these, corrected whenever a larger score comes; in the end those of the simdgroups are brought together.

struct Attending {
    at keys;
    at seen; // how many of the keys the query sees
    at depth;
    at width;
    at key_step;
    at key_column;
    at value_step;
    at value_column;
    float scale;
};

inline float sum_of_simdgroup(float x) {
    for (ushort by = 16; by > 0; by /= 2) {
        x += simd_shuffle_xor(x, by);
    }
    return x;
}

// A mask that is added, or one of what is seen; none.
inline float masked(float score, device const bool *mask) { return *mask ? score : -INFINITY; }
template <typename T>
inline float masked(float score, device const T *mask) { return score + load(mask); }

// SHARE features a thread. The tiles have room for 8 numbers twice, and for 8 times `width` numbers.
template <typename T, typename M>
inline void attend(device const T *query, at query_column, device const T *keys, device const T *values, device const M *mask,
                   at mask_column, device T *out, Attending a, threadgroup float *largest, threadgroup float *totals,
                   threadgroup float *sums, uint lane, uint simdgroup, uint thread_number) {
    float q[SHARE];
    float sum[SHARE];
    for (uint j = 0; j < SHARE; j++) {
        const at feature = at(lane + 32 * j);
        q[j] = feature < a.depth ? load(query + feature * query_column) * a.scale : 0.0f;
        sum[j] = 0.0f;
    }
    float most = -INFINITY;
    float total = 0.0f;
    for (at first = 0; first < a.seen; first += 8) { // all simdgroups go round as often
        const at key = first + at(simdgroup);
        const bool there = key < a.seen;
        float part = 0.0f;
        for (uint j = 0; j < SHARE; j++) {
            const at feature = at(lane + 32 * j);
            part += there && feature < a.depth ? q[j] * load(keys + (key * a.key_step + feature * a.key_column)) : 0.0f;
        }
        float score = sum_of_simdgroup(part);
        if (MASKED && there) {
            score = masked(score, mask + key * mask_column);
        }
        if (there && score != -INFINITY) {
            const float more = isnan(score) || score > most ? score : most;
            const float correction = exp(most - more);
            const float power = exp(score - more);
            total = total * correction + power;
            for (uint j = 0; j < SHARE; j++) {
                const at feature = at(lane + 32 * j);
                const float value = feature < a.width
                                        ? load(values + (key * a.value_step + feature * a.value_column))
                                        : 0.0f;
                sum[j] = sum[j] * correction + power * value;
            }
            most = more;
        }
    }
    if (lane == 0) {
        largest[simdgroup] = most;
        totals[simdgroup] = total;
    }
    for (uint j = 0; j < SHARE; j++) {
        const at feature = at(lane + 32 * j);
        if (feature < a.width) {
            sums[at(simdgroup) * a.width + feature] = sum[j];
        }
    }
    threadgroup_barrier(mem_flags::mem_threadgroup);
    float most_of_all = -INFINITY;
    for (uint s = 0; s < 8; s++) {
        most_of_all = isnan(largest[s]) || largest[s] > most_of_all ? largest[s] : most_of_all;
    }
    float all = 0.0f;
    for (uint s = 0; s < 8; s++) {
        all += largest[s] == -INFINITY ? 0.0f : totals[s] * exp(largest[s] - most_of_all);
    }
    for (at feature = at(thread_number); feature < a.width; feature += 256) {
        float value = 0.0f;
        for (uint s = 0; s < 8; s++) {
            value += largest[s] == -INFINITY ? 0.0f
                                             : sums[at(s) * a.width + feature] * exp(largest[s] - most_of_all);
        }
        store(out + feature, all == 0.0f ? 0.0f : value / all); // a query that sees no key gets zeros
    }
}
