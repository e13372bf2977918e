// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import io.dragonfly.core.model.Encoding;
import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.Sha256;
import io.dragonfly.core.model.TaskId;
import io.dragonfly.core.model.Version;
import io.dragonfly.core.model.VersionId;
import io.dragonfly.core.model.VersionNaming;
import io.dragonfly.net.piece.Throttle;
import io.dragonfly.origin.Cancellation;
import io.dragonfly.origin.OpenedOrigin;
import io.dragonfly.origin.OriginException;
import io.dragonfly.origin.OriginReader;
import io.dragonfly.peer.DownloadStatus.Failure;
import io.dragonfly.storage.StoredVersion;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/// Back-to-source: this host reads the origin itself and keeps what it has of the same version.
final class OriginDownload {
    /// Gets the content as soon as its version is known.
    interface Begun {
        void begun(Content.Stored content) throws IOException;
    }

    private final Engine engine;
    private final TaskId task;
    private final DownloadRequest request;
    private final StatusBoard board;
    private final Throttle throttle;
    private final Consumer<VersionId> damaged;

    OriginDownload(
            Engine engine,
            TaskId task,
            DownloadRequest request,
            StatusBoard board,
            Throttle throttle,
            Consumer<VersionId> damaged) {
        this.engine = engine;
        this.task = task;
        this.request = request;
        this.board = board;
        this.throttle = throttle;
        this.damaged = damaged;
    }

    /// Reads until the content is complete.
    ///
    /// @param cancellation ends it
    Content.Stored read(Begun begun, Cancellation cancellation) throws IOException {
        try (OpenedOrigin opened = engine.origins().open(request.spec(), null, cancellation)) {
            Version version = version(opened);
            StoredVersion stored = engine.storeVersion(version, damaged);
            AtomicReference<Geometry> geometry = new AtomicReference<>(version.geometry());
            Content.Stored content = new Content.Stored(stored, geometry::get, stored::has);
            board.following(version);
            begun.begun(content);
            countWhatIsHere(stored);
            opened.read(
                    version.geometry(),
                    new Sink(stored, geometry),
                    bytes -> throttle.acquire(Math.toIntExact(bytes)));
            return content;
        } catch (OriginException e) {
            throw new DownloadException(
                    new Failure(e.kind().code(), String.valueOf(e.getMessage())));
        }
    }

    private Version version(OpenedOrigin opened) {
        return new Version(
                VersionNaming.name(task, opened.validators(), opened.length(), engine.random()),
                task,
                Geometry.of(opened.length()),
                Encoding.IDENTITY,
                opened.validators(),
                opened.contentType());
    }

    private void countWhatIsHere(StoredVersion stored) {
        for (int b : stored.blocks().stream().toArray()) {
            int length = stored.version().geometry().blockLength(b);
            board.verified(length, StatusBoard.Source.STORE, "store");
        }
    }

    private final class Sink implements OriginReader.Sink {
        private final StoredVersion stored;
        private final AtomicReference<Geometry> geometry;

        Sink(StoredVersion stored, AtomicReference<Geometry> geometry) {
            this.stored = stored;
            this.geometry = geometry;
        }

        @Override
        public boolean has(int block) {
            return stored.has(block);
        }

        @Override
        public void block(int block, Sha256 digest, ByteBuffer bytes) throws IOException {
            int length = bytes.remaining();
            stored.write(block, digest, bytes);
            board.verified(length, StatusBoard.Source.ORIGIN, "origin");
        }

        @Override
        public void length(long length) throws IOException {
            stored.lengthKnown(length);
            geometry.updateAndGet(g -> g.withLength(length));
            board.length(length);
        }
    }
}
