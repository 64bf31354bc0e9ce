// Indices come from the program's data, so each is checked before it becomes a place.

// The index from 0; negative ones count from the end. One that is out of bounds is reported, and 0 is taken.
inline at checked(long raw, bool counts_from_end, at length, device long *report) {
    const long index = counts_from_end && raw < 0 ? raw + long(length) : raw;
    if (index < 0 || index >= long(length)) {
        report[1] = raw;
        report[0] = 1;
        return 0;
    }
    return at(index);
}
