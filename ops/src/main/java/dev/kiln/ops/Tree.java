package dev.kiln.ops;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A value made of arrays: an array, or a list, a map, a Java array or a record of such values, nested at will. Whatever else
 * stands in it, a number or a name, belongs to the structure.
 *
 * @param leaves the arrays, in order
 * @param structure the value without its arrays
 */
record Tree<T>(List<Array> leaves, Structure structure) {

    /** Where arrays stand. Equal structures hold equal things beside their arrays. */
    sealed interface Structure {}

    /** An array. */
    record Leaf() implements Structure {}

    /** Something that holds no array. */
    record Fixed(@Nullable Object value) implements Structure {}

    /** The items of a list. */
    record Items(List<Structure> items) implements Structure {}

    /** The items of an {@code Array[]}. */
    record Row(int length) implements Structure {}

    /** The values of a map, in its order. */
    record Entries(List<Object> keys, List<Structure> values) implements Structure {}

    /** The components of a record. */
    record Components(Class<?> type, List<Structure> values) implements Structure {}

    private static final Leaf LEAF = new Leaf();

    /** The tree that {@code value} is. */
    static <T> Tree<T> of(T value) {
        List<Array> leaves = new ArrayList<>();
        Structure structure = structure(value, leaves);
        return new Tree<>(Collections.unmodifiableList(leaves), structure);
    }

    /** The same with other arrays. */
    @SuppressWarnings("unchecked") // the structure came from a T
    T with(List<Array> others) {
        return (T) Objects.requireNonNull(build(structure, others.iterator()));
    }

    private static Structure structure(@Nullable Object value, List<Array> leaves) {
        return switch (value) {
            case Array array -> {
                leaves.add(array);
                yield LEAF;
            }
            case Array[] row -> {
                Collections.addAll(leaves, row);
                yield new Row(row.length);
            }
            case List<?> list -> new Items(structures(list, leaves));
            case Map<?, ?> map -> new Entries(List.copyOf(map.keySet()), structures(map.values(), leaves));
            case Record record -> new Components(record.getClass(),
                    structures(RecordParts.of(record.getClass()).values(record), leaves));
            case null, default -> new Fixed(value);
        };
    }

    private static List<Structure> structures(Iterable<?> values, List<Array> leaves) {
        ImmutableList.Builder<Structure> structures = ImmutableList.builder();
        for (Object value : values) {
            structures.add(structure(value, leaves));
        }
        return structures.build();
    }

    private static @Nullable Object build(Structure structure, Iterator<Array> leaves) {
        return switch (structure) {
            case Leaf leaf -> leaves.next();
            case Fixed(Object value) -> value;
            case Row(int length) -> {
                Array[] row = new Array[length];
                for (int i = 0; i < length; i++) {
                    row[i] = leaves.next();
                }
                yield row;
            }
            case Items(List<Structure> items) -> list(items, leaves);
            case Entries(List<Object> keys, List<Structure> values) -> {
                Map<Object, @Nullable Object> map = new LinkedHashMap<>();
                for (int i = 0; i < keys.size(); i++) {
                    map.put(keys.get(i), build(values.get(i), leaves));
                }
                yield Collections.unmodifiableMap(map);
            }
            case Components(Class<?> type, List<Structure> values) -> RecordParts.of(type).make(list(values, leaves));
        };
    }

    private static List<@Nullable Object> list(List<Structure> items, Iterator<Array> leaves) {
        List<@Nullable Object> list = new ArrayList<>(items.size());
        for (Structure item : items) {
            list.add(build(item, leaves));
        }
        return Collections.unmodifiableList(list);
    }
}
