package dev.kiln.ops;

import com.google.common.base.CaseFormat;
import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A value made of arrays: an array, or a list, a map, a Java array or a record of such values, nested at will. Whatever else
 * stands in it, a number or a name, belongs to the structure. Programs take one apart to name its arrays, as files do, or to
 * do something to all of them.
 *
 * @param leaves the arrays, in order
 * @param structure the value without its arrays
 */
public record Tree<T>(List<Array> leaves, Structure structure) {

    /** Where arrays stand. Equal structures hold equal things beside their arrays. */
    public sealed interface Structure {}

    /** An array. */
    record Leaf() implements Structure {}

    /** Something that holds no array. */
    record Fixed(@Nullable Object value) implements Structure {}

    /** The items of a list. */
    record Items(List<Structure> items) implements Structure {}

    /** The items of a Java array of this kind of items. */
    record Row(Class<?> of, List<Structure> items) implements Structure {}

    /** The values of a map, in its order. */
    record Entries(List<Object> keys, List<Structure> values) implements Structure {}

    /** The components of a record. */
    record Components(Class<?> type, List<Structure> values) implements Structure {}

    private static final Leaf LEAF = new Leaf();

    /** The tree that {@code value} is. */
    public static <T> Tree<T> of(T value) {
        List<Array> leaves = new ArrayList<>();
        Structure structure = structure(value, leaves);
        return new Tree<>(Collections.unmodifiableList(leaves), structure);
    }

    /** The same with other arrays. */
    @SuppressWarnings("unchecked") // the structure came from a T
    public T with(List<Array> others) {
        return (T) Objects.requireNonNull(build(structure, others.iterator()));
    }

    /** The same with {@code function} applied to each array. */
    public T map(UnaryOperator<Array> function) {
        return with(leaves.stream().map(function).toList());
    }

    /**
     * The arrays by their paths, in order: components of records, keys of maps and indices of lists, with dots between them.
     * Components are spelt as MLX spells them, {@code qProj} as {@code q_proj}. The path of a lone array is empty.
     */
    public Map<String, Array> named() {
        List<String> names = new ArrayList<>(leaves.size());
        name(structure, "", names);
        Map<String, Array> named = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            if (named.put(names.get(i), leaves.get(i)) != null) {
                throw new IllegalArgumentException("[tree] Two arrays are named " + names.get(i) + ".");
            }
        }
        return Collections.unmodifiableMap(named);
    }

    private static void name(Structure structure, String path, List<String> names) {
        switch (structure) {
            case Leaf leaf -> names.add(path);
            case Fixed fixed -> {
            }
            case Row(Class<?> of, List<Structure> items) -> name(items, path, names);
            case Items(List<Structure> items) -> name(items, path, names);
            case Entries(List<Object> keys, List<Structure> values) -> {
                for (int i = 0; i < keys.size(); i++) {
                    name(values.get(i), below(path, keys.get(i)), names);
                }
            }
            case Components(Class<?> type, List<Structure> values) -> {
                for (int i = 0; i < values.size(); i++) {
                    String component = type.getRecordComponents()[i].getName();
                    name(values.get(i), below(path, CaseFormat.LOWER_CAMEL.to(CaseFormat.LOWER_UNDERSCORE, component)),
                            names);
                }
            }
        }
    }

    private static void name(List<Structure> items, String path, List<String> names) {
        for (int i = 0; i < items.size(); i++) {
            name(items.get(i), below(path, i), names);
        }
    }

    private static String below(String path, Object step) {
        return path.isEmpty() ? step.toString() : path + "." + step;
    }

    /** {@code value} with {@code change} applied to each record of a class in it, wherever it stands. */
    public static <T, R extends Record> T replace(T value, Class<R> type, UnaryOperator<R> change) {
        @SuppressWarnings("unchecked") // a record becomes one of the same class, a list a list
        T replaced = (T) Objects.requireNonNull(replaced(value, type, change));
        return replaced;
    }

    private static <R extends Record> @Nullable Object replaced(@Nullable Object value, Class<R> type,
            UnaryOperator<R> change) {
        return switch (value) {
            case List<?> list -> replaced(list, type, change);
            case Map<?, ?> map -> {
                Map<Object, @Nullable Object> made = new LinkedHashMap<>();
                map.forEach((key, item) -> made.put(key, replaced(item, type, change)));
                yield Collections.unmodifiableMap(made);
            }
            case Object[] row -> row(row.getClass().getComponentType(), replaced(Arrays.asList(row), type, change));
            case Record record when type.isInstance(record) -> change.apply(type.cast(record));
            case Record record -> RecordParts.of(record.getClass())
                    .make(replaced(RecordParts.of(record.getClass()).values(record), type, change));
            case null, default -> value;
        };
    }

    private static <R extends Record> List<@Nullable Object> replaced(List<?> values, Class<R> type,
            UnaryOperator<R> change) {
        List<@Nullable Object> made = new ArrayList<>(values.size());
        for (Object item : values) {
            made.add(replaced(item, type, change));
        }
        return Collections.unmodifiableList(made);
    }

    private static Structure structure(@Nullable Object value, List<Array> leaves) {
        return switch (value) {
            case Array array -> {
                leaves.add(array);
                yield LEAF;
            }
            case Object[] row -> new Row(row.getClass().getComponentType(), structures(Arrays.asList(row), leaves));
            case List<?> list -> new Items(structures(list, leaves));
            case Map<?, ?> map -> new Entries(List.copyOf(map.keySet()), structures(map.values(), leaves));
            case Record record -> new Components(record.getClass(),
                    structures(RecordParts.of(record.getClass()).values(record), leaves));
            case Collection<?> other -> fixed(other, other);
            case Optional<?> other -> fixed(other, other.stream().toList());
            case null, default -> new Fixed(value);
        };
    }

    /** A container that cannot be built again in the same order, or at all, so it must not hold arrays. */
    private static Structure fixed(Object container, Collection<?> items) {
        List<Array> hidden = new ArrayList<>();
        items.forEach(item -> structure(item, hidden));
        if (!hidden.isEmpty()) {
            throw new IllegalArgumentException("[tree] Arrays stand in a " + container.getClass().getName()
                    + ". They may stand in lists, maps, Java arrays and records.");
        }
        return new Fixed(container);
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
            case Row(Class<?> of, List<Structure> items) -> row(of, list(items, leaves));
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

    private static Object row(Class<?> of, List<@Nullable Object> items) {
        return items.toArray((Object[]) java.lang.reflect.Array.newInstance(of, items.size()));
    }

    private static List<@Nullable Object> list(List<Structure> items, Iterator<Array> leaves) {
        List<@Nullable Object> list = new ArrayList<>(items.size());
        for (Structure item : items) {
            list.add(build(item, leaves));
        }
        return Collections.unmodifiableList(list);
    }
}
