// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin.http;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A Content-Range header with a range: `bytes first-last/total`.
///
/// @param total -1 where the server says `*`
record ContentRange(long first, long last, long total) {
    private static final Pattern FORMAT =
            Pattern.compile("\\s*bytes\\s+(\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)\\s*");

    /// Empty where the text is not exactly that, or contradicts itself.
    static Optional<ContentRange> parse(String text) {
        Matcher matcher = FORMAT.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long first = Long.parseLong(matcher.group(1));
        long last = Long.parseLong(matcher.group(2));
        long total = matcher.group(3).equals("*") ? -1 : Long.parseLong(matcher.group(3));
        boolean consistent = first <= last && (total < 0 || last < total);
        return consistent ? Optional.of(new ContentRange(first, last, total)) : Optional.empty();
    }

    long length() {
        return last - first + 1;
    }
}
