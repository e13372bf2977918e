// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import io.dragonfly.core.model.Geometry;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;

/// Wrote the store that [RecordedStoreTest] opens. For a new format of the journal, run it once
/// into a new directory of the test's resources.
final class RecordStoreMain {
    private RecordStoreMain() {}

    public static void main(String[] args) throws IOException {
        DiskStoreSettings settings =
                DiskStoreSettings.DEFAULT
                        .withReserveBytes(0)
                        .withGrowBytes(4 * Contents.BLOCK)
                        .withEviction(new Eviction(0, 0, 10));
        try (DiskStore store =
                DiskStore.open(Path.of(args[0]), settings, () -> Instant.EPOCH.plusSeconds(1))) {
            StoredVersion whole = store.create(Contents.version(1, 2 * Contents.BLOCK + 10));
            Contents.writeAll(whole);
            whole.note("url", "http://origin.test/f");
            StoredVersion part = store.create(Contents.version(2, 3 * Contents.BLOCK));
            Contents.write(part, 2);
            Contents.write(part, 0);
            Contents.write(part, 1);
            part.drop(0);
            StoredVersion open = store.create(Contents.version(3, Geometry.UNKNOWN));
            Contents.write(open, 1);
            StoredVersion ended = store.create(Contents.version(4, Geometry.UNKNOWN));
            Contents.write(ended, 0);
            ended.lengthKnown(Contents.BLOCK);
        }
    }
}
