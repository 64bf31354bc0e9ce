package dev.kiln.ops;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;

/** The random keys that a function has drawn, so that it can be called again and draw the same. */
final class Draws {

    /** Where keys come from; asked with the way to draw a new one. */
    @FunctionalInterface
    private interface Source {
        Array next(Supplier<Array> fresh);
    }

    private static final ScopedValue<Source> CURRENT = ScopedValue.newInstance();

    private final List<Array> keys = new ArrayList<>();

    /** The key that is to be drawn now, which is {@code fresh} unless a function is called again. */
    static Array next(Supplier<Array> fresh) {
        return current().next(fresh);
    }

    private static Source current() {
        return CURRENT.isBound() ? CURRENT.get() : Supplier::get;
    }

    /** Calls {@code function} for the first time. */
    <R> R first(Supplier<R> function) {
        Source outer = current();
        Source noting = fresh -> {
            Array key = outer.next(fresh);
            keys.add(key);
            return key;
        };
        return ScopedValue.where(CURRENT, noting).call(function::get);
    }

    /** Calls {@code function} with the keys of the first time. */
    <R> R again(Supplier<R> function) {
        Iterator<Array> same = List.copyOf(keys).iterator();
        Source given = fresh -> same.hasNext() ? same.next() : fresh.get();
        return ScopedValue.where(CURRENT, given).call(function::get);
    }
}
