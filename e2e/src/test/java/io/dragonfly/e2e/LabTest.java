// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

final class LabTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final Lab lab = new Lab();

    @Test
    void stoppedAndDetachedProcessesAreEndedAndTheFilesAreGone() throws IOException {
        lab.open();
        Path file = Files.writeString(lab.path("file"), "x");
        List<String> tail = List.of("tail", "-f", file.toString());
        Running stopped = lab.start(Host.THIS, "stopped", tail);
        stopped.signal("STOP");
        Running shell =
                lab.start(
                        Host.THIS,
                        "sh",
                        List.of("sh", "-c", "setsid " + String.join(" ", tail) + " &"));
        assertThat(shell.await(LIMIT)).isZero();
        Wait.until("both run", LIMIT, () -> lab.leftovers().size() == 2);

        lab.end();

        assertThat(stopped.alive()).isFalse();
        Wait.until("none runs", LIMIT, () -> lab.leftovers().isEmpty());
        assertThat(lab.dir()).doesNotExist();
    }
}
