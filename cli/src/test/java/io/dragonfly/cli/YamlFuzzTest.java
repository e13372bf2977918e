// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.origin.testing.Mangler;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Configuration files of any bytes: settings, or one line that names the file.
@Timeout(120)
final class YamlFuzzTest {
    private static final int TEXTS = 600;
    private static final Map<String, String> NAMES = Map.of("port", "port", "node", "node");
    private static final List<String> GOOD =
            List.of(
                    "port: 8002\nnode: [a, b]\n",
                    "# a remark\nport: '8002'\nnode:\n  - a\n  - \"b\\n\"\n",
                    "port: |\n  text\nnode: ~\n",
                    "\"a\\nb\\r\\u2028\": 1\n");
    private static final List<String> WORDS =
            List.of(
                    "port",
                    "node",
                    ": ",
                    "\n",
                    "- ",
                    "[",
                    "]",
                    "{",
                    "}",
                    "&a ",
                    "*a",
                    "? ",
                    "!!int ",
                    "!x",
                    "|",
                    ">",
                    "---\n",
                    "...\n",
                    "<<: *a",
                    "%YAML 1.2\n",
                    "\"",
                    "\t",
                    "~",
                    "\\U0010FFFF",
                    "#");

    @TempDir Path directory;

    static List<Long> seeds() {
        return new Random(33).longs(3).boxed().toList();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aFileIsReadOrRefusedInOneLine(long seed) throws IOException {
        Mangler mangler = new Mangler(seed, WORDS);
        for (int i = 0; i < TEXTS; i++) {
            assertReadOrRefused("seed " + seed, mangler.mangle(GOOD));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{", "- ", "? ", "{a: ", "&a [*a, ", "port: {", "!x "})
    void nestingHasALimit(String open) throws IOException {
        String text = open.repeat((1 << 20) / open.length());
        assertReadOrRefused(open, text.getBytes(StandardCharsets.UTF_8));
        assertReadOrRefused(
                open, ("port: " + open.repeat(20_000)).getBytes(StandardCharsets.UTF_8));
    }

    private void assertReadOrRefused(String what, byte[] bytes) throws IOException {
        Path file = Files.write(directory.resolve("x.yml"), bytes);
        try {
            assertThat(YamlFile.read(file, NAMES)).isNotNull();
        } catch (CommandFailure e) {
            assertThat(e.exitCode()).as(what).isEqualTo(ExitCode.USAGE);
            assertThat(e)
                    .as(what)
                    .message()
                    .contains(file.toString())
                    .hasLineCount(1)
                    .hasSizeLessThan(file.toString().length() + 500);
        }
    }
}
