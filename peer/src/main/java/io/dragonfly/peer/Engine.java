// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import io.dragonfly.core.model.Version;
import io.dragonfly.net.piece.PieceClient;
import io.dragonfly.net.piece.SharedLimit;
import io.dragonfly.origin.OriginReader;
import io.dragonfly.storage.Store;
import io.dragonfly.storage.StoredVersion;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.random.RandomGenerator;

/// What the parts of a peer share: the store, the piece client, the origin reader, threads, time.
///
/// @param threads one virtual thread per task
/// @param download of the host
record Engine(
        PeerEnvironment environment,
        Store store,
        PieceClient pieces,
        OriginReader origins,
        ExecutorService threads,
        Shares shares,
        Eviction eviction,
        SharedLimit download) {
    /// Makes room in the store.
    interface Eviction {
        /// Deletes what is least worth keeping until `bytes` more fit, or as much as may go.
        void makeRoom(long bytes) throws IOException;
    }

    long nanoTime() {
        return environment.nanoTime().getAsLong();
    }

    RandomGenerator random() {
        return environment.random();
    }

    /// The version in the store, made where it is not there yet.
    StoredVersion storeVersion(Version version) throws IOException {
        var found = store.find(version.id());
        if (found.isPresent()) {
            return found.get();
        }
        eviction.makeRoom(Math.max(0, version.geometry().length()));
        return store.create(version);
    }

    /// Other versions of the same task whose blocks may be the same.
    List<StoredVersion> otherVersions(Version version) {
        return store.versions().stream()
                .filter(v -> v.version().task().equals(version.task()))
                .filter(v -> !v.version().id().equals(version.id()))
                .filter(v -> v.version().geometry().blockSize() == version.geometry().blockSize())
                .filter(v -> v.version().geometry().length() == version.geometry().length())
                .toList();
    }
}
