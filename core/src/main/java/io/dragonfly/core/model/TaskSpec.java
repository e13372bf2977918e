// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.model;

import org.jspecify.annotations.Nullable;

import java.net.URI;
import java.util.List;

/// What a user asks for: where the content is and what makes it this content and no other.
///
/// @param url absolute, as the user gave it
/// @param headers for the origin, in order
/// @param filter query parameters that do not belong to the task key
/// @param tag separates tasks of equal URLs (v1: `--identifier`); empty for none
/// @param digest of the whole content, checked before its last block is released
/// @param insecure do not verify the origin's certificate
/// @param caCerts PEM text of the certificate authorities to trust instead of the system's; empty
///   for none
public record TaskSpec(
        URI url,
        List<Header> headers,
        List<String> filter,
        String tag,
        @Nullable Digest digest,
        boolean insecure,
        String caCerts) {
    public TaskSpec {
        Check.argument(url.isAbsolute(), "the URL has no scheme: %s", url);
        headers = List.copyOf(headers);
        filter = List.copyOf(filter);
    }

    public static TaskSpec of(URI url) {
        return new TaskSpec(url, List.of(), List.of(), "", null, false, "");
    }

    /// Whether who asks shows who he is.
    public boolean hasCredentials() {
        return url.getRawUserInfo() != null || headers.stream().anyMatch(Header::isCredential);
    }

    /// Shows the URL without userinfo and query values.
    @Override
    public String toString() {
        return "TaskSpec[" + MaskedUrl.of(url) + "]";
    }
}
