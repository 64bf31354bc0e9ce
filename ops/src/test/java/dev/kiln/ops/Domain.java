package dev.kiln.ops;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import java.util.Optional;
import java.util.Random;

/**
 * Which numbers an operand is drawn from.
 *
 * @param specials whether floating operands also get infinities, NaN and zeros of both signs
 * @param dtype the operand's dtype if it is not that of the case
 */
record Domain(double low, double high, boolean specials, Optional<DType> dtype) {

    static Domain of(double low, double high) {
        return new Domain(low, high, false, Optional.empty());
    }

    /** These and the special numbers. */
    Domain withSpecials() {
        return new Domain(low, high, true, dtype);
    }

    /** These, always in {@code fixed}. */
    Domain as(DType fixed) {
        return new Domain(low, high, specials, Optional.of(fixed));
    }

    /** Values that {@code type} can hold once rounded: whole for integers, not negative for unsigned ones. */
    Values draw(Shape shape, DType type, Random random) {
        double[] elements = new double[Math.toIntExact(shape.size())];
        for (int i = 0; i < elements.length; i++) {
            elements[i] = type.isIntegral() ? whole(type, random) : real(random);
        }
        return new Values(shape, elements);
    }

    private double real(Random random) {
        if (specials && random.nextInt(8) == 0) {
            return new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 0.0, -0.0}[random
                    .nextInt(5)];
        }
        return low + (high - low) * random.nextDouble();
    }

    private double whole(DType type, Random random) {
        if (type == DType.BOOL) {
            return random.nextInt(2);
        }
        long from = (long) Math.ceil(type.category() == DType.Category.UNSIGNED ? Math.max(0, low) : low);
        long to = Math.max(from, (long) Math.floor(high));
        return from + random.nextLong(to - from + 1);
    }
}
