package dev.kiln.ops;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Takes records of one class apart and puts them together. Found once for each class. */
final class RecordParts {

    private static final ClassValue<RecordParts> KNOWN = new ClassValue<>() {
        @Override
        protected RecordParts computeValue(Class<?> type) {
            return new RecordParts(type);
        }
    };

    private final Class<?> type;
    private final List<MethodHandle> accessors = new ArrayList<>();
    private final MethodHandle constructor;

    private RecordParts(Class<?> type) {
        this.type = type;
        RecordComponent[] components = type.getRecordComponents();
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            for (RecordComponent component : components) {
                Method accessor = component.getAccessor();
                accessor.setAccessible(true);
                accessors.add(lookup.unreflect(accessor).asType(
                        MethodType.methodType(Object.class, Object.class)));
            }
            Constructor<?> canonical = type.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
            canonical.setAccessible(true);
            constructor = lookup.unreflectConstructor(canonical).asSpreader(Object[].class, components.length)
                    .asType(MethodType.methodType(Object.class, Object[].class));
        } catch (ReflectiveOperationException | InaccessibleObjectException closed) {
            throw new IllegalArgumentException("[tree] The components of record " + type.getName()
                    + " cannot be read: make the record public in an exported package, or let its module open "
                    + type.getPackageName() + " to dev.kiln.ops.", closed);
        }
    }

    static RecordParts of(Class<?> type) {
        return KNOWN.get(type);
    }

    /** The values of the components, in their order. */
    List<@Nullable Object> values(Record record) {
        List<@Nullable Object> values = new ArrayList<>(accessors.size());
        for (MethodHandle accessor : accessors) {
            values.add(call(accessor, record));
        }
        return values;
    }

    /** The record of these values. */
    Object make(List<@Nullable Object> values) {
        return Objects.requireNonNull(call(constructor, (Object) values.toArray()));
    }

    private @Nullable Object call(MethodHandle handle, Object argument) {
        try {
            return handle.invoke(argument);
        } catch (RuntimeException | Error thrown) {
            throw thrown;
        } catch (Throwable thrown) {
            throw new IllegalStateException("[tree] Record " + type.getName() + " threw " + thrown, thrown);
        }
    }
}
