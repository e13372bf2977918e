// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import io.dragonfly.core.download.SourceWait;
import io.dragonfly.core.model.Version;
import io.dragonfly.core.model.VersionId;
import io.dragonfly.net.piece.PieceClient;
import io.dragonfly.origin.OriginReader;
import io.dragonfly.storage.Store;
import io.dragonfly.storage.StoredVersion;
import io.dragonfly.storage.StreamMemory;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// What the parts of a peer share: the store, the piece client, the origin reader, threads, time.
///
/// @param origins reads origins over one connection, in the order of the bytes: many hosts may do
///   so at the same time
/// @param threads one virtual thread per task
/// @param hashing a few platform threads for what keeps a processor busy
/// @param sourceWait before the origin is read because no supernode answers
record Engine(
        PeerEnvironment environment,
        Store store,
        PieceClient pieces,
        OriginReader origins,
        ExecutorService threads,
        ExecutorService hashing,
        Shares shares,
        Eviction eviction,
        StreamMemory streams,
        HostLimits limits,
        SourceWait.Settings sourceWait) {
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
    ///
    /// An output may be a hard link to a content, and its owner may have written to it: what does
    /// not look untouched is hashed again, and what is wrong is taken out.
    ///
    /// @param damaged told when something was wrong: whoever uses the version knows too much of it
    StoredVersion storeVersion(Version version, Consumer<VersionId> damaged) throws IOException {
        Optional<StoredVersion> found = store.find(version.id());
        if (found.isPresent() && !found.get().intact() && !reverified(found.get())) {
            damaged.accept(version.id());
            found = store.find(version.id());
        }
        if (found.isPresent()) {
            return found.get();
        }
        eviction.makeRoom(Math.max(0, version.geometry().length()));
        return store.create(version);
    }

    /// The version as one that is handed on through memory and not kept, for a disk without room.
    StoredVersion streamedVersion(Version version) throws IOException {
        StoredVersion base = store.find(version.id()).filter(StoredVersion::intact).orElse(null);
        return streams.open(version, base);
    }

    /// Hashing a whole content is work for a platform thread.
    private boolean reverified(StoredVersion version) throws IOException {
        try {
            return hashing.submit(version::reverify).get();
        } catch (ExecutionException e) {
            throw new IOException("cannot check what is in the store: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("the engine's threads are never interrupted", e);
        }
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
