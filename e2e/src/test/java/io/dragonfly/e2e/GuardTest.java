// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// A run that is killed with `kill -9` leaves nothing behind.
final class GuardTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Lab lab = new Lab();

    /// A run: begins, starts a process that outlives it, says where it is and waits.
    static final class Run {
        private Run() {}

        public static void main(String[] arguments) throws IOException {
            Site site = new Site();
            site.openBelow(Path.of(arguments[0]));
            Path file = Files.writeString(site.path("file"), "x");
            site.start(
                    Host.THIS,
                    "sh",
                    List.of("sh", "-c", "setsid tail -f " + file + " & echo started; sleep 600"));
            System.out.println("at " + site.dir());
            Wait.pass(LIMIT.multipliedBy(10));
        }
    }

    @Test
    void aKilledRunLeavesNoProcessAndNoFile() throws IOException {
        lab.open();
        Running run =
                lab.start(
                        Host.THIS,
                        "run",
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                "-XX:+UseSerialGC",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Run.class.getName(),
                                lab.dir().toString()));
        try {
            Path dir = Path.of(run.awaitLine("at ", LIMIT).substring(3));
            Wait.until("the process runs", LIMIT, () -> running(dir));

            run.kill();

            Wait.until("the process is gone", LIMIT, () -> !running(dir));
            Wait.until("the files are gone", LIMIT, () -> !Files.exists(dir));
            assertThat(lab.dir()).exists();
        } finally {
            lab.end();
        }
    }

    private static boolean running(Path dir) {
        return Command.run(List.of("pgrep", "-f", "tail -f " + dir + "/")).status() == 0;
    }
}
