// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin.http;

import io.dragonfly.core.model.Header;
import io.dragonfly.core.model.HostPort;
import io.dragonfly.core.model.MaskedUrl;
import io.dragonfly.core.model.TaskSpec;
import io.dragonfly.origin.OriginException;
import io.dragonfly.origin.OriginException.Kind;

import org.jspecify.annotations.Nullable;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// One URL on the way through the redirects, and what of the user's headers it may see.
///
/// The rules, of which the strictest wins and none is ever taken back further down the way:
/// - Credentials ([Header#isCredential], and the userinfo of the first URL) stay with the scheme,
///   host and port they were given for.
/// - Other headers of the user may be tokens too (`X-Auth-Token`, `PRIVATE-TOKEN`). They stay with
///   the same scheme, host and port, and follow only the usual step from `http://host` to
///   `https://host` (default ports).
/// - Headers that say how and not who (`Accept`, `Accept-Language`, `User-Agent`, trace ids) go
///   everywhere.
/// - Userinfo in a redirect's target is dropped: it is not the user's.
///
/// @param url without userinfo and fragment
/// @param headers those that this hop may see, without those that the client sets
/// @param basic value of the Authorization header made from userinfo, or empty
record Hop(URI url, List<Header> headers, String basic) {
    private static final Set<String> HARMLESS =
            Set.of(
                    "accept",
                    "accept-language",
                    "user-agent",
                    "traceparent",
                    "tracestate",
                    "x-request-id");

    /// Those that the client sets itself, and those that belong to one connection only. A proxy's
    /// credentials come from the environment; the user's header would reach the origin.
    private static final Set<String> OURS =
            Set.of(
                    "accept-encoding",
                    "connection",
                    "content-encoding",
                    "content-length",
                    "expect",
                    "if-match",
                    "if-modified-since",
                    "if-none-match",
                    "if-range",
                    "if-unmodified-since",
                    "keep-alive",
                    "proxy-authorization",
                    "proxy-connection",
                    "te",
                    "trailer",
                    "transfer-encoding",
                    "upgrade");

    private static final String LEGAL_IN_URL =
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/?#[]@!$&'()*+,;=%";

    private static final int MAX_URL = 16 << 10;

    /// @throws OriginException of kind REFUSED where the URL or a header cannot be sent
    static Hop first(TaskSpec spec) throws OriginException {
        for (Header header : spec.headers()) {
            if (header.name().equalsIgnoreCase("Range")) {
                throw refused(spec.url(), "a Range header is not allowed: the whole file is read");
            }
        }
        URI url = spec.url();
        String userinfo = url.getUserInfo();
        boolean given =
                spec.headers().stream().anyMatch(h -> h.name().equalsIgnoreCase("Authorization"));
        String basic =
                userinfo == null || given
                        ? ""
                        : "Basic "
                                + Base64.getEncoder()
                                        .encodeToString(userinfo.getBytes(StandardCharsets.UTF_8));
        List<Header> headers =
                spec.headers().stream().filter(h -> !OURS.contains(lower(h.name()))).toList();
        return new Hop(bare(url, url), headers, basic);
    }

    /// The hop that a redirect's Location leads to.
    ///
    /// @throws OriginException of kind PROTOCOL where it leads nowhere or out of http and https
    Hop redirect(@Nullable String location) throws OriginException {
        if (location == null || location.isBlank() || location.length() > MAX_URL) {
            throw new OriginException(
                    Kind.PROTOCOL, this + " redirects without a usable Location", false);
        }
        URI target;
        try {
            target = url.resolve(new URI(legal(location.strip())));
        } catch (URISyntaxException e) {
            throw new OriginException(
                    Kind.PROTOCOL, this + " redirects to something that is no URL", false, e);
        }
        String scheme = target.getScheme() == null ? "" : lower(target.getScheme());
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw new OriginException(
                    Kind.PROTOCOL,
                    this + " redirects to '" + scheme + ":', only http and https are followed",
                    false);
        }
        URI bare = bare(target, url);
        boolean same = origin(bare).equals(origin(url));
        boolean upgrade =
                !secure(url)
                        && secure(bare)
                        && port(url) == 80
                        && port(bare) == 443
                        && lower(host(url)).equals(lower(host(bare)));
        List<Header> kept =
                same
                        ? headers
                        : headers.stream()
                                .filter(h -> !h.isCredential() && (upgrade || harmless(h)))
                                .toList();
        return new Hop(bare, kept, same ? basic : "");
    }

    HostPort hostPort() {
        return new HostPort(host(url), port(url));
    }

    boolean secure() {
        return secure(url);
    }

    /// For messages: without query values.
    @Override
    public String toString() {
        return MaskedUrl.of(url);
    }

    /// The URL without userinfo and fragment, with a path. Its raw path and query are not touched:
    /// a signature may depend on each character.
    private static URI bare(URI target, URI shown) throws OriginException {
        if (target.getHost() == null || target.getPort() > 65535 || target.getPort() == 0) {
            throw refused(shown, "it has no valid host and port");
        }
        String path = target.getRawPath() == null ? "" : target.getRawPath();
        return URI.create(
                lower(target.getScheme())
                        + "://"
                        + target.getHost()
                        + (target.getPort() < 0 ? "" : ":" + target.getPort())
                        + (path.startsWith("/") ? path : "/" + path)
                        + (target.getRawQuery() == null ? "" : "?" + target.getRawQuery()));
    }

    private static OriginException refused(URI url, String why) {
        return new OriginException(
                Kind.REFUSED, "cannot read " + MaskedUrl.of(url) + ": " + why, false);
    }

    private static boolean harmless(Header header) {
        return HARMLESS.contains(lower(header.name()));
    }

    private static String origin(URI url) {
        return lower(url.getScheme()) + " " + lower(host(url)) + " " + port(url);
    }

    private static boolean secure(URI url) {
        return url.getScheme().equalsIgnoreCase("https");
    }

    /// The host without the brackets of an IPv6 literal.
    private static String host(URI url) {
        String host = url.getHost();
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private static int port(URI url) {
        return url.getPort() >= 0 ? url.getPort() : secure(url) ? 443 : 80;
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    /// Servers send spaces and raw UTF-8 in Location; browsers percent-encode them, and so do we.
    /// The header's bytes arrive as ISO-8859-1 characters.
    private static String legal(String location) {
        StringBuilder text = new StringBuilder();
        for (byte b : location.getBytes(StandardCharsets.ISO_8859_1)) {
            char c = (char) (b & 0xff);
            if (LEGAL_IN_URL.indexOf(c) >= 0) {
                text.append(c);
            } else {
                text.append(String.format("%%%02X", (int) c));
            }
        }
        return text.toString();
    }
}
