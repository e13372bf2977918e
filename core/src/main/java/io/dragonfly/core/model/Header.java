// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.model;

import java.util.Locale;
import java.util.Set;

/// One request header that the user wants the origin to get.
public record Header(String name, String value) {
    private static final Set<String> CREDENTIALS =
            Set.of("authorization", "cookie", "proxy-authorization");

    public Header {
        Check.argument(isToken(name), "not a header name: %s", name);
        Check.argument(
                value.indexOf('\r') < 0 && value.indexOf('\n') < 0 && value.indexOf('\0') < 0,
                "the value of header %s has a control character",
                name);
    }

    /// Parses `Name: value`.
    ///
    /// @throws IllegalArgumentException with a message for users that does not repeat the value
    public static Header parse(String line) {
        int colon = line.indexOf(':');
        Check.argument(colon > 0, "a header looks like 'Name: value'");
        return new Header(line.substring(0, colon).strip(), line.substring(colon + 1).strip());
    }

    /// Whether the header carries the caller's credentials: it is then no part of the task key,
    /// lives in memory only and is dropped by a redirect to another host.
    public boolean isCredential() {
        return CREDENTIALS.contains(name.toLowerCase(Locale.ROOT));
    }

    private static boolean isToken(String text) {
        return !text.isEmpty()
                && text.length() <= 256
                && text.chars()
                        .allMatch(c -> c > 32 && c < 127 && "()<>@,;:\\\"/[]?={}".indexOf(c) < 0);
    }

    /// Hides the value: it may be a credential.
    @Override
    public String toString() {
        return name + ": ***";
    }
}
