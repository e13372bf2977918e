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

    private TaskKey() {}

    /// The task of those who send these credentials and no others.
    public static TaskId of(TaskSpec spec) {
        return id(spec, credentials(spec));
    }

    /// The task of everybody, whatever credentials he sends.
    public static TaskId shared(TaskSpec spec) {
        return id(spec, "");
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
        // The length before each field keeps two lists of fields from having one text.
        StringBuilder text = new StringBuilder("dragonfly-task-1");
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
