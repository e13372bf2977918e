// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.model;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A layer or a configuration of a container image, as a registry names it: its URL says through
/// which repository it is asked for, and what its digest is. Only a URL of exactly this form is
/// taken for one: what a proxy on the way could read differently (escapes, dots, a query) is not.
///
/// @param registry scheme, host in lower case and port: `https://a.b.com:443`
/// @param repository name, as `library/ubuntu`
/// @param digest SHA-256 or SHA-512, which nobody can find another content for
public record Blob(String registry, String repository, Digest digest) {
    private static final String PART = "[a-z0-9]+(?:(?:\\.|__?|-+)[a-z0-9]+)*";

    private static final Pattern PATH =
            Pattern.compile(
                    "/v2/("
                            + PART
                            + "(?:/"
                            + PART
                            + ")*)/blobs/(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})");

    /// Of a path that may be one; names have at most 255 characters.
    private static final int MAX_PATH = 255 + 160;

    /// The blob that is asked for; nothing where the URL names none, or the digest that is wanted
    /// is another.
    public static Optional<Blob> of(TaskSpec spec) {
        URI url = spec.url();
        String scheme = url.getScheme().toLowerCase(Locale.ROOT);
        String path = url.getRawPath();
        boolean web = scheme.equals("http") || scheme.equals("https");
        if (!web || url.getHost() == null || path == null || path.length() > MAX_PATH) {
            return Optional.empty();
        }
        Matcher matcher = PATH.matcher(path);
        if (url.getRawQuery() != null || !matcher.matches()) {
            return Optional.empty();
        }
        Digest digest = Digest.parse(matcher.group(2));
        if (!digest.equals(spec.digest())) {
            return Optional.empty();
        }
        return Optional.of(new Blob(registry(url), matcher.group(1), digest));
    }

    /// Scheme, host and port of a URL with a host.
    public static String registry(URI url) {
        String scheme = url.getScheme().toLowerCase(Locale.ROOT);
        int port = url.getPort() >= 0 ? url.getPort() : scheme.equals("https") ? 443 : 80;
        return scheme + "://" + url.getHost().toLowerCase(Locale.ROOT) + ":" + port;
    }
}
