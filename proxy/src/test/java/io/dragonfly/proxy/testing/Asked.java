// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.proxy.testing;

import org.eclipse.jetty.http.HttpFields;

/// One request as a registry got it.
///
/// @param target path and query
public record Asked(String method, String target, HttpFields headers) {
    /// The value of a header, or empty.
    public String header(String name) {
        String value = headers.get(name);
        return value == null ? "" : value;
    }

    public String path() {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    @Override
    public String toString() {
        return method + " " + target;
    }
}
