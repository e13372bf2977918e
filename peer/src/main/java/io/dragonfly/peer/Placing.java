// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import io.dragonfly.core.model.Version;
import io.dragonfly.core.model.VersionId;
import io.dragonfly.storage.NoSpaceException;
import io.dragonfly.storage.StoredVersion;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.function.Consumer;

/// Where a download puts its content: in the store, or, from the moment on when that has no room,
/// in a bounded part of the memory, through which it goes to its readers. Used by the download's
/// thread only.
final class Placing {
    private static final Logger LOG = LoggerFactory.getLogger(Placing.class);

    private final Engine engine;
    private final StatusBoard board;
    private final Consumer<VersionId> damaged;
    private boolean streams;
    private volatile @Nullable StoredVersion place;

    Placing(Engine engine, StatusBoard board, Consumer<VersionId> damaged) {
        this.engine = engine;
        this.board = board;
        this.damaged = damaged;
    }

    /// Whether nothing is stored any more.
    boolean streams() {
        return streams;
    }

    /// The place of a version, which is followed from now on.
    ///
    /// @throws NoSpaceException where the memory has no room either
    StoredVersion of(Version version) throws IOException {
        StoredVersion found = streams ? null : stored(version);
        if (found == null) {
            found = engine.streamedVersion(version);
        }
        place = found;
        board.following(found.version());
        if (streams) {
            board.streaming();
        }
        return found;
    }

    /// Nobody wants it any more: who waits for a reader to get on waits in vain. From any thread.
    void stop() {
        StoredVersion last = place;
        if (last != null && last.window() > 0) {
            last.end("nobody wants it any more");
        }
    }

    private @Nullable StoredVersion stored(Version version) throws IOException {
        try {
            return engine.storeVersion(version, damaged);
        } catch (NoSpaceException e) {
            giveUp(e.getMessage());
            return null;
        }
    }

    /// The store has no room.
    ///
    /// @return false where nothing was stored anyway, so that there is no other way
    boolean giveUp(@Nullable String why) {
        if (streams) {
            return false;
        }
        streams = true;
        LOG.warn("no room in the store, handing on without it: {}", why);
        return true;
    }
}
