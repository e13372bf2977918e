// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin.testing;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A request as it arrived.
///
/// @param number of the request at this server, from 0
/// @param connection number of the connection, from 0
/// @param target as sent: path and query, or the absolute form
/// @param headers names in lower case, values of equal names joined by commas
public record Seen(
        int number,
        int connection,
        String method,
        String target,
        String version,
        Map<String, String> headers) {
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d*)");

    /// The value of a header, or an empty string.
    public String header(String name) {
        return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
    }

    public boolean has(String name) {
        return headers.containsKey(name.toLowerCase(Locale.ROOT));
    }

    /// The Range header as `[first, last]`; last is [Long#MAX_VALUE] where it is open.
    public Optional<long[]> range() {
        Matcher matcher = RANGE.matcher(header("Range"));
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long last =
                matcher.group(2).isEmpty() ? Long.MAX_VALUE : Long.parseLong(matcher.group(2));
        return Optional.of(new long[] {Long.parseLong(matcher.group(1)), last});
    }
}
