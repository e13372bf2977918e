// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.loopback;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.e2e.Command;
import io.dragonfly.e2e.TestOrigin;
import io.dragonfly.origin.testing.Answers;
import io.dragonfly.origin.testing.Content;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The first thing that a newcomer runs, with the distribution of this build.
final class QuickstartIT {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private static Command.Output quickstart(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add("env");
        command.add("DRAGONFLY_DIST=" + System.getProperty("dragonfly.dist"));
        command.add(ROOT.resolve("quickstart").toString());
        command.addAll(List.of(arguments));
        return Command.run(command);
    }

    @Test
    void threeDaemonsGetTheFileOfAnOriginThatIsReadOnce() throws IOException {
        Content content = Content.random(7, 20_000_000);
        List<Path> before = homes();
        try (TestOrigin origin = new TestOrigin()) {
            Command.Output output = quickstart(origin.serve("/file", Answers.honest(content)));

            assertThat(output.text())
                    .contains("= 1.00 x the file")
                    .containsPattern("digests +all equal")
                    .containsPattern("peer 3 .* same");
            assertThat(output.status()).isZero();
            assertThat(homes()).as("what it leaves").isEqualTo(before);
        }
    }

    /// What runs of the script have here, among them those that were told to keep it.
    private static List<Path> homes() throws IOException {
        Path parent = ROOT.resolve(".quickstart");
        if (!Files.exists(parent)) {
            return List.of();
        }
        try (Stream<Path> runs = Files.list(parent)) {
            return runs.sorted().toList();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "--bogus, unknown option --bogus",
        "nonsense, not an http(s) URL: nonsense",
    })
    void badInputIsOneLine(String argument, String message) {
        Command.Output output = quickstart(argument);

        assertThat(output.text())
                .isEqualTo("quickstart: " + message + "; see ./quickstart --help\n");
        assertThat(output.status()).isEqualTo(2);
    }

    @Test
    void helpSaysWhatItDoes() {
        Command.Output output = quickstart("--help");

        assertThat(output.text()).startsWith("Usage: ./quickstart [--keep] [URL]");
        assertThat(output.status()).isZero();
    }
}
