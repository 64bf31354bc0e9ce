package dev.kiln.ops;

/** What {@code pad} puts around an array. */
public enum PadMode {
    /** One value. */
    CONSTANT {
        @Override
        long source(long place, long length) {
            throw new IllegalStateException("A constant border has no source in the array.");
        }
    },
    /** The element at the edge, again and again. */
    EDGE {
        @Override
        long source(long place, long length) {
            return Math.clamp(place, 0, length - 1);
        }
    },
    /** The array mirrored at the elements at its edges, which are not repeated. */
    REFLECT {
        @Override
        long source(long place, long length) {
            if (length == 1) {
                return 0;
            }
            long within = Math.floorMod(place, 2 * (length - 1));
            return within < length ? within : 2 * (length - 1) - within;
        }
    },
    /** The array mirrored behind its edges, whose elements are repeated. */
    SYMMETRIC {
        @Override
        long source(long place, long length) {
            long within = Math.floorMod(place, 2 * length);
            return within < length ? within : 2 * length - 1 - within;
        }
    };

    /** Which of an axis' {@code length} elements stands at {@code place}, negative or beyond the end in the border. */
    abstract long source(long place, long length);
}
