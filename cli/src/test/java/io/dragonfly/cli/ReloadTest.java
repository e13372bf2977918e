// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/// The configuration of a program that runs.
final class ReloadTest {
    @TempDir private Path directory = Path.of("");

    private final List<Long> applied = new ArrayList<>();

    @SuppressWarnings("UnusedVariable") // Some options are only printed.
    @Command(name = "sample")
    static final class Sample implements Runnable {
        @Option(names = "--rate", defaultValue = "0", converter = ByteRateConverter.class)
        private long rate;

        @Option(names = "--port", defaultValue = "1", converter = WholeNumber.Port.class)
        private int port;

        @Option(names = "--token", defaultValue = "")
        private String token = "";

        @Override
        public void run() {}
    }

    private Reload.Read<Sample> read(String... args) {
        Sample sample = new Sample();
        CommandLine commandLine = Program.commandLine(sample);
        new Program(commandLine, Map.of("SAMPLE_PORT", "5"), directory.resolve("sample.yml"))
                .read(List.of(args));
        return new Reload.Read<>(commandLine.getCommandSpec(), sample);
    }

    private void yaml(String text) throws IOException {
        Files.writeString(directory.resolve("sample.yml"), text);
    }

    private Reload<Sample> running(String... args) {
        return new Reload<>(
                read(args).spec(), Set.of("rate"), () -> read(args), s -> applied.add(s.rate));
    }

    @Test
    void aChangedFileIsAppliedAndWhatCannotBeIsNamed() throws IOException {
        yaml("rate: 1K\ntoken: a\n");
        Reload<Sample> reload = running();
        yaml("rate: 2K\ntoken: b\nport: 9\n");

        Reload.Outcome outcome = reload.run();

        assertThat(outcome.applied()).containsExactly("rate");
        assertThat(outcome.needsRestart())
                .as("the environment wins over the file's port")
                .containsExactly("token");
        assertThat(applied).containsExactly(2L << 10);
        Reload.Outcome again = reload.run();
        assertThat(again.applied()).isEmpty();
        assertThat(again.needsRestart()).as("still not done").containsExactly("token");
    }

    @Test
    void aFlagWinsAsAtTheStart() throws IOException {
        yaml("rate: 1K\n");
        Reload<Sample> reload = running("--rate", "7");
        yaml("rate: 2K\n");

        assertThat(reload.run().applied()).isEmpty();
        assertThat(applied).containsExactly(7L);
    }

    @Test
    void aBadFileLeavesEverythingAsItWas() throws IOException {
        yaml("rate: 1K\n");
        Reload<Sample> reload = running();
        for (String bad : List.of("rate: fast\n", "rat: 1\n", "rate: [\n", "rate: 1\nrate: 2")) {
            yaml(bad);
            assertThatExceptionOfType(CommandFailure.class)
                    .as(bad)
                    .isThrownBy(reload::run)
                    .withMessageContaining(directory.resolve("sample.yml") + ":");
            reload.runForSignal();
        }
        assertThat(applied).isEmpty();
        yaml("rate: 3K\n");
        assertThat(reload.run().applied()).containsExactly("rate");
    }

    @Test
    void theSignalIsHeardAndDoesNotEndTheProcess() throws Exception {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        if (!HangUp.listen(() -> heard.add("hang-up"))) {
            return; // this process ignores it
        }
        Process kill =
                new ProcessBuilder("kill", "-HUP", Long.toString(ProcessHandle.current().pid()))
                        .start();
        assertThat(kill.waitFor()).isZero();
        assertThat(heard.take()).isEqualTo("hang-up");
    }
}
