// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.proxy;

import io.dragonfly.core.model.Digest;

import org.jspecify.annotations.Nullable;

import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What the path of a request to the mirror means.
///
/// @param registry its name where the path says it, else empty
/// @param path the path at the registry, raw: `/v2/...`
/// @param kind what is asked for
/// @param repository the repository's name, or empty
/// @param digest of a blob, else null
record MirrorPath(
        String registry, String path, Kind kind, String repository, @Nullable Digest digest) {
    enum Kind {
        /// `/v2/`: whether the registry speaks this API, and what credentials it wants.
        PING,
        BLOB,
        MANIFEST,
        /// Tags, uploads, catalogues, and whatever comes in later versions of the API.
        OTHER
    }

    /// Longest path that is looked at.
    private static final int MAX_PATH = 4096;

    private static final Pattern HOST =
            Pattern.compile(
                    "(?:[a-z0-9](?:[a-z0-9.-]{0,252}[a-z0-9])?"
                            + "|\\[[0-9a-f:.]{2,45}])(?::\\d{1,5})?");

    private static final String NAME = "([a-z0-9._/-]{1,1024})";
    private static final Pattern BLOB =
            Pattern.compile(NAME + "/blobs/(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})");
    private static final Pattern MANIFEST =
            Pattern.compile(NAME + "/manifests/([A-Za-z0-9_][A-Za-z0-9._:+-]{0,255})");
    private static final Pattern NAMED = Pattern.compile(NAME + "/(?:blobs|tags|referrers)/.*");

    /// Parses `/v2/REPOSITORY/...`, `/v2/HOST/REPOSITORY/...` and `/HOST/v2/REPOSITORY/...`. The
    /// first part of a repository's name is a host where it looks like one, as in names of images:
    /// with a dot, with a port, or `localhost`.
    ///
    /// @param rawPath as it stands in the request line
    /// @param known whether the request says by other means which registry it is for: then the path
    ///   does not
    /// @param configured further names of registries
    /// @return empty where the path is none of the API's
    static Optional<MirrorPath> parse(String rawPath, boolean known, Predicate<String> configured) {
        if (rawPath.length() > MAX_PATH || !rawPath.startsWith("/")) {
            return Optional.empty();
        }
        if (rawPath.equals("/v2") || rawPath.startsWith("/v2/")) {
            return Optional.of(below("", rest(rawPath), known, configured));
        }
        int end = rawPath.indexOf('/', 1);
        if (end < 0 || known) {
            return Optional.empty();
        }
        String host = rawPath.substring(1, end);
        String inner = rawPath.substring(end);
        boolean api = inner.equals("/v2") || inner.startsWith("/v2/");
        return api && names(host, configured)
                ? Optional.of(of(host, rest(inner)))
                : Optional.empty();
    }

    /// Whether the text can be a registry's name: a host with an optional port.
    static boolean isHost(String text) {
        return HOST.matcher(text).matches();
    }

    /// The registry that a repository's name begins with, or empty.
    static String prefix(String repository, Predicate<String> configured) {
        int slash = repository.indexOf('/');
        String first = slash < 0 ? "" : repository.substring(0, slash);
        return names(first, configured) ? first : "";
    }

    private static String rest(String path) {
        return path.length() <= "/v2/".length() ? "" : path.substring("/v2/".length());
    }

    private static MirrorPath below(
            String registry, String rest, boolean known, Predicate<String> configured) {
        int slash = rest.indexOf('/');
        String first = slash < 0 ? rest : rest.substring(0, slash);
        if (!known && slash > 0 && names(first, configured)) {
            return of(first, rest.substring(slash + 1));
        }
        return of(registry, rest);
    }

    private static boolean names(String first, Predicate<String> configured) {
        boolean looks = first.indexOf('.') >= 0 || first.indexOf(':') >= 0;
        return isHost(first) && (looks || first.equals("localhost") || configured.test(first));
    }

    private static MirrorPath of(String registry, String rest) {
        String path = "/v2/" + rest;
        if (rest.isEmpty()) {
            return new MirrorPath(registry, path, Kind.PING, "", null);
        }
        Matcher blob = BLOB.matcher(rest);
        if (blob.matches()) {
            Digest digest = Digest.parse(blob.group(2));
            return new MirrorPath(registry, path, Kind.BLOB, blob.group(1), digest);
        }
        Matcher manifest = MANIFEST.matcher(rest);
        if (manifest.matches()) {
            return new MirrorPath(registry, path, Kind.MANIFEST, manifest.group(1), null);
        }
        Matcher other = NAMED.matcher(rest);
        return new MirrorPath(
                registry, path, Kind.OTHER, other.matches() ? other.group(1) : "", null);
    }
}
