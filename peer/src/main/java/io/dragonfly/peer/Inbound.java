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
import io.dragonfly.core.protocol.ProtocolException;
import io.dragonfly.core.protocol.RangeBits;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// What the supernode's words mean to a download. What makes no sense is a [ProtocolException]: the
/// stream ends with one line that says why.
final class Inbound {
    private Inbound() {}

    /// What a message means; nothing for messages that are no event.
    ///
    /// @param geometry of the version, as far as this host knows it
    /// @param seed where the seed's pieces are
    static List<DownloadEvent> events(FromSupernode message, Geometry geometry, HostPort seed)
            throws ProtocolException {
        return switch (message) {
            case FromSupernode.Offer m -> List.of(offered(m, geometry, seed));
            case FromSupernode.Cancel m ->
                    List.of(new DownloadEvent.Withdrawn(m.range(), new PeerId(m.parent())));
            case FromSupernode.BlockDigests m -> List.of(blockDigests(m, geometry));
            case FromSupernode.PieceDigests m -> pieceDigests(m, geometry);
            case FromSupernode.Length m -> {
                checkLength(m.length(), geometry);
                yield List.of();
            }
            default -> List.of();
        };
    }

    private static DownloadEvent offered(FromSupernode.Offer m, Geometry geometry, HostPort seed)
            throws ProtocolException {
        checkBelow("offer.range", m.range(), ranges(geometry));
        HostPort address = m.host() == null ? seed : new HostPort(m.host(), m.port());
        Sha256 digest = m.pieceDigest() == null ? null : Sha256.parse(m.pieceDigest());
        return new DownloadEvent.Offered(m.range(), new PeerId(m.parent()), address, digest);
    }

    private static DownloadEvent blockDigests(FromSupernode.BlockDigests m, Geometry geometry)
            throws ProtocolException {
        List<Sha256> digests = DigestList.decode(m.digests());
        long blocks =
                geometry.lengthKnown()
                        ? geometry.blocks()
                        : (long) RangeBits.MAX_RANGES * geometry.rangeBlocks();
        checkBelow("block-digests", (long) m.firstBlock() + digests.size() - 1, blocks);
        return new DownloadEvent.BlockDigestsKnown(m.firstBlock(), digests);
    }

    private static List<DownloadEvent> pieceDigests(FromSupernode.PieceDigests m, Geometry geometry)
            throws ProtocolException {
        List<Sha256> digests = DigestList.decode(m.digests());
        long pieces =
                geometry.lengthKnown()
                        ? geometry.pieces()
                        : RangeBits.MAX_RANGES / geometry.rangesPerPiece();
        checkBelow("piece-digests", (long) m.firstPiece() + digests.size() - 1, pieces);
        List<DownloadEvent> events = new ArrayList<>();
        int piece = m.firstPiece();
        for (Sha256 digest : digests) {
            events.add(new DownloadEvent.PieceDigestKnown(piece++, digest));
        }
        return events;
    }

    private static long ranges(Geometry geometry) {
        return geometry.lengthKnown() ? geometry.ranges() : RangeBits.MAX_RANGES;
    }

    private static void checkBelow(String what, long number, long end) throws ProtocolException {
        if (number >= end) {
            throw nonsense("%s says %d of a version that has %d".formatted(what, number, end));
        }
    }

    private static void checkLength(long length, Geometry geometry) throws ProtocolException {
        if (geometry.lengthKnown() && geometry.length() != length) {
            throw nonsense("two lengths: %d and %d".formatted(geometry.length(), length));
        }
        try {
            geometry.withLength(length);
        } catch (IllegalArgumentException e) {
            throw nonsense(String.valueOf(e.getMessage()));
        }
    }

    private static ProtocolException nonsense(String what) {
        return new ProtocolException(ProtocolException.Code.BAD_VALUE, what);
    }

    /// Whether an answer to a registration makes sense: after this, [#version] and [#inline] work.
    static void check(FromSupernode answer) throws ProtocolException {
        if (answer instanceof FromSupernode.Registered m) {
            try {
                version(m);
                if (m.inline() != null && inline(m).length != m.length()) {
                    throw nonsense("registered.inline is not as long as the content");
                }
            } catch (IllegalArgumentException e) {
                throw nonsense("registered: " + e.getMessage());
            }
        }
    }

    /// A content that came with the answer.
    ///
    /// @throws IllegalArgumentException where it is not base64
    static byte[] inline(FromSupernode.Registered m) {
        return Base64.getDecoder().decode(String.valueOf(m.inline()));
    }

    /// @throws IllegalArgumentException where the numbers or names make no sense
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
