// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;

/// Where options come from, and how errors look.
final class ProgramTest {
    @TempDir private Path directory = Path.of("");

    private final Map<String, String> environment = new HashMap<>();
    private Sample sample = new Sample();
    private @Nullable RuntimeException toThrow;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @SuppressWarnings("UnusedVariable") // Some options are only printed.
    @Command(name = "sample", versionProvider = VersionText.class, sortOptions = false)
    static final class Sample implements Callable<Integer>, Renaming {
        @Spec private CommandSpec spec = CommandSpec.create();

        @Option(
                names = {"-p", "--piece-port", "--port"},
                defaultValue = "1",
                converter = WholeNumber.Port.class,
                descriptionKey = "Network",
                description = "A port.")
        private int port;

        @Option(
                names = "--rate",
                defaultValue = "0",
                converter = ByteRateConverter.class,
                descriptionKey = "Limits",
                description = "A rate.")
        private long rate;

        @Option(
                names = "--wait",
                defaultValue = "5m",
                converter = DurationConverter.class,
                descriptionKey = "Limits",
                description = "A time.")
        private Duration wait = Duration.ZERO;

        @Option(
                names = "--flag",
                arity = "0..1",
                fallbackValue = "true",
                hideParamSyntax = true,
                descriptionKey = "Limits",
                description = "A flag.")
        private boolean flag;

        @Option(
                names = "--node",
                split = Settings.LIST_SEPARATOR,
                descriptionKey = "Network",
                description = "A list.")
        private @Nullable List<String> node;

        @Option(names = "--token", descriptionKey = "Network", description = "A secret.")
        private @Nullable String token;

        @Option(names = "--old", hidden = true, description = "is ignored: it was a mistake")
        private @Nullable String old;

        private @Nullable RuntimeException toThrow;

        @Override
        public Map<String, String> formerNames() {
            return Map.of("speed", "rate");
        }

        @Override
        public Integer call() {
            if (CommonOptions.of(spec).checkConfig()) {
                EffectiveConfig.print(spec, Set.of("token"), spec.commandLine().getOut());
                return 0;
            }
            if (toThrow != null) {
                throw toThrow;
            }
            return 0;
        }
    }

    private int run(String... args) {
        sample = new Sample();
        sample.toThrow = toThrow;
        CommandLine commandLine = Program.commandLine(sample);
        commandLine.setOut(new PrintWriter(out));
        commandLine.setErr(new PrintWriter(err));
        return new Program(commandLine, environment, directory.resolve("default.yml")).run(args);
    }

