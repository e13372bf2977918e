// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import io.dragonfly.core.download.DownloadEvent;
import io.dragonfly.core.model.Encoding;
import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.HostPort;
import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.model.Sha256;
import io.dragonfly.core.model.TaskId;
import io.dragonfly.core.model.Validators;
import io.dragonfly.core.model.Version;
import io.dragonfly.core.model.VersionId;
import io.dragonfly.core.protocol.DigestList;
import io.dragonfly.core.protocol.FromSupernode;

import java.util.ArrayList;
import java.util.List;

/// What the supernode's words mean to a download.
final class Inbound {
    private Inbound() {}

    /// @param seed where the seed's pieces are
    static DownloadEvent offered(FromSupernode.Offer m, HostPort seed) {
        HostPort address = m.host() == null ? seed : new HostPort(m.host(), m.port());
        Sha256 digest = m.pieceDigest() == null ? null : Sha256.parse(m.pieceDigest());
        return new DownloadEvent.Offered(m.range(), new PeerId(m.parent()), address, digest);
    }

    static DownloadEvent withdrawn(FromSupernode.Cancel m) {
        return new DownloadEvent.Withdrawn(m.range(), new PeerId(m.parent()));
    }

    static DownloadEvent blockDigests(FromSupernode.BlockDigests m) {
        return new DownloadEvent.BlockDigestsKnown(m.firstBlock(), DigestList.decode(m.digests()));
    }

    static List<DownloadEvent> pieceDigests(FromSupernode.PieceDigests m) {
        List<DownloadEvent> events = new ArrayList<>();
        int piece = m.firstPiece();
        for (Sha256 digest : DigestList.decode(m.digests())) {
            events.add(new DownloadEvent.PieceDigestKnown(piece++, digest));
        }
        return events;
    }

    static Version version(FromSupernode.Registered m) {
        return new Version(
                new VersionId(m.version()),
                new TaskId(m.task()),
                new Geometry(m.length(), m.pieceSize(), m.blockSize(), m.rangeBlocks()),
                Encoding.valueOf(m.encoding()),
                new Validators(m.etag(), m.lastModified()),
                m.contentType());
    }
}
