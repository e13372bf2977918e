// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.tidy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Shows that each rule can fail, and that it leaves alone what it should.
class RulesTest {
    private static final String MAIN = "core/src/main/java/a/A.java";
    private static final String TEST = "core/src/test/java/a/ATest.java";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "long t = System.nanoTime();",
                "java.util.function.LongSupplier s = System::nanoTime;",
                "long t = java.lang.System.currentTimeMillis();",
                "Object o = Instant.now();",
                "Object o = new Random(1);",
                "Object o = new java.util.Random();",
                "java.util.function.Supplier<Object> s = Random::new;",
                "Object o = ThreadLocalRandom.current();",
                "double d = Math.random();",
                "Object o = UUID.randomUUID();",
                "void f() { Thread.sleep(1); }",
                "void f(Thread t) { t.interrupt(); }",
                "void f(Thread t) { g(t::interrupt); }",
                "void f(Future<?> x) { x.cancel(true); }",
                "void f(ExecutorService x) { x.shutdownNow(); }",
            })
    void aBannedCallIsFound(String member) {
        assertThat(calls(MAIN, member)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "String s = \"System.nanoTime()\"; // Thread.sleep(1)",
                "void f(Future<?> x) { x.cancel(false); }",
                "boolean f() { return Thread.interrupted(); }",
                "long nanoTime() { return nanoTime(); }",
                "Object f(RandomGenerator random) { return random.nextInt(); }",
                "synchronized void f() {}",
            })
    void whatOnlyLooksLikeABannedCallIsNotFound(String member) {
        assertThat(calls(MAIN, member)).isEmpty();
    }

    @Test
    void aStaticImportHidesNothing() {
        JavaSource source = source(MAIN, "import static java.lang.System.nanoTime;\nclass A {}\n");
        assertThat(CallRules.violations(source)).hasSize(1);
    }

    @Test
    void testsMaySeedGeneratorsAndReadTheClockForDeadlines() {
        assertThat(calls(TEST, "Object o = new Random(7); long t = System.nanoTime();")).isEmpty();
        assertThat(calls(TEST, "Object o = new Random();")).hasSize(1);
        assertThat(calls(TEST, "void f() { Thread.sleep(1); }")).hasSize(1);
    }

    @Test
    void whatStartsAProgramMayReadClocksButNotInterrupt() {
        AllowedCalls none = AllowedCalls.parse("# nothing\n");
        String member = "long t = System.nanoTime(); void f(Thread t) { t.interrupt(); }";
        assertThat(calls("dfget/src/main/java/a/Main.java", member))
                .extracting(none::allows)
                .containsExactly(true, false);
        assertThat(calls("dfget/src/main/java/a/DfgetEnvironment.java", member))
                .extracting(none::allows)
                .containsExactly(true, false);
        assertThat(calls(MAIN, member)).extracting(none::allows).containsExactly(false, false);
    }

    @Test
    void anAllowedCallIsAllowedInItsFileOnly() {
        AllowedCalls allowed = AllowedCalls.parse(MAIN + " | Thread.sleep | because\n");
        assertThat(allowed.unused()).hasSize(1);
        String member = "void f() { Thread.sleep(1); Math.random(); }";
        assertThat(calls(MAIN, member)).extracting(allowed::allows).containsExactly(true, false);
        assertThat(calls(TEST, member)).extracting(allowed::allows).containsExactly(false, false);
        assertThat(allowed.unused()).isEmpty();
    }

    @Test
    void anExceptionWithoutAReasonIsRefused() {
        assertThatThrownBy(() -> AllowedCalls.parse(MAIN + " | Thread.sleep | \n"))
                .hasMessageContaining("reason");
    }

    @Test
    void longFilesMethodsAndLinesAreFound() {
        String body = "x();\n".repeat(58);
        assertThat(ShapeRules.tooLong(source(MAIN, "class A {\nvoid f() {\n" + body + "}\n}\n")))
                .isEmpty();
        assertThat(ShapeRules.tooLong(source(MAIN, "class A {\nvoid f() {\n" + body + "\n}\n}\n")))
                .singleElement()
                .asString()
                .contains("A.java:2: f has 61 lines");
        assertThat(ShapeRules.tooLong(source(MAIN, "class A {}\n" + "\n".repeat(399)))).isEmpty();
        assertThat(ShapeRules.tooLong(source(MAIN, "class A {}\n" + "\n".repeat(400)))).hasSize(1);
        assertThat(ShapeRules.tooLong(source(MAIN, "class A {} //" + "x".repeat(88)))).hasSize(1);
        assertThat(ShapeRules.tooLong(source(MAIN, "class A {} // http://" + "x".repeat(88))))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"StoreImpl", "HexUtil", "HexUtils", "TaskManager", "PathHelper"})
    void aNameThatSaysNothingIsFound(String name) {
        assertThat(ShapeRules.emptyNames(source(MAIN, "class A { record " + name + "() {} }")))
                .hasSize(1);
        assertThat(ShapeRules.emptyNames(source(MAIN, "class Store {}"))).isEmpty();
    }

    @Test
    void aMissingLicenceLineIsFound() {
        assertThat(TextRules.withoutLicence(MAIN, "package a;\n")).hasSize(1);
        assertThat(
                        TextRules.withoutLicence(
                                MAIN, "// SPDX-License-Identifier: Apache-2.0\npackage a;\n"))
                .isEmpty();
    }

    @Test
    void aPromiseWithoutAnIssueIsFound() {
        String word = "TO" + "DO";
        assertThat(TextRules.promises(MAIN, "a\n// " + word + ": later\n"))
                .singleElement()
                .asString()
                .startsWith(MAIN + ":2: ");
        assertThat(TextRules.promises(MAIN, "// " + word + "(#12): later\n")).isEmpty();
        assertThat(TextRules.promises(MAIN, "TODOS\n")).isEmpty();
    }

    @Test
    void aBigFileIsFound() {
        assertThat(TextRules.tooBig("a.bin", 200_000)).isEmpty();
        assertThat(TextRules.tooBig("a.bin", 200_001)).hasSize(1);
    }

    @Test
    void aDeadLinkIsFound(@TempDir Path dir) throws IOException {
        Files.createDirectories(dir.resolve("docs"));
        Files.writeString(dir.resolve("README.md"), "");
        Repository repository = new Repository(dir);
        String text =
                """
                [a](../README.md) [b](/README.md#top) [c](https://x.y/z) [d](#here) `[e](nowhere)`
                [dead](gone.md "title") ![dead](img/no.png)
                ```
                [f](nowhere)
                ```
                """;
        assertThat(TextRules.deadLinks(repository, "docs/a.md", text))
                .containsExactly(
                        "docs/a.md: the link to gone.md leads nowhere",
                        "docs/a.md: the link to img/no.png leads nowhere");
        assertThat(TextRules.deadLinks(repository, "README.md", "[a](docs)")).isEmpty();
    }

    @Test
    void aPackageWithoutNullMarkedIsFound(@TempDir Path dir) throws IOException {
        for (String name : List.of("good", "bare", "unmarked")) {
            Path pack = Files.createDirectories(dir.resolve("core/src/main/java/" + name));
            Files.writeString(pack.resolve("A.java"), "");
        }
        Path root = dir.resolve("core/src/main/java");
        Files.writeString(root.resolve("good/package-info.java"), "@NullMarked package good;");
        Files.writeString(root.resolve("unmarked/package-info.java"), "package unmarked;");
        assertThat(TextRules.withoutNullMarked(new Repository(dir)))
                .containsExactly(
                        "core/src/main/java/bare/package-info.java: missing, or without"
                                + " @NullMarked",
                        "core/src/main/java/unmarked/package-info.java: missing, or without"
                                + " @NullMarked");
    }

    @Test
    void generatedFilesAreNotOurs(@TempDir Path dir) throws IOException {
        Files.createDirectories(dir.resolve("core/target"));
        Files.writeString(dir.resolve("core/target/A.java"), "");
        Files.writeString(dir.resolve("core/B.java"), "");
        assertThat(new Repository(dir).files()).containsExactly("core/B.java");
    }

    private static List<CallRules.Violation> calls(String path, String member) {
        return CallRules.violations(source(path, "class A {\n    " + member + "\n}\n"));
    }

    private static JavaSource source(String path, String text) {
        return JavaSource.parse(Map.of(path, text)).getFirst();
    }
}
