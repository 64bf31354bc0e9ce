package dev.kiln.graph;

import java.util.Locale;

/** The element types of an array, with MLX's names and MLX's promotion. */
public enum DType {
    BOOL(Category.BOOL, 1), UINT8(Category.UNSIGNED, 1), UINT16(Category.UNSIGNED, 2), UINT32(Category.UNSIGNED, 4),
    UINT64(Category.UNSIGNED, 8), INT8(Category.SIGNED, 1), INT16(Category.SIGNED, 2), INT32(Category.SIGNED, 4),
    INT64(Category.SIGNED, 8), FLOAT16(Category.FLOATING, 2), BFLOAT16(Category.FLOATING, 2),
    FLOAT32(Category.FLOATING, 4), FLOAT64(Category.FLOATING, 8), COMPLEX64(Category.COMPLEX, 8);

    /** What an element is, in the order in which promotion climbs. */
    public enum Category {
        BOOL, UNSIGNED, SIGNED, FLOATING, COMPLEX
    }

    private static final DType[] SIGNED_BY_LOG_SIZE = {INT8, INT16, INT32, INT64};

    private final Category category;
    private final int size;
    private final String text;

    DType(Category category, int size) {
        this.category = category;
        this.size = size;
        this.text = name().toLowerCase(Locale.ROOT);
    }

    /** What an element is. */
    public Category category() {
        return category;
    }

    /** Bytes of an element. */
    public int size() {
        return size;
    }

    /** Whether this is one of the four real floating-point types. */
    public boolean isFloating() {
        return category == Category.FLOATING;
    }

    /** Whether this is a signed or unsigned integer type; {@link #BOOL} is not. */
    public boolean isInteger() {
        return category == Category.SIGNED || category == Category.UNSIGNED;
    }

    /** Whether this is bool or an integer type. */
    public boolean isIntegral() {
        return category.compareTo(Category.FLOATING) < 0;
    }

    /** The type in which an operation on {@code a} and {@code b} is done, by MLX's table. */
    public static DType promote(DType a, DType b) {
        if (a == b) {
            return a;
        }
        if (a.category.compareTo(b.category) > 0) {
            return promote(b, a);
        }
        if (a.category == b.category) {
            if (a.size == b.size) { // float16 with bfloat16: neither holds the other
                return FLOAT32;
            }
            return a.size > b.size ? a : b;
        }
        if (a.category == Category.UNSIGNED && b.category == Category.SIGNED) {
            if (a.size < b.size) {
                return b;
            }
            return a == UINT64 ? FLOAT32 : SIGNED_BY_LOG_SIZE[Integer.numberOfTrailingZeros(a.size) + 1];
        }
        return b;
    }

    /** The type of a floating-point function of this type: itself if floating or complex, else float32. */
    public DType toInexact() {
        return isIntegral() ? FLOAT32 : this;
    }

    /** MLX's name, such as {@code bfloat16}. */
    @Override
    public String toString() {
        return text;
    }
}
