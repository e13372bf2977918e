// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dragonfly.core.model.Encoding;
import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.Sha256;
import io.dragonfly.core.model.TaskId;
import io.dragonfly.core.model.Validators;
import io.dragonfly.core.model.Version;
import io.dragonfly.core.model.VersionId;
import io.dragonfly.storage.DiskStore;
import io.dragonfly.storage.DiskStoreSettings;
import io.dragonfly.storage.Eviction;
import io.dragonfly.storage.StoredVersion;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;

/// What goes with time, by an injected clock.
final class UpkeepTest {
    private static final Instant START = Instant.parse("2026-11-20T12:00:00Z");
    private static final int BLOCK = 1024;

    @TempDir Path home = Path.of("");
    private final AtomicReference<Instant> now = new AtomicReference<>(START);

    private DiskStore open(Path dir) throws IOException {
        DiskStoreSettings settings =
                DiskStoreSettings.DEFAULT.withReserveBytes(0).withEviction(new Eviction(0, 0, 100));
        return DiskStore.open(dir, settings, now::get);
    }

    /// One block of two.
    private static void begin(DiskStore store, int number) throws IOException {
        StoredVersion stored =
                store.create(
                        new Version(
                                new VersionId(String.format("%032x", number)),
                                new TaskId("ab".repeat(32)),
                                new Geometry(2 * BLOCK, 4096, BLOCK, 2),
                                Encoding.IDENTITY,
                                Validators.NONE,
                                ""));
        byte[] bytes = new byte[BLOCK];
        stored.write(0, Sha256.of(bytes), ByteBuffer.wrap(bytes));
    }

    private static DiskUse use(Duration unused, Duration leftovers) {
        return new DiskUse(0, 0, 0, 0, unused, leftovers);
    }

    private void after(Duration time, Upkeep upkeep) {
        now.set(START.plus(time));
        upkeep.tick(now.get().toEpochMilli());
    }

    @Test
    void whatIsUnusedForTheExpireTimeIsNotOfferedAnyMore() throws IOException {
        try (DiskStore store = open(home.resolve("data"))) {
            Upkeep upkeep = new Upkeep(store, home, DiskUse.DEFAULT);
            long last = START.toEpochMilli();
            assertThat(upkeep.unused(last, last + 180_000)).isFalse();
            assertThat(upkeep.unused(last, last + 180_001)).isTrue();
            DiskUse other = use(Duration.ofSeconds(5), Duration.ofHours(1));
            assertThat(new Upkeep(store, home, other).unused(last, last + 5001)).isTrue();
        }
    }

    @Test
    void leftoversOfTheStoreGoWhileTheEngineRuns() throws IOException {
        try (DiskStore store = open(home.resolve("data"))) {
            begin(store, 1);
            Upkeep upkeep = new Upkeep(store, home, DiskUse.DEFAULT);
            after(Duration.ofMinutes(59), upkeep);
            assertThat(store.versions()).hasSize(1);
            after(Duration.ofMinutes(62), upkeep);
            assertThat(store.versions()).isEmpty();
        }
    }

    @Test
    void whatADeadProcessLeftBesideGoesAndWhatALivingOneHasStays() throws IOException {
        Path dead = home.resolve("once-1");
        Path living = home.resolve("once-2");
        try (DiskStore killed = open(dead.resolve("data"))) {
            begin(killed, 1);
        }
        Path foreign = Files.createFile(dead.resolve("data/notes.txt"));
        try (DiskStore store = open(home.resolve("data"));
                DiskStore used = open(living.resolve("data"))) {
            begin(used, 2);
            Upkeep upkeep = new Upkeep(store, home, DiskUse.DEFAULT);
            after(Duration.ofMinutes(59), upkeep);
            assertThat(dead.resolve("data").toFile().list()).hasSize(4);
            after(Duration.ofMinutes(62), upkeep);
            assertThat(dead.resolve("data").toFile().list())
                    .containsExactlyInAnyOrder("lock", "notes.txt");
            assertThat(foreign).exists();
            assertThat(used.versions()).hasSize(1);
            assertThat(used.versions().getFirst().contentFile().orElseThrow()).exists();
        }
    }

    @Test
    void theHomesBesideAreUsedOneByOneAndAgain() throws IOException {
        OnceHomes.Start start =
                free -> {
                    open(free.resolve("data")).close();
                    throw new IOException("got " + free.getFileName());
                };
        DiskStore first = open(home.resolve("once-1/data"));
        assertThatThrownBy(() -> OnceHomes.start(home, start)).hasMessage("got once-2");
        begin(first, 1);
        first.close();
        assertThatThrownBy(() -> OnceHomes.start(home, start)).hasMessage("got once-1");
        try (DiskStore again = open(home.resolve("once-1/data"))) {
            assertThat(again.versions()).hasSize(1);
        }
        OnceHomes.clear(home.resolve("once-1"));
        try (DiskStore again = open(home.resolve("once-1/data"))) {
            assertThat(again.versions()).isEmpty();
        }
    }

    @Test
    void settingsThatMakeNoSenseAreRefused() {
        Duration hour = Duration.ofHours(1);
        assertThatThrownBy(() -> new DiskUse(0, 2, 1, 0, hour, hour))
                .hasMessageContaining("--disk-low (2 bytes) must not be above --disk-high");
        assertThatThrownBy(() -> use(Duration.ZERO, hour)).hasMessageContaining("--expiretime");
        assertThatThrownBy(() -> use(hour, Duration.ZERO)).hasMessageContaining("--leftover-time");
        assertThat(new DiskUse(1, 2, 3, 0, hour, hour).settings().maxBytes())
                .isEqualTo(Long.MAX_VALUE);
        assertThat(new DiskUse(1, 2, 3, 4, hour, hour).settings().maxBytes()).isEqualTo(4);
    }
}
