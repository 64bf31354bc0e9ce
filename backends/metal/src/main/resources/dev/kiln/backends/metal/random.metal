// Threefry-2x32 with 20 rounds (Salmon, Moraes, Dror and Shaw 2011, section 4.2): a key turns each counter into two words.

inline uint2 mixed(uint2 x, uint by) {
    uint a = x.x + x.y;
    return uint2(a, ((x.y << by) | (x.y >> (32 - by))) ^ a);
}

inline uint2 even_rounds(uint2 x) { return mixed(mixed(mixed(mixed(x, 13), 15), 26), 6); }
inline uint2 odd_rounds(uint2 x) { return mixed(mixed(mixed(mixed(x, 17), 29), 16), 24); }

inline uint2 threefry(uint key0, uint key1, uint2 counter) {
    const uint key2 = key0 ^ key1 ^ 0x1bd11bdau;
    uint2 x = counter + uint2(key0, key1);
    x = even_rounds(x) + uint2(key1, key2 + 1u);
    x = odd_rounds(x) + uint2(key2, key0 + 2u);
    x = even_rounds(x) + uint2(key0, key1 + 3u);
    x = odd_rounds(x) + uint2(key1, key2 + 4u);
    return even_rounds(x) + uint2(key2, key0 + 5u);
}

// Word number `word` of an array of so many bytes; of the last one, those that are there.
inline void put(device uchar *array, at bytes, at word, uint value) {
    for (uint i = 0; i < 4; i++) {
        if (word * 4 + at(i) < bytes) {
            array[word * 4 + at(i)] = uchar(value >> (8 * i));
        }
    }
}

inline void put(device uint *array, at, at word, uint value) { array[word] = value; }

// Counter number i gives the words i and i + words - words / 2; the middle one of an odd number is half a counter.
template <typename T>
inline void draw(device const uint *key, at second_word, device T *array, at bytes, at i) {
    const at words = (bytes + 3) / 4;
    const at half_of_them = words / 2;
    const bool pair = i < half_of_them;
    const at behind = i + words - half_of_them;
    const uint2 drawn = threefry(key[0], key[second_word], uint2(uint(i), pair ? uint(behind) : 0u));
    put(array, bytes, i, drawn.x);
    if (pair) {
        put(array, bytes, behind, drawn.y);
    }
}
