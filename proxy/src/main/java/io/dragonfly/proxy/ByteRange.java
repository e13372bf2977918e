// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.proxy;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The one range of a `Range` header (RFC 9110, section 14).
///
/// @param first byte, or -1 where `last` counts from the end
/// @param last byte inclusive, -1 for the end; with `first` -1 the number of bytes before the end
record ByteRange(long first, long last) {
    private static final Pattern ONE =
            Pattern.compile("\\s*bytes\\s*=\\s*(\\d{0,18})\\s*-\\s*(\\d{0,18})\\s*");

    /// A range of a content of known length.
    ///
    /// @param first byte
    /// @param end one past the last byte
    record Part(long first, long end) {
        long length() {
            return end - first;
        }
    }

    /// @return empty where it is no single range of bytes: then the header is as good as none
    static Optional<ByteRange> parse(String header) {
        Matcher matcher = ONE.matcher(header);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String from = matcher.group(1);
        String to = matcher.group(2);
        if (from.isEmpty()) {
            return to.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new ByteRange(-1, Long.parseLong(to)));
        }
        long first = Long.parseLong(from);
        long last = to.isEmpty() ? -1 : Long.parseLong(to);
        return last >= 0 && last < first
                ? Optional.empty()
                : Optional.of(new ByteRange(first, last));
    }

    /// The bytes of a content of this length; empty where it has none of them.
    Optional<Part> of(long length) {
        if (first < 0) {
            long count = Math.min(last, length);
            return count == 0 ? Optional.empty() : Optional.of(new Part(length - count, length));
        }
        if (first >= length) {
            return Optional.empty();
        }
        return Optional.of(new Part(first, last < 0 ? length : Math.min(length, last + 1)));
    }
}
