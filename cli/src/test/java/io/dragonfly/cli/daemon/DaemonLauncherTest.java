// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.cli.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.dragonfly.cli.CommandFailure;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The start of a daemon, with shell scripts in its place.
final class DaemonLauncherTest {
    private static String launch(String script, long timeoutMillis, Map<String, String> variables) {
        return DaemonLauncher.launch(
                List.of("/bin/sh", "-c", script),
                variables,
                TimeUnit.MILLISECONDS.toNanos(timeoutMillis),
                System::nanoTime);
    }

    @Test
    void aDaemonThatIsReadySaysWhere() {
        assertThat(launch("echo noise; echo 'ready /x/y.sock'", 30_000, Map.of()))
                .isEqualTo("/x/y.sock");
    }

    @Test
    void aDaemonThatDiesExplainsItself() {
        assertThatExceptionOfType(CommandFailure.class)
                .isThrownBy(() ->
                        launch(
                                "echo 'dfdaemon: the home is in use' >&2; echo noise; exit 18",
                                30_000,
                                Map.of()))
                .withMessage("dfdaemon did not start: dfdaemon: the home is in use");
    }

    @Test
    void aDaemonThatNeverGetsReadyIsGivenUp() {
        assertThatExceptionOfType(CommandFailure.class)
                .isThrownBy(() -> launch("echo waiting; exec sleep 60", 1_000, Map.of()))
                .withMessageContaining("not ready in time");
    }

    @Test
    void aProgramThatIsNotThereIsOneLine() {
        assertThatExceptionOfType(CommandFailure.class)
                .isThrownBy(() ->
                        DaemonLauncher.launch(
                                List.of("/nowhere/dfdaemon"),
                                Map.of(),
                                1_000_000_000L,
                                System::nanoTime))
                .withMessageContaining("cannot start /nowhere/dfdaemon");
    }

    @Test
    void theCallersSecretsAreNotHandedDown() {
        Map<String, String> variables =
                Map.of("TOKEN", "secret", "DFDAEMON_IDC", "east", "HOME", "/h");
        assertThat(launch("echo \"ready $TOKEN,$DFDAEMON_IDC,$HOME\"", 30_000, variables))
                .isEqualTo(",east,/h");
    }
}
