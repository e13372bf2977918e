// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import io.dragonfly.core.model.Digest;
import io.dragonfly.core.model.Header;
import io.dragonfly.core.model.Sha256;
import io.dragonfly.core.model.TaskSpec;
import io.dragonfly.origin.testing.Answers;
import io.dragonfly.origin.testing.Behaviour;
import io.dragonfly.origin.testing.Content;
import io.dragonfly.origin.testing.HostileOrigin;
import io.dragonfly.origin.testing.Seen;
import io.dragonfly.origin.testing.Wire;
import io.dragonfly.peer.DownloadRequest;
import io.dragonfly.peer.DownloadRequest.Pattern;

import org.jspecify.annotations.Nullable;

import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.regex.Matcher;

/// A container registry on the loopback interface, as far as blobs go: repositories have blobs and
/// readers, and where there is a store blobs are redirected to it. Thread-safe.
final class Registry implements Closeable {
    private static final java.util.regex.Pattern BLOB =
            java.util.regex.Pattern.compile("/v2/(.+)/blobs/(sha256:[0-9a-f]+)");

    private final HostileOrigin server;
    private final Map<String, Content> blobs = new ConcurrentHashMap<>();
    private final Map<String, Set<String>> repositories = new ConcurrentHashMap<>();

    /// `Authorization` values that may read a repository; without an entry everybody may.
    private final Map<String, Set<String>> readers = new ConcurrentHashMap<>();

    /// Where blobs lie; null: here.
    private volatile @Nullable Function<String, String> store;

    /// By `repository/reference`.
    private final Map<String, Content> manifests = new ConcurrentHashMap<>();

    /// `Authorization` that the token service wants; null: there is no token service.
    private volatile @Nullable String wantedByTokenService;

    /// What answers before the registry does; null: nothing.
    private volatile @Nullable Behaviour instead;

    Registry() throws IOException {
        server = HostileOrigin.start(this::answer);
    }

    static Digest digest(Content content) {
        return Digest.parse("sha256:" + Sha256.of(content.bytes()).hex());
    }

    /// Puts a blob into a repository.
    Digest push(String repository, Content content) {
        Digest digest = digest(content);
        blobs.put(digest.toString(), content.withEtag("\"" + digest + "\""));
        repositories
                .computeIfAbsent(repository, r -> ConcurrentHashMap.newKeySet())
                .add(digest.toString());
        return digest;
    }

    /// From now on these alone may read it.
    void allow(String repository, String... authorizations) {
        readers.put(repository, Set.of(authorizations));
    }

    /// Blobs are redirected to what this says for a digest.
    void storedAt(Function<String, String> place) {
        store = place;
    }

    void answerInstead(@Nullable Behaviour other) {
        instead = other;
    }

    /// Puts a manifest there, as a tag and by its digest.
    Digest manifest(String repository, String tag, String json) {
        Content content = new Content(json.getBytes(StandardCharsets.UTF_8), "", "");
        manifests.put(repository + "/" + tag, content);
        manifests.put(repository + "/" + digest(content), content);
        return digest(content);
    }

    /// From now on everything wants a token, which the token service gives for this.
    ///
    /// @param authorization empty: it gives one to everybody
    void tokens(String authorization) {
        wantedByTokenService = authorization;
    }

    private void answer(Seen request, Wire wire) throws IOException {
        String wanted = wantedByTokenService;
        if (wanted != null && request.target().startsWith("/token")) {
            boolean gives = request.header("Authorization").equals(wanted);
            byte[] token =
                    "{\"token\": \"t1\", \"expires_in\": 300}".getBytes(StandardCharsets.UTF_8);
            (gives
                            ? Answers.honest(new Content(token, "", ""))
                            : Answers.status(401, "Unauthorized"))
                    .answer(request, wire);
        } else if (wanted != null && !request.header("Authorization").equals("Bearer t1")) {
            String challenge =
                    "WWW-Authenticate: Bearer realm=\"%s\",service=\"r\",scope=\"repository:x:pull\""
                            .formatted(server.url("/token"));
            Answers.status(401, "Unauthorized", challenge).answer(request, wire);
        } else if (request.target().contains("/manifests/")) {
            String path = request.target().substring("/v2/".length());
            Content manifest = manifests.get(path.replace("/manifests/", "/"));
            (manifest == null ? Answers.status(404, "Not Found") : Answers.honest(manifest))
                    .answer(request, wire);
        } else {
            content(request, wire);
        }
    }

    private void content(Seen request, Wire wire) throws IOException {
        Behaviour other = instead;
        Matcher matcher = BLOB.matcher(request.target());
        if (other != null) {
            other.answer(request, wire);
        } else if (!matcher.matches()) {
            Answers.status(404, "Not Found").answer(request, wire);
        } else {
            blob(matcher.group(1), matcher.group(2)).answer(request, wire);
        }
    }

    private Behaviour blob(String repository, String digest) {
        return (request, wire) -> {
            Set<String> may = readers.get(repository);
            Content content = blobs.get(digest);
            Function<String, String> elsewhere = store;
            if (may != null && !may.contains(request.header("Authorization"))) {
                Answers.status(401, "Unauthorized", "WWW-Authenticate: Bearer")
                        .answer(request, wire);
            } else if (content == null
                    || !repositories.getOrDefault(repository, Set.of()).contains(digest)) {
                Answers.status(404, "Not Found").answer(request, wire);
            } else if (elsewhere != null) {
                Answers.redirect(307, () -> elsewhere.apply(digest)).answer(request, wire);
            } else {
                Answers.honest(content).answer(request, wire);
            }
        };
    }

    URI url(String repository, Digest digest) {
        return server.url("/v2/" + repository + "/blobs/" + digest);
    }

    /// What a daemon asks for when an engine pulls the blob.
    ///
    /// @param authorization empty for none
    DownloadRequest pull(String repository, Digest digest, String authorization) {
        return pull(url(repository, digest), digest, authorization);
    }

    static DownloadRequest pull(URI url, Digest digest, String authorization) {
        List<Header> headers =
                authorization.isEmpty()
                        ? List.of()
                        : List.of(new Header("Authorization", authorization));
        TaskSpec spec = new TaskSpec(url, headers, List.of(), "", digest, false, "");
        // No way around the supernode: what it refuses is refused.
        return new DownloadRequest(spec, List.of(), Pattern.P2P, false, 0);
    }

    /// Requests whose target starts like this.
    long requests(String target) {
        return server.requests().stream().filter(r -> r.target().startsWith(target)).count();
    }

    /// Questions for one byte.
    long probes() {
        return server.requests().stream()
                .filter(r -> r.header("Range").equals("bytes=0-0"))
                .count();
    }

    int requests() {
        return server.requests().size();
    }

    long bytesSent() {
        return server.bytesSent();
    }

    HostileOrigin server() {
        return server;
    }

    @Override
    public void close() {
        server.close();
    }
}
