// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.protocol.FromPeer;
import io.dragonfly.core.protocol.RangeBits;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// Whether the numbers that a peer says can be numbers of a version. The codec knows only that they
/// are not negative; whoever names the two-billionth piece of a small file is broken or means harm.
/// One piece beyond the end is let through, because the end may become known while a message is on
/// its way; the scheduler ignores it.
final class Claims {
    private final long pieces;
    private final long ranges;
    private final long blocks;

    private Claims(Geometry geometry) {
        int perPiece = geometry.rangesPerPiece();
        pieces = geometry.lengthKnown() ? geometry.pieces() + 1 : RangeBits.MAX_RANGES / perPiece;
        ranges = pieces * perPiece;
        blocks = pieces * geometry.blocksPerPiece();
    }

    /// What is wrong with a message about a version of this geometry, or null.
    static @Nullable String nonsense(FromPeer message, Geometry geometry) {
        Claims claims = new Claims(geometry);
        return switch (message) {
            case FromPeer.Announce m ->
                    first(
                            claims.next("announce", m.next()),
                            beyond("announce.partialPieces", m.partialPieces(), claims.pieces));
            case FromPeer.Progress m ->
                    first(
                            claims.next("progress", m.next()),
                            beyond("progress.started", m.started(), claims.ranges),
                            beyond("progress.done", m.done(), claims.ranges));
            case FromPeer.Failed m ->
                    first(
                            beyond("failed.range", m.range(), claims.ranges),
                            beyond("failed.block", m.block(), claims.blocks + 1));
            case FromPeer.Ending m -> beyond("ending.range", m.range(), claims.ranges);
            case FromPeer.Slow m ->
                    first(
                            beyond("slow.range", m.range(), claims.ranges),
                            beyond("slow.block", m.block(), claims.blocks + 1));
            case FromPeer.Rechecked m ->
                    first(
                            beyond("rechecked.firstBlock", m.firstBlock(), claims.blocks),
                            beyond("rechecked.endBlock", m.endBlock(), claims.blocks + 1),
                            beyond("rechecked.lost", m.lost(), claims.ranges));
            case FromPeer.Leave _,
                    FromPeer.OriginEnded _,
                    FromPeer.Hello _,
                    FromPeer.Register _,
                    FromPeer.Slots _,
                    FromPeer.Bye _ ->
                    null;
        };
    }

    private @Nullable String next(String message, int next) {
        return beyond(message + ".next", next, ranges + 1);
    }

    private static @Nullable String first(@Nullable String... complaints) {
        for (String complaint : complaints) {
            if (complaint != null) {
                return complaint;
            }
        }
        return null;
    }

    private static @Nullable String beyond(String what, List<Integer> numbers, long end) {
        for (int number : numbers) {
            String complaint = beyond(what, number, end);
            if (complaint != null) {
                return complaint;
            }
        }
        return null;
    }

    private static @Nullable String beyond(String what, int number, long end) {
        return number < end
                ? null
                : "%s names %d, which this version cannot have".formatted(what, number);
    }
}
