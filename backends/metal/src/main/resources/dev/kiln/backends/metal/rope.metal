// Turns pairs of features by angles that grow with the position and shrink with the pair.

// The number of the radians that pair j turns at a position: base^(-2j / dims).
inline float frequency(float log_base, at pairs, at pair) { return exp(-float(pair) * (log_base / float(pairs))); }

// One pair of a row, from x to out; `apart` is how far its two features are from each other in either.
template <typename T>
inline void turn(device const T *x, at apart_in_x, device T *out, at apart_in_out, float angle, float forward) {
    const float a = load(x);
    const float b = load(x + apart_in_x);
    const float cosine = cos(angle);
    const float sine = forward * sin(angle);
    store(out, a * cosine - b * sine);
    store(out + apart_in_out, a * sine + b * cosine);
}
