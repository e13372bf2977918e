// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Holds the compiled classes of all modules to the layers of the design.
class LayersTest {
    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages(Layers.ROOT);

    @Test
    void modulesUseOnlyWhatIsBelowThem() {
        assertThat(violations(Layers::violation)).isEmpty();
    }

    @Test
    void coreDecidesAndDoesNotAct() {
        assertThat(violations(Layers::actionInCore)).isEmpty();
    }

    @Test
    void everyModuleWithCodeIsChecked() {
        Repository repository = Repository.enclosing(Path.of(""));
        Set<String> modules =
                repository.files(".java").stream()
                        .filter(file -> file.contains("/src/main/java/io/dragonfly/"))
                        .map(file -> file.substring(0, file.indexOf('/')))
                        .filter(module -> !Layers.TOOLS.contains(module))
                        .collect(Collectors.toCollection(TreeSet::new));
        Set<String> checked =
                CLASSES.stream()
                        .map(type -> Layers.module(type.getPackageName()))
                        .collect(Collectors.toCollection(TreeSet::new));
        assertThat(checked).as("add what is missing to tidy/pom.xml").containsAll(modules);
        assertThat(Layers.ALLOWED.keySet()).as("modules that Layers knows").containsAll(modules);
    }

    private interface Rule {
        List<String> check(String origin, String target);
    }

    /// One line for each class and thing that is wrong, with one place where it shows.
    private static List<String> violations(Rule rule) {
        Map<String, String> places = new TreeMap<>();
        for (JavaClass type : CLASSES) {
            if (Layers.TOOLS.contains(Layers.module(type.getPackageName()))) {
                continue;
            }
            for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                String target = dependency.getTargetClass().getBaseComponentType().getName();
                for (String what : rule.check(type.getName(), target)) {
                    places.merge(
                            type.getName() + ": " + what,
                            dependency.getSourceCodeLocation().toString(),
                            (one, other) -> one.compareTo(other) > 0 ? one : other);
                }
            }
        }
        return places.entrySet().stream()
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .toList();
    }
}