    private Path yaml(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    @Test
    void aFlagWinsOverTheEnvironmentAndThatOverTheFile() throws IOException {
        yaml("default.yml", "piece-port: 2\nrate: 2K\nwait: 2s\n");
        environment.put("SAMPLE_RATE", "3K");
        environment.put("SAMPLE_WAIT", "3s");
        assertThat(run("--wait", "4s")).isZero();
        assertThat(sample.port).isEqualTo(2);
        assertThat(sample.rate).isEqualTo(3 << 10);
        assertThat(sample.wait).isEqualTo(Duration.ofSeconds(4));
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void aNamedFileIsReadInsteadOfTheDefaultOne() throws IOException {
        yaml("default.yml", "piece-port: 2\n");
        Path named = yaml("named.yml", "rate: 7\n");
        assertThat(run("--config", named.toString())).isZero();
        assertThat(sample.port).isEqualTo(1);
        assertThat(sample.rate).isEqualTo(7);
        environment.put("SAMPLE_CONFIG", yaml("other.yml", "rate: 8\n").toString());
        assertThat(run()).isZero();
        assertThat(sample.rate).isEqualTo(8);
        assertThat(run("--config=" + named)).isZero();
        assertThat(sample.rate).isEqualTo(7);
    }

    @Test
    void flagsThatTheFileSetsCanBeUnsetAndStaySetWhenRepeated() throws IOException {
        yaml("default.yml", "flag: true\n");
        assertThat(run()).isZero();
        assertThat(sample.flag).isTrue();
        assertThat(run("--flag")).isZero();
        assertThat(sample.flag).isTrue();
        assertThat(run("--flag=false")).isZero();
        assertThat(sample.flag).isFalse();
    }

    @Test
    void listsAreYamlListsLinesOrRepeatedFlags() throws IOException {
        yaml("default.yml", "node:\n  - a, b\n  - c\n");
        assertThat(run()).isZero();
        assertThat(sample.node).containsExactly("a, b", "c");
        environment.put("SAMPLE_NODE", "d\ne");
        assertThat(run()).isZero();
        assertThat(sample.node).containsExactly("d", "e");
        assertThat(run("--node", "f", "--node", "g")).isZero();
        assertThat(sample.node).containsExactly("f", "g");
    }

    @Test
    void anUnknownKeyNamesFileLineAndTheNearestKey() throws IOException {
        Path file = yaml("default.yml", "rate: 1\npieceport: 2\n");
        assertThat(run()).isEqualTo(2);
        assertThat(err.toString())
                .isEqualTo(
                        "sample: "
                                + file
                                + ":2: unknown key 'pieceport' (did you mean 'piece-port'?)\n");
    }

    @Test
    void aBadValueOfAFileNamesFileAndLine() throws IOException {
        Path file = yaml("default.yml", "\nrate: fast\n");
        assertThat(run()).isEqualTo(2);
        assertThat(err.toString()).startsWith("sample: " + file + ":2: rate: ").hasLineCount(1);
        assertThat(err.toString()).contains("not a rate: 'fast'");
    }

    @Test
    void whatIsNoFlatYamlIsOneLineWithItsPlace() throws IOException {
        Path file = yaml("default.yml", "rate: 1\nnode: {a: b}\n");
        assertThat(run()).isEqualTo(2);
        assertThat(err.toString()).startsWith("sample: " + file + ":2: 'node' must be");
        err.getBuffer().setLength(0);
        yaml("default.yml", "rate: 1\n  - : [\n");
        assertThat(run()).isEqualTo(2);
        assertThat(err.toString()).startsWith("sample: " + file + ":2: not YAML").hasLineCount(1);
        err.getBuffer().setLength(0);
        yaml("default.yml", "rate: 1\nrate: 2\n");
        assertThat(run()).isEqualTo(2);
        assertThat(err.toString()).contains(":2: ").hasLineCount(1);
    }

    @Test
    void anEmptyFileIsFineAndAMissingNamedOneIsNot() throws IOException {
        yaml("default.yml", "# nothing\n");
        assertThat(run()).isZero();
        Path missing = directory.resolve("missing.yml");
        assertThat(run("--config", missing.toString())).isEqualTo(2);
        assertThat(err.toString())
                .isEqualTo(
                        "sample: cannot read configuration file "
                                + missing
                                + ": no such file or directory\n");
    }

    @Test
    void whatIsIgnoredWarnsWhereverItComesFrom() throws IOException {
        assertThat(run("--old", "x")).isZero();
        assertThat(err.toString())
                .isEqualTo("sample: warning: --old is ignored: it was a mistake\n");
        err.getBuffer().setLength(0);
        Path file = yaml("default.yml", "rate: 1\nold: x\n");
        assertThat(run()).isZero();
        assertThat(err.toString())
                .isEqualTo("sample: warning: " + file + ":2: old is ignored: it was a mistake\n");
    }

    @Test
    void aFileMayUseAnyLongNameOfAnOptionOnce() throws IOException {
        Path file = yaml("default.yml", "port: 7\n");
        assertThat(run()).isZero();
        assertThat(sample.port).isEqualTo(7);
        assertThat(err.toString()).isEmpty();
        yaml("default.yml", "port: x\n");
        assertThat(run()).isEqualTo(2);
        assertThat(err.toString()).startsWith("sample: " + file + ":1: port: ").hasLineCount(1);
        err.getBuffer().setLength(0);
        yaml("default.yml", "piece-port: 7\nport: 7\n");
        assertThat(run()).isEqualTo(2);
        assertThat(err.toString())
                .isEqualTo(
                        "sample: "
                                + file
                                + ":2: key 'port' is given twice, in line 1 as 'piece-port'\n");
    }

    @Test
    void aFormerNameIsAcceptedEverywhereWithAWarning() throws IOException {
        assertThat(run("--speed=3K")).isZero();
        assertThat(sample.rate).isEqualTo(3 << 10);
        assertThat(err.toString()).isEqualTo("sample: warning: --speed is now called --rate\n");
        err.getBuffer().setLength(0);
        Path file = yaml("default.yml", "speed: 2K\n");
        assertThat(run()).isZero();
        assertThat(sample.rate).isEqualTo(2 << 10);
        assertThat(err.toString())
                .isEqualTo("sample: warning: " + file + ":1: speed is now called rate\n");
        err.getBuffer().setLength(0);
        environment.put("SAMPLE_SPEED", "5K");
        assertThat(run()).isZero();
        assertThat(sample.rate).isEqualTo(5 << 10);
        assertThat(err.toString())
                .isEqualTo("sample: warning: SAMPLE_SPEED is now called SAMPLE_RATE\n");
        err.getBuffer().setLength(0);
        environment.put("SAMPLE_RATE", "6K");
        assertThat(run()).isZero();
        assertThat(sample.rate).as("the present name wins").isEqualTo(6 << 10);
        assertThat(run("--speed", "8K", "--rate", "9K")).isZero();
        assertThat(sample.rate).as("the last one wins, as ever").isEqualTo(9 << 10);
        err.getBuffer().setLength(0);
        yaml("default.yml", "rate: 1\nspeed: 2K\n");
        assertThat(run()).isEqualTo(2);
        assertThat(err.toString()).contains("given twice").hasLineCount(1);
        assertThat(run("--help")).isZero();
        assertThat(out.toString()).doesNotContain("--speed");
    }

    @Test
    void badUsageIsOneLineWithAHint() {
        assertThat(run("--piece-prt=secret", "secret")).isEqualTo(2);
        assertThat(err.toString())
                .isEqualTo(
                        "sample: unknown option '--piece-prt' (did you mean '--piece-port'?) (see"
                                + " sample --help)\n");
        err.getBuffer().setLength(0);
        assertThat(run("stray")).isEqualTo(2);
        assertThat(err.toString()).isEqualTo("sample: one argument too many (see sample --help)\n");
        err.getBuffer().setLength(0);
        assertThat(run("--piece-port", "x")).isEqualTo(2);
        assertThat(err.toString()).hasLineCount(1).contains("--piece-port");
    }

    @Test
    void failuresBecomeTheirExitCodeAndBugsAreOne() {
        toThrow = new CommandFailure(ExitCode.NO_SPACE, "the disk is full\nmore");
        assertThat(run()).isEqualTo(13);
        assertThat(err.toString()).isEqualTo("sample: the disk is full\n");
        err.getBuffer().setLength(0);
        toThrow = new IllegalStateException("oops");
        assertThat(run()).isEqualTo(1);
        assertThat(err.toString()).startsWith("sample: internal error: ").hasLineCount(1);
        err.getBuffer().setLength(0);
        assertThat(run("--verbose")).isEqualTo(1);
        assertThat(err.toString()).contains("at io.dragonfly.cli.ProgramTest");
    }

    @Test
    void theEffectiveConfigurationIsAFileThatGivesTheSameAndHidesSecrets() throws IOException {
        String[] args = {
            "--check-config", "--token", "hush", "--node", "a:1", "--node", "b c", "--rate", "2K"
        };
        assertThat(run(args)).isZero();
        String first = out.toString();
        assertThat(first).contains("piece-port: 1\n", "rate: 2048\n", "wait: 5m\n", "token: '***'");
        assertThat(first).doesNotContain("hush").doesNotContain("old").doesNotContain("config");
        out.getBuffer().setLength(0);
        Path file = yaml("printed.yml", first);
        assertThat(run("--check-config", "--config", file.toString())).isZero();
        assertThat(out.toString()).isEqualTo(first);
        assertThat(sample.node).containsExactly("a:1", "b c");
    }

    @Test
    void helpAndVersionWorkWithABrokenFile() throws IOException {
        yaml("default.yml", "nonsense: [");
        assertThat(run("--help")).isZero();
        assertThat(out.toString())
                .contains("Network:", "Limits:", "General:")
                .doesNotContain("--old");
        assertThat(out.toString().lines().allMatch(line -> line.length() <= 80)).isTrue();
        out.getBuffer().setLength(0);
        assertThat(run("--version")).isZero();
        assertThat(out.toString()).matches("sample \\d+\\.\\d+\\.\\d+\\S*\n");
        assertThat(err.toString()).isEmpty();
    }
}
