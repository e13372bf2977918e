// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;

/// A real process that is killed while it stores.
final class ProcessDeathTest {
    private static final int BLOCKS_BEFORE_DEATH = 300;

    @TempDir Path home;

    @Test
    void what_was_written_survives_a_killed_process_which_kept_others_out() throws Exception {
        Path dir = home.resolve("store");
        Process process = start(dir);
        int last = -1;
        try (BufferedReader lines = process.inputReader()) {
            while (last < BLOCKS_BEFORE_DEATH) {
                last = Integer.parseInt(lines.readLine());
            }
            assertThatThrownBy(() -> StoringProcess.open(dir))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("is in use by another process");
            // Not by the process itself: that would close its output here.
            process.toHandle().destroyForcibly();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                last = line.isEmpty() ? last : Math.max(last, Integer.parseInt(line));
            }
        }
        process.waitFor();

        try (DiskStore store = StoringProcess.open(dir)) {
            StoredVersion version = store.find(Contents.id(1)).orElseThrow();
            assertThat(version.blocks().nextClearBit(0)).isGreaterThan(last);
            assertThat(version.reverify()).isTrue();
            assertThat(Contents.read(version, last)).isEqualTo(Contents.bytes(version, last));
        }
    }

    private static Process start(Path dir) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        StoringProcess.class.getName(),
                        dir.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
