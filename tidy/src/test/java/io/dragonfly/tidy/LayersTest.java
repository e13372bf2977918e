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
import java.util.Set;
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

    private static List<String> violations(Rule rule) {
        return CLASSES.stream()
                .filter(type -> !Layers.TOOLS.contains(Layers.module(type.getPackageName())))
                .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
                .flatMap(dependency -> check(rule, dependency).stream())
                .distinct()
                .sorted()
                .toList();
    }

    private static List<String> check(Rule rule, Dependency dependency) {
        JavaClass target = dependency.getTargetClass().getBaseComponentType();
        return rule.check(dependency.getOriginClass().getName(), target.getName()).stream()
                .map(what -> what + " " + dependency.getSourceCodeLocation())
                .toList();
    }
}
