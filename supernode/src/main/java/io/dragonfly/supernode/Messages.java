// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import io.dragonfly.core.model.Sha256;
import io.dragonfly.core.model.Version;
import io.dragonfly.core.model.VersionId;
import io.dragonfly.core.protocol.DigestList;
import io.dragonfly.core.protocol.FromSupernode;

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
