// Products of matrices by tiles of 64 x 64: 256 threads bring 16 columns of the left and 16 rows of the right tile into
// threadgroup memory, widened to float, and each of them computes 4 x 4 sums in registers.

// The sizes of a product, and the steps along rows and columns of its factors in elements.
struct Product {
    at m;
    at n;
    at k;
    at left_row;
    at left_column;
    at right_row;
    at right_column;
};

// Brings one tile: `across` counts its 64 lines, `along` its 16 places. Neighbouring threads read neighbouring elements.
template <typename T>
inline void bring(device const T *matrix, threadgroup float *tile, at first_line, at lines, at line_step, at first_place,
                  at places, at place_step, uint thread_number) {
    for (uint part = 0; part < 4; part++) {
        const uint element = thread_number + 256 * part;
        const uint line = place_step == 1 ? element / 16 : element % 64;
        const uint place = place_step == 1 ? element % 16 : element / 64;
        const at across = first_line + at(line);
        const at along = first_place + at(place);
        const bool inside = across < lines && along < places;
        tile[place * 64 + line] = inside ? load(matrix + (across * line_step + along * place_step)) : 0.0f;
    }
}

template <typename T>
inline void multiply(device const T *left, device const T *right, device T *out, Product size, threadgroup float *left_tile,
                     threadgroup float *right_tile, uint2 group, uint thread_number) {
    const at first_row = at(group.y) * 64;
    const at first_column = at(group.x) * 64;
    const uint x = thread_number % 16;
    const uint y = thread_number / 16;
    float sums[4][4];
    for (uint i = 0; i < 4; i++) {
        for (uint j = 0; j < 4; j++) {
            sums[i][j] = 0.0f;
        }
    }
    for (at from = 0; from < size.k; from += 16) {
        bring(left, left_tile, first_row, size.m, size.left_row, from, size.k, size.left_column, thread_number);
        bring(right, right_tile, first_column, size.n, size.right_column, from, size.k, size.right_row, thread_number);
        threadgroup_barrier(mem_flags::mem_threadgroup);
        for (uint place = 0; place < 16; place++) {
            float a[4];
            float b[4];
            for (uint i = 0; i < 4; i++) {
                a[i] = left_tile[place * 64 + y * 4 + i];
                b[i] = right_tile[place * 64 + x * 4 + i];
            }
            for (uint i = 0; i < 4; i++) {
                for (uint j = 0; j < 4; j++) {
                    sums[i][j] += a[i] * b[j];
                }
            }
        }
        threadgroup_barrier(mem_flags::mem_threadgroup);
    }
    for (uint i = 0; i < 4; i++) {
        for (uint j = 0; j < 4; j++) {
            const at row = first_row + at(y * 4 + i);
            const at column = first_column + at(x * 4 + j);
            if (row < size.m && column < size.n) {
                store(out + (row * size.n + column), sums[i][j]);
            }
        }
    }
}
