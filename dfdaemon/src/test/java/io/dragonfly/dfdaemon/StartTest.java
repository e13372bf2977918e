// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfdaemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.cli.Program;
import io.dragonfly.peer.PeerEnvironment;
import io.dragonfly.storage.DiskStore;
import io.dragonfly.storage.DiskStoreSettings;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import picocli.CommandLine;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Starts that fail: each kind has its exit code and one line.
final class StartTest {
    @TempDir private Path directory = Path.of("");

    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        CommandLine commandLine =
                Main.commandLine(
                        new DfdaemonCommand(
                                new DaemonEnvironment(
                                        Map.of("HOME", directory.toString()),
                                        System::nanoTime,
                                        PeerEnvironment.system())));
        commandLine.setErr(new PrintWriter(err));
        commandLine.setOut(new PrintWriter(new StringWriter()));
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--console", "--home", directory.resolve("home").toString()));
        all.addAll(List.of("--ip", "127.0.0.1", "--node", "127.0.0.1:1"));
        err.getBuffer().setLength(0);
        return new Program(commandLine, Map.of(), null).run(all.toArray(String[]::new));
    }

    @Test
    void aTakenPort() throws IOException {
        try (ServerSocket taken =
                new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            String port = Integer.toString(taken.getLocalPort());
            for (String option : List.of("--piece-port", "--http-port")) {
                assertThat(run(option, port)).as(option).isEqualTo(19);
                assertThat(err.toString())
                        .startsWith("dfdaemon: cannot listen ")
                        .contains(port, "in use")
                        .hasLineCount(1);
            }
        }
    }

    @Test
    void aStoreThatSomebodyUses() throws IOException {
        Path data = Files.createDirectories(directory.resolve("home")).resolve("data");
        try (DiskStore _ =
                DiskStore.open(data, DiskStoreSettings.DEFAULT, InstantSource.system())) {
            assertThat(run("--piece-port", "0")).isEqualTo(18);
            assertThat(err.toString())
                    .startsWith("dfdaemon: the store " + data + " is in use by another process")
                    .hasLineCount(1);
        }
    }

    @Test
    void aHomeThatCannotBeUsed() throws IOException {
        Path home = Files.createDirectories(directory.resolve("home"));
        Files.createFile(home.resolve("data"));
        assertThat(run("--piece-port", "0")).isEqualTo(14);
        assertThat(err.toString()).startsWith("dfdaemon: cannot use the home ").hasLineCount(1);

        Files.delete(home.resolve("data"));
        Files.createDirectories(home.resolve("data/lock"));
        assertThat(run("--piece-port", "0")).isEqualTo(14);
        assertThat(err.toString()).startsWith("dfdaemon: cannot use " + home).hasLineCount(1);
    }
}
