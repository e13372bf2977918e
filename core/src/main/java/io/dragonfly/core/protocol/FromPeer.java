// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.protocol;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// What a peer says to a supernode. Binary fields are base64; digests and ids are lower-case hex.
public sealed interface FromPeer {
    /// The first message of a stream.
    ///
    /// @param advertise host that others reach this peer's piece port by; null: the address that
    ///   the control connection comes from
    /// @param piecePort port of the piece server; 0: this peer serves nobody
    /// @param software name and version, for people
    record Hello(
            int minVersion,
            int maxVersion,
            String peer,
            String hostname,
            @Nullable String advertise,
            int piecePort,
            String idc,
            String securityDomain,
            String hostGroup,
            @Nullable String clusterToken,
            String software)
            implements FromPeer {
        /// Hides the token.
        @Override
        public String toString() {
            return "Hello[peer=%s, hostname=%s, software=%s, versions=%d..%d]"
                    .formatted(peer, hostname, software, minVersion, maxVersion);
        }
    }

    /// Asks for a task. Answered by [FromSupernode.Registered] or [FromSupernode.Refused] with the
    /// same `request` number.
    ///
    /// @param headers `Name: value` lines for the origin, credentials included
    /// @param digest `algorithm:hex` of the whole content, or null
    /// @param wantsInline whether a small content may come in the reply
    /// @param held version that is complete here: the peer wants only to serve it, and nobody is to
    ///   ask the origin for that; null: it wants the content
    record Register(
            long request,
            String url,
            List<String> headers,
            List<String> filter,
            String tag,
            @Nullable String digest,
            boolean insecure,
            String caCerts,
            boolean wantsInline,
            @Nullable String held)
            implements FromPeer {
        /// Hides what may be a credential: header values, and the URL's user and query values.
        @Override
        public String toString() {
            return "Register[request=%d, headers=%d]".formatted(request, headers.size());
        }
    }

    /// Joins the swarm of a version, or joins it again after a lost stream.
    ///
    /// @param ranges bitmap (base64, bit 0 of byte 0 is range 0) of the ranges that are complete
    ///   here
    /// @param partialPieces pieces of which some blocks are here: the peer wants their block
    ///   digests, to keep what agrees
    /// @param wants whether the peer wants the missing ranges; false: it only serves
    /// @param next first range that the peer's reader still lacks
    /// @param secret of the version, from an earlier [FromSupernode.Registered]; null where this
    ///   stream was registered for the version
    /// @param window null: the peer keeps what it fetches and serves it. Else it has no room: it
    ///   hands the content on to its reader, serves nobody, and takes only the ranges from `next`
    ///   on, so many of them
    record Announce(
            String version,
            String ranges,
            List<Integer> partialPieces,
            boolean wants,
            int next,
            @Nullable String secret,
            @Nullable Integer window)
            implements FromPeer {
        /// Of a peer that keeps and serves.
        public Announce(
                String version,
                String ranges,
                List<Integer> partialPieces,
                boolean wants,
                int next,
                @Nullable String secret) {
            this(version, ranges, partialPieces, wants, next, secret, null);
        }

        /// Hides the secret.
        @Override
        public String toString() {
            return "Announce[version=%s, partialPieces=%d, wants=%s, next=%d, window=%s]"
                    .formatted(version, partialPieces.size(), wants, next, window);
        }
    }

    /// What changed since the last report, batched.
    ///
    /// @param started ranges whose first block is verified: they may be offered to others
    /// @param done ranges that are complete
    /// @param next first range that the peer's reader still lacks
    /// @param downBytesPerSecond measured over the last seconds, 0 for unknown
    record Progress(
            String version,
            List<Integer> started,
            List<Integer> done,
            int next,
            long downBytesPerSecond)
            implements FromPeer {}

    /// A range could not be had from the parent it was offered from.
    ///
    /// @param block first block of the range that is still missing
    record Failed(String version, int range, String parent, FailureReason reason, int block)
            implements FromPeer {}

    /// A range is all here but for its end, so its slots may be given away: what follows is asked
    /// for while the rest comes, and the link is not idle in between.
    record Ending(String version, int range) implements FromPeer {}

    /// A range comes much more slowly than the others: the rest may come from somewhere else.
    record Slow(String version, int range, String parent, int block) implements FromPeer {}

    /// Answers [FromSupernode.Recheck], and says on its own what went bad here.
    ///
    /// @param firstBlock first block that was read and hashed again
    /// @param endBlock one past the last
    /// @param lost ranges of which a block was bad: they are not complete here any more
    record Rechecked(String version, int firstBlock, int endBlock, List<Integer> lost)
            implements FromPeer {}

    /// No download slot is too few or too many: how many ranges this peer wants in flight and how
    /// many it can upload, from its measured rates.
    record Slots(int download, int upload) implements FromPeer {}

    /// The peer has no use for the version's offers any more and does not serve it.
    record Leave(String version) implements FromPeer {}

    /// This peer's turn at the origin, which [FromSupernode.Refused] granted, is over.
    ///
    /// @param read whether the content could be read
    /// @param why not, for people; empty where it was read
    record OriginEnded(String task, boolean read, String why) implements FromPeer {}

    /// The peer ends.
    record Bye() implements FromPeer {}
}
