// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.protocol;

import io.dragonfly.core.model.Check;

import java.util.Base64;
import java.util.BitSet;

/// The set of ranges in [FromPeer.Announce#ranges]: base64 of a bitmap in which bit 0 (the lowest)
/// of byte 0 is range 0. Zero bytes at the end are left out; the empty set is the empty text.
public final class RangeBits {
    /// No version has more ranges than this: 15 TiB in pieces of 15 MiB.
    public static final int MAX_RANGES = 1 << 20;

    /// No bitmap is longer than this, in characters.
    static final int MAX_CHARS = (MAX_RANGES / 8 + 2) / 3 * 4;

    private RangeBits() {}

    /// The text for a set of ranges below [#MAX_RANGES].
    public static String encode(BitSet ranges) {
        Check.argument(ranges.length() <= MAX_RANGES, "too many ranges: %d", ranges.length());
        return Base64.getEncoder().encodeToString(ranges.toByteArray());
    }

    /// The set that `text` says; the caller owns it.
    ///
    /// @param ranges how many ranges the version has; [#MAX_RANGES] while its length is unknown
    /// @throws ProtocolException where the text is no base64 or names a range that does not exist
    public static BitSet decode(String text, int ranges) throws ProtocolException {
        if (text.length() > MAX_CHARS) {
            throw new ProtocolException(
                    ProtocolException.Code.TOO_LARGE,
                    "announce.ranges is longer than " + MAX_CHARS + " characters");
        }
        BitSet set;
        try {
            set = BitSet.valueOf(Base64.getDecoder().decode(text));
        } catch (IllegalArgumentException e) {
            throw new ProtocolException(
                    ProtocolException.Code.BAD_VALUE, "announce.ranges is not base64");
        }
        if (set.length() > Math.min(ranges, MAX_RANGES)) {
            throw new ProtocolException(
                    ProtocolException.Code.BAD_VALUE,
                    "announce.ranges names range "
                            + (set.length() - 1)
                            + " of a version that has "
                            + ranges);
        }
        return set;
    }
}
