// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.proxy;

import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Takes out the headers that belong to one connection, and leaves all others as they are.
final class HopByHop {
    private static final Set<String> ALWAYS =
            Set.of(
                    "connection",
                    "keep-alive",
                    "proxy-authenticate",
                    "proxy-authorization",
                    "proxy-connection",
                    "te",
                    "trailer",
                    "transfer-encoding",
                    "upgrade");

    /// What our client sets from the request itself, or answers itself.
    private static final Set<String> OF_REQUESTS = Set.of("host", "expect", "content-length");

    private HopByHop() {}

    /// The headers of a request that is sent on.
    static HttpFields.Mutable request(HttpFields headers) {
        return without(headers, OF_REQUESTS);
    }

    /// The headers of an answer that is handed back.
    static HttpFields.Mutable answer(HttpFields headers) {
        return without(headers, Set.of());
    }

    private static HttpFields.Mutable without(HttpFields headers, Set<String> more) {
        Set<String> dropped = new HashSet<>(ALWAYS);
        dropped.addAll(more);
        for (String listed : headers.getCSV("Connection", false)) {
            dropped.add(listed.toLowerCase(Locale.ROOT));
        }
        List<HttpField> kept =
                headers.stream()
                        .filter(f -> !dropped.contains(f.getName().toLowerCase(Locale.ROOT)))
                        .toList();
        HttpFields.Mutable result = HttpFields.build();
        kept.forEach(result::add);
        return result;
    }
}
