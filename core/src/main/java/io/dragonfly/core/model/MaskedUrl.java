// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.model;

import java.net.URI;

/// URLs as they may be shown: user information and the values of query parameters are hidden, for
/// they may be credentials (signed URLs).
public final class MaskedUrl {
    private MaskedUrl() {}

    public static String of(URI url) {
        StringBuilder text = new StringBuilder();
        text.append(url.getScheme()).append("://");
        String authority = url.getRawAuthority();
        if (authority != null) {
            int at = authority.lastIndexOf('@');
            text.append(at >= 0 ? "***@" + authority.substring(at + 1) : authority);
        }
        if (url.getRawPath() != null) {
            text.append(url.getRawPath());
        }
        if (url.getRawQuery() != null) {
            text.append('?').append(url.getRawQuery().replaceAll("=[^&]*", "=***"));
        }
        return text.toString();
    }
}
