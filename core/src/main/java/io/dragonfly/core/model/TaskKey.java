// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.model;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Computes the task id: equal requests, wherever they come from, must meet in one task, and
/// requests that could get different bytes must not.
///
/// The key is the normalised URL (scheme and host in lower case, default port and fragment dropped,
/// order of the query kept, filtered parameters dropped), every user header except credentials,
/// `User-Agent` and trace ids, the trust (insecure, CA set), the tag and the digest.
///
/// A blob of a registry has the digest for its key, see [#blob].
///
/// Credentials are a second key beside it. On a host, who sends credentials shares with those only
/// who send the same ones ([#of]). At a supernode all of them ask for one task ([#shared]), which
/// each may join after the origin accepted his own credentials.
public final class TaskKey {
    private static final Set<String> IGNORED_HEADERS =
            Set.of(
                    "authorization",
                    "cookie",
                    "proxy-authorization",
                    "user-agent",
                    "traceparent",
                    "tracestate",
                    "x-request-id",
                    "x-b3-traceid",
                    "x-b3-spanid",
                    "x-b3-parentspanid",
                    "x-b3-sampled",
                    "uber-trace-id");

    /// Say how an answer is wanted, and not who wants it.
    private static final Set<String> HARMLESS_HEADERS =
            Set.of("accept", "accept-charset", "accept-encoding", "accept-language");

    private TaskKey() {}

    /// The task of those who send these credentials and no others.
    public static TaskId of(TaskSpec spec) {
        return id(spec, credentials(spec));
    }

    /// The task of everybody, whatever credentials he sends.
    public static TaskId shared(TaskSpec spec) {
        return id(spec, "");
    }

    /// The task of those who send these credentials, or none, apart from the shared one.
    public static TaskId own(TaskSpec spec) {
        String credentials = credentials(spec);
        return id(spec, credentials.isEmpty() ? "none" : credentials);
    }

    /// Stands for the credentials in a request (user information of the URL, `Authorization`,
    /// `Cookie`, `Proxy-Authorization`): a hash, from which they cannot be told; empty where there
    /// are none.
    public static String credentials(TaskSpec spec) {
        StringBuilder text = new StringBuilder();
        if (spec.url().getRawUserInfo() != null) {
            text.append(spec.url().getRawUserInfo()).append('\n');
        }
        spec.headers().stream()
                .filter(Header::isCredential)
                .map(h -> h.name().toLowerCase(Locale.ROOT) + ":" + h.value() + "\n")
                .sorted()
                .forEach(text::append);
        return text.isEmpty()
                ? ""
                : Sha256.of(text.toString().getBytes(StandardCharsets.UTF_8)).hex();
    }

    /// The task of a content that its digest names, of those who may share it.
    ///
    /// @param scope whose protected contents are shared: an origin, or several
    public static TaskId blob(TaskSpec spec, String scope) {
        Check.argument(spec.digest() != null, "no digest");
        return id(
                "dragonfly-blob-1",
                List.of(
                        "scope=" + scope,
                        "trust=" + trust(spec),
                        "tag=" + spec.tag(),
                        "digest=" + spec.digest()));
    }

    /// Stands for everything in a request that may say who asks: the credentials, and every header
    /// that may be a token. A hash; empty where there is nothing of the kind.
    public static String identity(TaskSpec spec) {
        List<String> headers =
                spec.headers().stream()
                        .filter(h -> !h.isCredential())
                        .map(h -> h.name().toLowerCase(Locale.ROOT) + ":" + h.value())
                        .filter(h -> !isHarmless(h.substring(0, h.indexOf(':'))))
                        .sorted()
                        .toList();
        String credentials = credentials(spec);
        if (headers.isEmpty()) {
            return credentials;
        }
        List<String> fields = new ArrayList<>(headers);
        fields.add(credentials);
        return id("dragonfly-identity-1", fields).hex();
    }

    private static boolean isHarmless(String name) {
        return IGNORED_HEADERS.contains(name) || HARMLESS_HEADERS.contains(name);
    }

    /// How the origin's certificate is checked, as one text.
    public static String trust(TaskSpec spec) {
        return spec.insecure()
                + " "
                + Sha256.of(spec.caCerts().getBytes(StandardCharsets.UTF_8)).hex();
    }

    private static TaskId id(TaskSpec spec, String credentials) {
        List<String> fields = new ArrayList<>();
        fields.add(normalise(spec.url(), spec.filter()));
        spec.headers().stream()
                .filter(h -> !IGNORED_HEADERS.contains(h.name().toLowerCase(Locale.ROOT)))
                .map(h -> h.name().toLowerCase(Locale.ROOT) + ":" + h.value())
                .sorted()
                .forEach(fields::add);
        fields.add("credentials=" + credentials);
        fields.add("insecure=" + spec.insecure());
        fields.add("ca=" + Sha256.of(spec.caCerts().getBytes(StandardCharsets.UTF_8)).hex());
        fields.add("tag=" + spec.tag());
        fields.add("digest=" + (spec.digest() == null ? "" : spec.digest()));
        return id("dragonfly-task-1", fields);
    }

    private static TaskId id(String kind, List<String> fields) {
        // The length before each field keeps two lists of fields from having one text.
        StringBuilder text = new StringBuilder(kind);
        for (String field : fields) {
            text.append('\n').append(field.length()).append(' ').append(field);
        }
        return new TaskId(Sha256.of(text.toString().getBytes(StandardCharsets.UTF_8)).hex());
    }

    private static String normalise(URI url, List<String> filter) {
        String scheme = url.getScheme().toLowerCase(Locale.ROOT);
        // No host for names that are none (an underscore); the authority still tells them apart.
        String host = String.valueOf(url.getHost() == null ? url.getRawAuthority() : url.getHost());
        host = host.toLowerCase(Locale.ROOT);
        int port = url.getPort();
        boolean defaultPort =
                port < 0
                        || (scheme.equals("http") && port == 80)
                        || (scheme.equals("https") && port == 443);
        String path =
                url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        String query = filtered(url.getRawQuery() == null ? "" : url.getRawQuery(), filter);
        return scheme
                + "://"
                + host
                + (defaultPort ? "" : ":" + port)
                + path
                + (query.isEmpty() ? "" : "?" + query);
    }

    private static String filtered(String query, List<String> filter) {
        if (query.isEmpty() || filter.isEmpty()) {
            return query;
        }
        return String.join(
                "&",
                Arrays.stream(query.split("&", -1))
                        .filter(p ->
                                !filter.contains(
                                        p.contains("=") ? p.substring(0, p.indexOf('=')) : p))
                        .toList());
    }
}
