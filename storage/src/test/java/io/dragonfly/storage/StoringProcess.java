// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import io.dragonfly.core.model.Geometry;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;

/// A process that stores blocks until it is killed, and prints the number of each block once
/// `write` has returned. Its argument is the store's directory.
final class StoringProcess {
    private StoringProcess() {}

    static DiskStore open(Path dir) throws IOException {
        DiskStoreSettings settings =
                DiskStoreSettings.DEFAULT
                        .withReserveBytes(0)
                        .withMaxDirtyBytes(64 << 10)
                        .withEviction(new Eviction(0, 0, 10));
        return DiskStore.open(dir, settings, InstantSource.system());
    }

    @SuppressWarnings("SystemOut") // The parent reads it.
    public static void main(String[] arguments) throws IOException {
        DiskStore store = open(Path.of(arguments[0]));
        StoredVersion version = store.create(Contents.version(1, Geometry.UNKNOWN));
        for (int block = 0; block < 1_000_000; block++) {
            Contents.write(version, block);
            System.out.println(block);
            System.out.flush();
        }
    }
}
