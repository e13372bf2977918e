// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import io.dragonfly.core.model.Encoding;
import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.Sha256;
import io.dragonfly.core.model.TaskId;
import io.dragonfly.core.model.Version;
import io.dragonfly.core.model.VersionNaming;
import io.dragonfly.net.piece.Throttle;
import io.dragonfly.origin.Cancellation;
import io.dragonfly.origin.OpenedOrigin;
import io.dragonfly.origin.OriginException;
import io.dragonfly.origin.OriginReader;
import io.dragonfly.peer.DownloadStatus.Failure;
import io.dragonfly.storage.NoSpaceException;
import io.dragonfly.storage.StoredVersion;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/// Back-to-source: this host reads the origin itself and keeps what it has of the same version.
final class OriginDownload {
    /// Where the content goes.
    ///
    /// @param digest checked by the caller in the end, and brought along here where nothing is kept
    /// @param publish hears of the content before its first block is read
    record Into(
            Placing placing,
            Holding holding,
            @Nullable WholeDigest digest,
            Consumer<Content> publish) {}

    private final Engine engine;
    private final TaskId task;
    private final DownloadRequest request;
    private final StatusBoard board;
    private final Throttle throttle;
    private final Into into;

    OriginDownload(
            Engine engine,
            TaskId task,
            DownloadRequest request,
            StatusBoard board,
            Throttle throttle,
            Into into) {
        this.engine = engine;
        this.task = task;
        this.request = request;
        this.board = board;
        this.throttle = throttle;
        this.into = into;
    }

    /// Reads until the content is complete; a second time, without keeping it, where the disk turns
    /// out to have no room.
    ///
    /// @param cancellation ends it
    Content.Stored read(Cancellation cancellation) throws IOException {
        try {
            return readOnce(cancellation);
        } catch (NoSpaceException e) {
            if (!into.placing().giveUp(e.getMessage())) {
                throw e;
            }
            return readOnce(cancellation);
        }
    }

    private Content.Stored readOnce(Cancellation cancellation) throws IOException {
        OriginReader reader = engine.origins();
        try (OpenedOrigin opened = reader.open(request.spec(), null, cancellation)) {
            StoredVersion stored = into.placing().of(version(opened));
            Version version = stored.version();
            AtomicReference<Geometry> geometry = new AtomicReference<>(version.geometry());
            Content.Stored content = new Content.Stored(stored, geometry::get, stored::has);
            into.holding().hold(stored);
            into.publish().accept(content);
            countWhatIsHere(stored);
            opened.read(
                    version.geometry(),
                    new Sink(content, geometry),
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
        private final Content.Stored content;
        private final StoredVersion stored;
        private final AtomicReference<Geometry> geometry;

        Sink(Content.Stored content, AtomicReference<Geometry> geometry) {
            this.content = content;
            this.stored = content.stored();
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
            WholeDigest whole = into.digest();
            if (whole != null && into.placing().streams()) {
                // What is only handed on has passed when all is read.
                whole.advance(content);
            }
        }

        @Override
        public void length(long length) throws IOException {
            stored.lengthKnown(length);
            geometry.updateAndGet(g -> g.withLength(length));
            board.length(length);
        }
    }
}
