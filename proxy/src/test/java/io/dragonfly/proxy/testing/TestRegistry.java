// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.proxy.testing;

import io.dragonfly.core.model.Sha256;
import io.dragonfly.net.http.HttpServer;
import io.dragonfly.net.http.HttpSettings;
import io.dragonfly.net.http.Listen;
import io.dragonfly.net.tls.Tls;

import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A registry that speaks the pull part of the OCI distribution specification, with a token service
/// where wanted. It remembers what it was asked, and a test may have it answer otherwise.
/// Thread-safe.
public final class TestRegistry extends Handler.Abstract implements Closeable {
    /// Who may read.
    public enum Access {
        EVERYBODY,
        /// `user` with `password`.
        BASIC,
        /// Who has a token for the repository; the token service gives one to everybody for names
        /// that begin with `public/`, to `user` with `password` for all.
        TOKEN
    }

    /// An answer that is given instead of the usual one.
    ///
    /// @param cutAfter breaks the connection after so many bytes of the body; -1: never
    @SuppressWarnings("ArrayRecordComponent") // nobody compares them
    public record Answer(int status, Map<String, String> headers, byte[] body, int cutAfter) {
        public static Answer of(int status) {
            return new Answer(status, Map.of(), new byte[0], -1);
        }
    }

    public static final String BASIC =
            "Basic "
                    + Base64.getEncoder()
                            .encodeToString("user:password".getBytes(StandardCharsets.UTF_8));

    private static final Pattern PATH = Pattern.compile("/v2/(.+)/(blobs|manifests|tags)/([^/?]+)");

    private static final Pattern RANGE = Pattern.compile("bytes=(\\d*)-(\\d*)");

    private final Access access;
    private final Map<String, byte[]> blobs = new ConcurrentHashMap<>();
    private final Map<String, Manifest> manifests = new ConcurrentHashMap<>();
    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private final HttpServer server;
    private final boolean tls;
    private volatile Function<Asked, Optional<Answer>> instead = _ -> Optional.empty();
    private final AtomicLong blobBytes = new AtomicLong();
    private volatile @Nullable Hold hold;

    private record Hold(int after, CountDownLatch until) {}

    @SuppressWarnings("ArrayRecordComponent")
    private record Manifest(String type, byte[] bytes) {}

    private TestRegistry(Access access, @Nullable Tls tls) throws IOException {
        this.access = access;
        this.tls = tls != null;
        this.server =
                HttpServer.start(
                        HttpSettings.DEFAULT, List.of(new Listen.Tcp("127.0.0.1", 0, tls)), this);
    }

    public static TestRegistry start(Access access) throws IOException {
        return new TestRegistry(access, null);
    }

    public static TestRegistry start(Access access, Tls tls) throws IOException {
        return new TestRegistry(access, tls);
    }

    public int port() {
        return server.port().orElseThrow();
    }

    public URI url() {
        return URI.create((tls ? "https" : "http") + "://127.0.0.1:" + port());
    }

    /// Adds a blob to all repositories.
    ///
    /// @return its digest
    public String blob(byte[] bytes) {
        String digest = "sha256:" + Sha256.of(bytes).hex();
        blobs.put(digest, bytes);
        return digest;
    }

