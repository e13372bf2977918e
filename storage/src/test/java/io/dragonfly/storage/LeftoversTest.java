// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.Validators;
import io.dragonfly.core.model.Version;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;

/// What a running store does away with, and the limit of its own.
final class LeftoversTest {
    private static final int BLOCK = Contents.BLOCK;
    private static final Instant START = Instant.parse("2026-11-20T12:00:00Z");
    private static final DiskStoreSettings SETTINGS =
            DiskStoreSettings.DEFAULT.withReserveBytes(0).withEviction(new Eviction(0, 0, 100));

    @TempDir Path home;
    private final AtomicReference<Instant> now = new AtomicReference<>(START);
    private DiskStore store;

    @BeforeEach
    void begin() throws IOException {
        store = DiskStore.open(home, SETTINGS, now::get);
    }

    @AfterEach
    void end() throws IOException {
        store.close();
    }

    private void reopen(DiskStoreSettings settings) throws IOException {
        store.close();
        store = DiskStore.open(home, settings, now::get);
    }

    private StoredVersion begun(Version version) throws IOException {
        StoredVersion stored = store.create(version);
        Contents.write(stored, 0);
        return stored;
    }

    private static Version unnamed(int number, long length) {
        Version named = Contents.version(number, length);
        return new Version(
                named.id(),
                named.task(),
                named.geometry(),
                named.encoding(),
                new Validators("W/\"weak\"", named.validators().lastModified()),
                named.contentType());
    }

    @Test
    void anUnfinishedVersionThatNobodyCanContinueGoesAfterTheHour() throws IOException {
        begun(unnamed(1, 2 * BLOCK));
        begun(Contents.version(2, Geometry.UNKNOWN));
        begun(Contents.version(3, 2 * BLOCK));
        begun(unnamed(4, BLOCK));
        StoredVersion used = begun(unnamed(5, 2 * BLOCK));
        assertThat(used.retain()).isTrue();

        now.set(START.plus(Duration.ofMinutes(60)));
        store.removeLeftovers();
        assertThat(store.versions()).hasSize(5);

        now.set(START.plus(Duration.ofMinutes(61)));
        store.removeLeftovers();
        assertThat(store.find(Contents.id(1))).isEmpty();
        assertThat(store.find(Contents.id(2))).isEmpty();
        // Its name is its validator: who asks again gets the same version.
        assertThat(store.find(Contents.id(3))).isPresent();
        assertThat(store.find(Contents.id(4))).isPresent();
        assertThat(store.find(Contents.id(5))).isPresent();
    }

    @Test
    void theAgeIsASettingAndCountsFromTheLastUseBeforeARestart() throws IOException {
        begun(unnamed(1, 2 * BLOCK));
        reopen(SETTINGS.withLeftoverAge(Duration.ofMinutes(2)));

        now.set(START.plus(Duration.ofMinutes(3)));
        store.removeLeftovers();

        assertThat(store.versions()).isEmpty();
        assertThat(home.toFile().list()).containsExactly("lock");
    }

    @Test
    void strayFilesGoWhileTheStoreRuns() throws IOException {
        begun(Contents.version(1, 2 * BLOCK));
        Path stray = Files.createFile(home.resolve(Contents.id(2) + ".content"));
        Path foreign = Files.createFile(home.resolve("notes.content"));
        Files.setLastModifiedTime(stray, FileTime.from(START));
        Files.setLastModifiedTime(foreign, FileTime.from(START));
        Path known = home.resolve(Contents.id(1) + ".content");
        Files.setLastModifiedTime(known, FileTime.from(START));

        store.removeLeftovers();
        assertThat(stray).exists();

        now.set(START.plus(Duration.ofMinutes(61)));
        store.removeLeftovers();
        assertThat(stray).doesNotExist();
        assertThat(foreign).exists();
        assertThat(known).exists();
    }

    @Test
    void aStoreWithALimitHoldsNoMore() throws IOException {
        reopen(SETTINGS.withMaxBytes(10 * BLOCK));
        Contents.writeAll(store.create(Contents.version(1, 6 * BLOCK)));
        assertThat(store.usableBytes()).isEqualTo(4 * BLOCK);
        assertThatThrownBy(() -> store.create(Contents.version(2, 5 * BLOCK)))
                .isInstanceOf(NoSpaceException.class)
                .hasMessageContaining("it may hold 10240");

        store.delete(Contents.id(1));
        assertThat(store.usableBytes()).isEqualTo(10 * BLOCK);
        StoredVersion growing = store.create(Contents.version(3, Geometry.UNKNOWN));
        Contents.write(growing, 0);
        growing.lengthKnown(2 * BLOCK);
        assertThat(store.usableBytes()).isEqualTo(8 * BLOCK);
        reopen(SETTINGS.withMaxBytes(10 * BLOCK));
        assertThat(store.usableBytes()).isEqualTo(8 * BLOCK);
    }

    @Test
    void atItsLimitAStoreGivesUpWhatIsUnusedLongestLinkedOrNot() throws IOException {
        reopen(SETTINGS.withMaxBytes(10 * BLOCK));
        for (int i = 1; i <= 3; i++) {
            now.set(START.plusSeconds(i));
            Contents.writeAll(store.create(Contents.version(i, 3 * BLOCK)));
        }
        Files.createLink(home.resolve("output"), home.resolve(Contents.id(1) + ".content"));

        assertThat(store.evict(0)).isEmpty();
        assertThat(store.evict(4 * BLOCK)).containsExactly(Contents.id(1));
        Contents.writeAll(store.create(Contents.version(4, 4 * BLOCK)));
        assertThat(home.resolve("output")).hasSize(3 * BLOCK);
    }
}
