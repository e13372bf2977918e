// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.protocol;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// What a supernode says to a peer. Binary fields are base64; digests and ids are lower-case hex.
public sealed interface FromSupernode {
    /// Answers [FromPeer.Hello].
    ///
    /// @param version the protocol version of this stream
    /// @param supernode name of this supernode's start; a new one means its memory is gone
    /// @param seedHost host of the seed's piece port; null: the host this stream goes to
    /// @param reconnectSpreadMillis a lost stream is opened again after a random time up to this
    record Welcome(
            int version,
            String supernode,
            @Nullable String seedHost,
            int seedPort,
            long reconnectSpreadMillis)
            implements FromSupernode, HelloAnswer {}

    /// Answers [FromPeer.Hello] of a peer that cannot be served; the stream ends.
    ///
    /// @param code `incompatible`, `busy`, `denied`, …
    record Rejected(String code, String message) implements FromSupernode, HelloAnswer {}

    /// Answers [FromPeer.Register].
    ///
    /// @param length bytes of the content, -1 while unknown
    /// @param inline the whole content where it is small, else null
    /// @param encoding name of a [io.dragonfly.core.model.Encoding]
    record Registered(
            long request,
            String task,
            String version,
            String secret,
            long length,
            int pieceSize,
            int blockSize,
            int rangeBlocks,
            String encoding,
            String etag,
            String lastModified,
            String contentType,
            @Nullable String inline)
            implements FromSupernode {
        /// Hides the secret and the content.
        @Override
        public String toString() {
            return "Registered[request=%d, task=%s, version=%s, length=%d]"
                    .formatted(request, task, version, length);
        }
    }

    /// Answers [FromPeer.Register] in the negative.
    ///
    /// @param code a word of the table in docs/reference (`origin-not-found`, `origin-denied`, …)
    /// @param mayAskOrigin whether the peer may go to the origin itself. It says
    ///   [FromPeer.OriginEnded] when it is done there, so that the next one has a turn
    record Refused(
            long request, String code, String message, long retryAfterMillis, boolean mayAskOrigin)
            implements FromSupernode {}

    /// Fetch `range`, from block `block` on, from `parent`. An offer for a range in flight replaces
    /// its parent from the next block boundary on.
    ///
    /// @param host null: the seed
    /// @param pieceDigest of the range's piece where it is known; else block digests are pushed
    record Offer(
            String version,
            int range,
            int block,
            String parent,
            @Nullable String host,
            int port,
            @Nullable String pieceDigest)
            implements FromSupernode {}

    /// Digests of blocks `firstBlock ...`, 32 bytes each in one base64 text; sent while the seed is
    /// still reading their piece, or for a piece of [FromPeer.Announce].
    record BlockDigests(String version, int firstBlock, String digests) implements FromSupernode {}

    /// Digests of pieces `firstPiece ...`, 32 bytes each in one base64 text.
    record PieceDigests(String version, int firstPiece, String digests) implements FromSupernode {}

    /// Stop fetching `range` from `parent`; nothing is said about blocks already verified.
    record Cancel(String version, int range, String parent) implements FromSupernode {}

    /// The end of a content of unknown length was seen.
    record Length(String version, long length) implements FromSupernode {}

    /// The version is not distributed any more.
    ///
    /// @param code `origin-changed`, `origin-failed`, `corrupt`, `removed`
    /// @param mayAskOrigin whether the peer may go to the origin itself for what it lacks
    record Ended(String version, String code, String message, boolean mayAskOrigin)
            implements FromSupernode {}

    /// How many are in the same place as this peer: without any supernode each of them waits the
    /// longer for its turn at the origin, the more they are.
    ///
    /// @param version whose swarm it is; null: all peers of this supernode
    record SwarmSize(@Nullable String version, int peers) implements FromSupernode {}

    /// Something an operator wants all or some peers to do. Unknown commands are ignored.
    record Command(String name, List<String> arguments) implements FromSupernode {}
}
