package dev.kiln.backends.metal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.Annotation;
import java.lang.classfile.AnnotationElement;
import java.lang.classfile.AnnotationValue;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.constant.ClassDesc;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.net.JarURLConnection;
import java.net.URL;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The types of messages against RoboVM's bindings of Metal, which others have made from Apple's headers. */
class MessagesInOtherBindingsTest {

    /** RoboVM makes and reads strings in ways of its own. */
    private static final Set<String> NOT_BOUND = Set.of("new", "stringWithUTF8String:", "UTF8String");
    private static final List<String> FOLDERS = List.of("org/robovm/apple/metal/MTL",
            "org/robovm/apple/foundation/NSError");

    private static final Map<String, Set<FunctionDescriptor>> BOUND = read();

    static Stream<String> selectors() {
        return MessagesInUse.all().stream().map(Message::name).filter(name -> !NOT_BOUND.contains(name)).distinct();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("selectors")
    void this_message_has_the_types_that_others_give_it(String selector) {
        Set<FunctionDescriptor> others = BOUND.getOrDefault(selector, Set.of());
        assertFalse(others.isEmpty(), "RoboVM does not know " + selector);
        MessagesInUse.all().stream().filter(message -> message.name().equals(selector))
                .forEach(message -> assertEquals(others, Set.of(message.type())));
    }

    @Test
    void nothing_is_left_out_that_could_be_compared() {
        Set<String> missing = new TreeSet<>(NOT_BOUND);
        missing.retainAll(BOUND.keySet());
        assertEquals(Set.of(), missing);
    }

    private static Map<String, Set<FunctionDescriptor>> read() {
        Map<String, Set<FunctionDescriptor>> bound = new HashMap<>();
        URL url = MessagesInOtherBindingsTest.class.getResource("/org/robovm/apple/metal/MTLDevice.class");
        try (JarFile jar = ((JarURLConnection) url.openConnection()).getJarFile()) {
            for (var entry : jar.stream().filter(e -> FOLDERS.stream().anyMatch(e.getName()::startsWith)).toList()) {
                if (entry.getName().endsWith(".class")) {
                    for (MethodModel method : parse(jar, entry.getName()).methods()) {
                        selector(method).ifPresent(name -> bound.computeIfAbsent(name, key -> new HashSet<>())
                                .add(type(jar, method)));
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bound;
    }

    private static ClassModel parse(JarFile jar, String entry) {
        try (InputStream bytes = jar.getInputStream(jar.getEntry(entry))) {
            return ClassFile.of().parse(bytes.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<String> selector(MethodModel method) {
        return method.findAttribute(Attributes.runtimeVisibleAnnotations()).stream()
                .flatMap(found -> found.annotations().stream())
                .filter(a -> Set.of("Lorg/robovm/objc/annotation/Method;", "Lorg/robovm/objc/annotation/Property;")
                        .contains(a.className().stringValue()))
                .flatMap(a -> a.elements().stream()).filter(element -> element.name().equalsString("selector"))
                .map(AnnotationElement::value).map(value -> ((AnnotationValue.OfString) value).stringValue())
                .findFirst();
    }

    private static FunctionDescriptor type(JarFile jar, MethodModel method) {
        var types = method.methodTypeSymbol();
        List<List<Annotation>> annotations = method.findAttribute(Attributes.runtimeVisibleParameterAnnotations())
                .map(found -> found.parameterAnnotations()).orElse(List.of());
        List<MemoryLayout> arguments = new ArrayList<>(List.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS));
        for (int i = 0; i < types.parameterCount(); i++) {
            arguments.add(layout(jar, types.parameterType(i), i < annotations.size() ? annotations.get(i) : List.of()));
        }
        MemoryLayout[] all = arguments.toArray(MemoryLayout[]::new);
        return types.returnType().descriptorString().equals("V")
                ? FunctionDescriptor.ofVoid(all)
                : FunctionDescriptor.of(layout(jar, types.returnType(), List.of()), all);
    }

    private static MemoryLayout layout(JarFile jar, ClassDesc type, List<Annotation> annotations) {
        return switch (type.descriptorString()) {
            case "Z" -> ValueLayout.JAVA_BOOLEAN;
            case "I" -> ValueLayout.JAVA_INT;
            case "J" -> has(annotations, "Pointer") ? ValueLayout.ADDRESS : ValueLayout.JAVA_LONG;
            case "D" -> ValueLayout.JAVA_DOUBLE;
            case "F" -> ValueLayout.JAVA_FLOAT;
            case "Lorg/robovm/apple/metal/MTLSize;" -> has(annotations, "ByVal") ? Message.SIZE : ValueLayout.ADDRESS;
            default -> isNumber(jar, type) ? ValueLayout.JAVA_LONG : ValueLayout.ADDRESS;
        };
    }

    private static boolean has(List<Annotation> annotations, String name) {
        return annotations.stream()
                .anyMatch(a -> a.className().equalsString("Lorg/robovm/rt/bro/annotation/" + name + ";"));
    }

    /** Whether it is one of Metal's enumerations or sets of options, which are all NSUInteger or NSInteger. */
    private static boolean isNumber(JarFile jar, ClassDesc type) {
        String name = type.descriptorString();
        String entry = name.substring(name.startsWith("L") ? 1 : 0, Math.max(1, name.length() - 1)) + ".class";
        if (jar.getEntry(entry) == null) {
            return false;
        }
        return parse(jar, entry).superclass().map(above -> above.asInternalName())
                .filter(Set.of("java/lang/Enum", "org/robovm/rt/bro/Bits")::contains).isPresent();
    }
}
