// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.cli.Program;
import io.dragonfly.peer.PeerEnvironment;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import picocli.CommandLine;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The command line of the supernode, where it does not come to run.
final class CommandTest {
    @TempDir Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        CommandLine commandLine = Main.commandLine(new SupernodeCommand(PeerEnvironment.system()));
        commandLine.setOut(new PrintWriter(out));
        commandLine.setErr(new PrintWriter(err));
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--home", directory.resolve("home").toString(), "--ip", "127.0.0.1"));
        return new Program(commandLine, Map.of(), directory.resolve("supernode.yml"))
                .run(all.toArray(String[]::new));
    }

    @ParameterizedTest
    @CsvSource({
        "seed-slots, 0",
        "origin-connections, 0",
        "origin-connections, 65",
        "inline-bytes, -1",
        "inline-bytes, 393217",
        "port, 65536",
        "piece-port, -1",
        "max-piece-connections, 0",
        "max-origin-connections, x",
        "upload-limit, -1",
        "disk-limit, fast",
        "unvalidated-for, soon",
    })
    void badNumbersAreFoundByTheCheckAlready(String key, String value) throws IOException {
        assertThat(run("--check-config", "--" + key, value)).isEqualTo(2);
        assertThat(err.toString()).contains("--" + key).hasLineCount(1);

        err.getBuffer().setLength(0);
        Path file = directory.resolve("supernode.yml");
        Files.writeString(file, "verbose: false\n" + key + ": " + value + "\n");
        assertThat(run("--check-config")).isEqualTo(2);
        assertThat(err.toString())
                .startsWith("supernode: " + file + ":2: " + key + ": ")
                .hasLineCount(1);
    }

    @Test
    void namesOfVersionOneAreUnderstood() {
        assertThat(run("--check-config", "--download-port", "7")).isZero();
        assertThat(out.toString()).contains("piece-port: 7\n");
        assertThat(err.toString())
                .isEqualTo("supernode: warning: --download-port is now called --piece-port\n");
    }

    @Test
    void aTokenFileMustHoldAToken() throws IOException {
        Path file = directory.resolve("token");
        assertThat(run("--check-config", "--api-token-file", file.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("no such file").hasLineCount(1);
        for (String bad : List.of("", " \n", "two words", "x".repeat(5000))) {
            err.getBuffer().setLength(0);
            Files.writeString(file, bad);
            assertThat(run("--check-config", "--api-token-file", file.toString())).isEqualTo(2);
            assertThat(err.toString()).contains("--api-token-file " + file).hasLineCount(1);
        }
        Files.writeString(file, "secret\n");
        assertThat(run("--check-config", "--api-token-file", file.toString())).isZero();
        assertThat(out.toString()).doesNotContain("secret");
    }

    @Test
    void aTakenPortIsItsOwnExitCode() throws IOException {
        try (ServerSocket taken =
                new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            String port = Integer.toString(taken.getLocalPort());

            assertThat(run("--port", port, "--piece-port", "0")).isEqualTo(19);
            assertThat(err.toString())
                    .startsWith("supernode: cannot listen on ")
                    .contains(port, "in use")
                    .hasLineCount(1);

            err.getBuffer().setLength(0);
            assertThat(run("--port", "0", "--piece-port", port)).isEqualTo(19);
            assertThat(err.toString())
                    .startsWith("supernode: cannot listen for piece requests on ")
                    .contains(port, "in use")
                    .hasLineCount(1);
        }
    }

    @Test
    void aHomeThatCannotBeUsedIsItsOwnExitCode() throws IOException {
        SupernodeConfig config = SupernodeConfig.of(directory.resolve("home")).withPorts(0, 0);
        try (Supernode _ = Supernode.start(config, PeerEnvironment.system())) {
            assertThat(run("--port", "0", "--piece-port", "0")).isEqualTo(18);
            assertThat(err.toString()).contains("in use by another process").hasLineCount(1);
        }
        err.getBuffer().setLength(0);
        Path data = directory.resolve("home/data");
        Files.move(data, directory.resolve("elsewhere"));
        Files.createFile(data);
        assertThat(run("--port", "0", "--piece-port", "0")).isEqualTo(14);
        assertThat(err.toString()).startsWith("supernode: cannot use " + data).hasLineCount(1);
    }
}