    /// @return the manifest's digest
    public String manifest(String repository, String tag, String type, String json) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        String digest = "sha256:" + Sha256.of(bytes).hex();
        manifests.put(repository + " " + tag, new Manifest(type, bytes));
        manifests.put(repository + " " + digest, new Manifest(type, bytes));
        return digest;
    }

    /// From now on. What gives nothing leaves the usual answer.
    public void answerInstead(Function<Asked, Optional<Answer>> how) {
        instead = how;
    }

    /// From now on answers stop after so many bytes of their bodies, until the latch is open.
    public void hold(int after, CountDownLatch until) {
        hold = new Hold(after, until);
    }

    /// Bytes of blobs that were sent so far.
    public long blobBytes() {
        return blobBytes.get();
    }

    /// What was asked so far.
    public List<Asked> asked() {
        return new ArrayList<>(asked);
    }

    /// Those whose path has this text.
    public List<Asked> asked(String text) {
        return asked.stream().filter(a -> a.target().contains(text)).toList();
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        Asked got =
                new Asked(
                        request.getMethod(),
                        request.getHttpURI().getPathQuery(),
                        HttpFields.build(request.getHeaders()).asImmutable());
        asked.add(got);
        try {
            Content.Source.asInputStream(request).skip(Long.MAX_VALUE);
            Optional<Answer> other = instead.apply(got);
            if (other.isPresent()) {
                send(response, got, other.get());
            } else {
                usual(got, response);
            }
            callback.succeeded();
        } catch (IOException | RuntimeException e) {
            callback.failed(e);
        }
        return true;
    }

    private void usual(Asked got, Response response) throws IOException {
        if (got.path().equals("/token")) {
            token(got, response);
            return;
        }
        Matcher path = PATH.matcher(got.path());
        boolean found = path.matches();
        String repository = found ? path.group(1) : "";
        if (!isAllowed(got, repository)) {
            send(response, got, challenge(repository));
        } else if (got.path().equals("/v2/")) {
            send(response, got, Answer.of(200));
        } else if (!found) {
            send(response, got, error(404, "NAME_UNKNOWN"));
        } else if (path.group(2).equals("blobs")) {
            blob(got, path.group(3), response);
        } else if (path.group(2).equals("manifests")) {
            manifest(got, repository + " " + path.group(3), response);
        } else {
            tags(got, repository, response);
        }
    }

    private void blob(Asked got, String digest, Response response) throws IOException {
        byte[] bytes = blobs.get(digest);
        if (bytes == null) {
            send(response, got, error(404, "BLOB_UNKNOWN"));
            return;
        }
        response.getHeaders().put("Docker-Content-Digest", digest);
        response.getHeaders().put("ETag", "\"" + digest + "\"");
        response.getHeaders().put("Accept-Ranges", "bytes");
        if (got.header("If-None-Match").equals("\"" + digest + "\"")) {
            response.setStatus(304);
            return;
        }
        Matcher range = RANGE.matcher(got.header("Range"));
        Map<String, String> type = Map.of("Content-Type", "application/octet-stream");
        if (!range.matches()) {
            blobBytes.addAndGet(got.method().equals("HEAD") ? 0 : bytes.length);
            send(response, got, new Answer(200, type, bytes, -1));
            return;
        }
        int first = range.group(1).isEmpty() ? 0 : Integer.parseInt(range.group(1));
        int end =
                range.group(2).isEmpty()
                        ? bytes.length
                        : Math.min(bytes.length, Integer.parseInt(range.group(2)) + 1);
        if (range.group(1).isEmpty()) {
            first = Math.max(0, bytes.length - Integer.parseInt(range.group(2)));
            end = bytes.length;
        }
        if (first >= bytes.length) {
            send(response, got, Answer.of(416));
            return;
        }
        response.getHeaders()
                .put("Content-Range", "bytes " + first + "-" + (end - 1) + "/" + bytes.length);
        byte[] part = java.util.Arrays.copyOfRange(bytes, first, end);
        blobBytes.addAndGet(part.length);
        send(response, got, new Answer(206, type, part, -1));
    }

    private void manifest(Asked got, String key, Response response) throws IOException {
        Manifest manifest = manifests.get(key);
        if (manifest == null) {
            send(response, got, error(404, "MANIFEST_UNKNOWN"));
            return;
        }
        String digest = "sha256:" + Sha256.of(manifest.bytes()).hex();
        Map<String, String> headers =
                Map.of(
                        "Content-Type",
                        manifest.type(),
                        "Docker-Content-Digest",
                        digest,
                        "ETag",
                        "\"" + digest + "\"");
        send(response, got, new Answer(200, headers, manifest.bytes(), -1));
    }

    private void tags(Asked got, String repository, Response response) throws IOException {
        List<String> tags =
                manifests.keySet().stream()
                        .filter(k -> k.startsWith(repository + " ") && !k.contains("sha256:"))
                        .map(k -> "\"" + k.substring(repository.length() + 1) + "\"")
                        .sorted()
                        .toList();
        String json = "{\"name\":\"" + repository + "\",\"tags\":[" + String.join(",", tags) + "]}";
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        send(response, got, new Answer(200, Map.of("Content-Type", "application/json"), body, -1));
    }

    private boolean isAllowed(Asked got, String repository) {
        String given = got.header("Authorization");
        return switch (access) {
            case EVERYBODY -> true;
            case BASIC -> given.equals(BASIC);
            case TOKEN ->
                    repository.isEmpty()
                            ? given.startsWith("Bearer token:")
                            : given.equals("Bearer token:repository:" + repository + ":pull");
        };
    }

    private Answer challenge(String repository) {
        String scope = repository.isEmpty() ? "" : ",scope=\"repository:" + repository + ":pull\"";
        String wanted =
                access == Access.BASIC
                        ? "Basic realm=\"test\""
                        : "Bearer realm=\"" + url() + "/token\",service=\"test\"" + scope;
        Answer error = error(401, "UNAUTHORIZED");
        return new Answer(401, Map.of("WWW-Authenticate", wanted), error.body(), -1);
    }

    private void token(Asked got, Response response) throws IOException {
        String scope = "";
        for (String parameter : got.target().replaceFirst("[^?]*\\??", "").split("&")) {
            if (parameter.startsWith("scope=")) {
                scope = URLDecoder.decode(parameter.substring(6), StandardCharsets.UTF_8);
            }
        }
        boolean open = scope.isEmpty() || scope.startsWith("repository:public/");
        if (!open && !got.header("Authorization").equals(BASIC)) {
            send(response, got, error(401, "UNAUTHORIZED"));
            return;
        }
        byte[] body = ("{\"token\":\"token:" + scope + "\"}").getBytes(StandardCharsets.UTF_8);
        send(response, got, new Answer(200, Map.of("Content-Type", "application/json"), body, -1));
    }

    private static Answer error(int status, String code) {
        String json = "{\"errors\":[{\"code\":\"" + code + "\",\"message\":\"test\"}]}";
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        return new Answer(status, Map.of("Content-Type", "application/json"), body, -1);
    }

    private void send(Response response, Asked got, Answer answer) throws IOException {
        response.setStatus(answer.status());
        response.getHeaders().add(new HttpField("Docker-Distribution-Api-Version", "registry/2.0"));
        answer.headers().forEach((name, value) -> response.getHeaders().put(name, value));
        byte[] body = answer.body();
        response.getHeaders().put("Content-Length", body.length);
        if (got.method().equals("HEAD")) {
            Content.Sink.write(response, true, ByteBuffer.allocate(0));
            return;
        }
        boolean cut = answer.cutAfter() >= 0;
        int length = cut ? Math.min(body.length, answer.cutAfter()) : body.length;
        int begun = 0;
        Hold held = hold;
        if (held != null && length > held.after()) {
            begun = held.after();
            Content.Sink.write(response, false, ByteBuffer.wrap(body, 0, begun));
            await(held.until());
        }
        Content.Sink.write(response, !cut, ByteBuffer.wrap(body, begun, length - begun));
        if (cut) {
            throw new IOException("cut, as the test wants it");
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
