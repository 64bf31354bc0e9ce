package dev.kiln.backends.cpu;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The direction of dependencies: streams, graph, ops, backends, each on those before it only. */
class ArchitectureTest {

    private static final JavaClasses KILN = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("-tests.jar")).importPackages("dev.kiln");

    private static void dependsOnlyOn(String room, String... packages) {
        classes().that().resideInAPackage("dev.kiln." + room + "..").should().onlyDependOnClassesThat()
                .resideInAnyPackage(packages).check(KILN);
    }

    @Test
    void all_rooms_are_looked_at() {
        for (String room : new String[] {"streams", "graph", "ops", "backends.cpu", "backends.cpu.vector"}) {
            assertTrue(KILN.stream().anyMatch(type -> type.getPackageName().equals("dev.kiln." + room)), room);
        }
    }

    @Test
    void streams_know_no_graphs() {
        dependsOnlyOn("streams", "dev.kiln.streams", "java..", "jdk.jfr..", "org.jspecify..");
    }

    @Test
    void graphs_know_no_operations_and_no_backend() {
        dependsOnlyOn("graph", "dev.kiln.streams", "dev.kiln.graph", "java..", "com.sun.management", "com.google..",
                "org.jspecify..");
    }

    @Test
    void operations_know_no_backend() {
        dependsOnlyOn("ops", "dev.kiln.streams", "dev.kiln.graph", "dev.kiln.ops..", "java..", "com.google..",
                "org.jspecify..");
    }

    @Test
    void backends_know_no_example() {
        noClasses().that().resideInAPackage("dev.kiln.backends..").should().dependOnClassesThat()
                .resideInAPackage("dev.kiln.examples..").check(KILN);
    }

    @Test
    void only_the_vector_package_uses_the_incubator_module() {
        noClasses().that().resideOutsideOfPackage("dev.kiln.backends.cpu.vector").should().dependOnClassesThat()
                .resideInAPackage("jdk.incubator.vector").check(KILN);
    }

    @Test
    void the_vector_package_is_loaded_by_name_only() {
        noClasses().that().resideOutsideOfPackage("dev.kiln.backends.cpu.vector").should().dependOnClassesThat()
                .resideInAPackage("dev.kiln.backends.cpu.vector").check(KILN);
    }
}
