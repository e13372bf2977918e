// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import io.dragonfly.storage.AbandonedStore;
import io.dragonfly.storage.StoreInUseException;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// The homes `once-1`, `once-2`, … in a home where somebody else works: for downloads of one
/// process. Each is used by one process at a time and by the next one after it, which so goes on
/// with what a killed one had; what stays unused is emptied.
public final class OnceHomes {
    private static final int MOST = 64;
    private static final String PREFIX = "once-";

    private OnceHomes() {}

    /// Starts an engine in a home.
    public interface Start {
        Peer in(Path home) throws IOException;
    }

    /// An engine and the home it has for itself.
    public record Started(Peer peer, Path home) {}

    /// Starts an engine in the first of these homes that nobody uses.
    public static Started start(Path home, Start start) throws IOException {
        StoreInUseException inUse = null;
        for (int i = 1; i <= MOST; i++) {
            Path once = home.resolve(PREFIX + i);
            try {
                return new Started(start.in(once), once);
            } catch (StoreInUseException e) {
                inUse = e;
            }
        }
        throw new IOException(MOST + " downloads without a daemon run already in " + home, inUse);
    }

    /// Forgets what is in one of these homes; nobody uses it.
    public static void clear(Path once) throws IOException {
        AbandonedStore.clear(once.resolve("data"), Long.MAX_VALUE);
    }

    /// Empties those that nobody used since a time.
    public static void clearOld(Path home, long sinceMillis) throws IOException {
        if (!Files.isDirectory(home)) {
            return;
        }
        try (DirectoryStream<Path> homes = Files.newDirectoryStream(home, PREFIX + "*")) {
            for (Path once : homes) {
                AbandonedStore.clear(once.resolve("data"), sinceMillis);
            }
        }
    }
}
