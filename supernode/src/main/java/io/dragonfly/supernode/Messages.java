// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import io.dragonfly.core.model.HostPort;
import io.dragonfly.core.model.Sha256;
import io.dragonfly.core.model.Version;
import io.dragonfly.core.model.VersionId;
import io.dragonfly.core.protocol.DigestList;
import io.dragonfly.core.protocol.FromSupernode;
import io.dragonfly.core.scheduler.Command;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// Builds messages from the supernode's values.
final class Messages {
    private Messages() {}

    static FromSupernode blockDigests(VersionId version, int first, List<Sha256> digests) {
        return new FromSupernode.BlockDigests(version.hex(), first, DigestList.encode(digests));
    }

    static FromSupernode pieceDigests(VersionId version, int first, List<Sha256> digests) {
        return new FromSupernode.PieceDigests(version.hex(), first, DigestList.encode(digests));
    }

    /// @param address of the parent; null for the seed
    static FromSupernode offer(
            Command.Offer offer, @Nullable HostPort address, @Nullable Sha256 digest) {
        return new FromSupernode.Offer(
                offer.version().hex(),
                offer.range(),
                offer.block(),
                offer.parent().value(),
                address == null ? null : address.host(),
                address == null ? 0 : address.port(),
                digest == null ? null : digest.hex());
    }

    static FromSupernode cancel(Command.Cancel c) {
        return new FromSupernode.Cancel(c.version().hex(), c.range(), c.parent().value());
    }

    /// There is no such version, or not for you.
    static FromSupernode unknown(VersionId version) {
        return new FromSupernode.Ended(
                version.hex(), "version-unknown", "ask for the task again", false);
    }

    /// To a peer that holds a version which is not given out, or not to it.
    static FromSupernode.Refused notGiven(long request) {
        return new FromSupernode.Refused(
                request, "version-unknown", "this version is not given out here", 0, false);
    }

    static FromSupernode.Registered registered(
            long request, SeedVersion seed, @Nullable String inline) {
        Version version = seed.version();
        return new FromSupernode.Registered(
                request,
                version.task().hex(),
                version.id().hex(),
                seed.secret().hex(),
                version.geometry().length(),
                version.geometry().pieceSize(),
                version.geometry().blockSize(),
                version.geometry().rangeBlocks(),
                version.encoding().name(),
                version.validators().etag(),
                version.validators().lastModified(),
                version.contentType(),
                inline);
    }
}
