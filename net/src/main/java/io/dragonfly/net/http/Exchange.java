// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.http;

import io.dragonfly.core.model.Check;

import jdk.net.ExtendedSocketOptions;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Fields;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// One request and its answer, for one thread. Everything blocks. A route answers once, with one of
/// [#json], [#text], [#send], [#empty], [#lines] or [#stream]; one that does not is answered with
/// 204. For HEAD the same answer is given, and its body is not sent.
public final class Exchange {
    private final Request request;
    private final Response response;
    private final HttpSettings settings;
    private final Map<String, String> segments;
    private boolean answered;

    Exchange(
            Request request,
            Response response,
            HttpSettings settings,
            Map<String, String> segments) {
        this.request = request;
        this.response = response;
        this.settings = settings;
        this.segments = segments;
    }

    // The request

    public String method() {
        return request.getMethod();
    }

    /// The decoded path.
    public String path() {
        return Request.getPathInContext(request);
    }

    /// The decoded text that stands for `{name}` in the route's template.
    public String segment(String name) {
        return Objects.requireNonNull(segments.get(name), name);
    }

    /// The first value of a query parameter.
    ///
    /// @throws ProblemException 400 where the query cannot be decoded
    public Optional<String> query(String name) throws ProblemException {
        try {
            Fields fields = Request.extractQueryParameters(request, StandardCharsets.UTF_8);
            return Optional.ofNullable(fields.getValue(name));
        } catch (RuntimeException _) {
            throw new ProblemException(400, "bad-query", "the query is not URL-encoded UTF-8");
        }
    }

    /// The first value of a header.
    public Optional<String> header(String name) {
        return Optional.ofNullable(request.getHeaders().get(name));
    }

    /// All values of a header.
    public List<String> headers(String name) {
        return request.getHeaders().getValuesList(name);
    }

    /// The body as it comes, without a limit.
    public InputStream body() {
        return Content.Source.asInputStream(request);
    }

    /// The whole body.
    ///
    /// @throws ProblemException 413 where it exceeds [HttpSettings#maxBodyBytes], 408 where it was
    ///   waited for longer than [HttpSettings#bodyTimeout], however steadily its bytes drip in
    /// @throws IOException where the client goes away
    public byte[] bytes() throws IOException, ProblemException {
        int max = settings.maxBodyBytes();
        if (request.getLength() > max) {
            throw tooLarge(max);
        }
        BodyReader reader = new BodyReader(request, settings.bodyTimeout());
        byte[] bytes = reader.read(max + 1);
        if (bytes.length > max) {
            throw tooLarge(max);
        }
        return bytes;
    }

    /// How long nothing may move on the connection, from now on and until this request is answered,
    /// before it is closed.
    public void idleTimeout(Duration timeout) {
        EndPoint endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
        long usual = endPoint.getIdleTimeout();
        endPoint.setIdleTimeout(timeout.toMillis());
        Request.addCompletionListener(request, _ -> endPoint.setIdleTimeout(usual));
    }

    /// The body as a record; unknown fields are an error.
    ///
    /// @throws ProblemException 400 where it is no such JSON, 413 where it is too large
    /// @throws IOException where the client goes away
    public <T> T json(Class<T> type) throws IOException, ProblemException {
        return Json.read(bytes(), type);
    }

    private static ProblemException tooLarge(int max) {
        return new ProblemException(
                413, "body-too-large", "the body may have %d bytes".formatted(max));
    }

    // The client

    /// IP address of the client; empty for a Unix socket.
    public String remoteHost() {
        return request.getConnectionMetaData().getRemoteSocketAddress()
                                instanceof InetSocketAddress at
                        && at.getAddress() != null
                ? at.getAddress().getHostAddress()
                : "";
    }

    /// Whether the client is on this machine: over a Unix socket or a loopback address.
    public boolean isLocal() {
        return switch (request.getConnectionMetaData().getRemoteSocketAddress()) {
            case InetSocketAddress at ->
                    at.getAddress() != null && at.getAddress().isLoopbackAddress();
            case UnixDomainSocketAddress _ -> true;
            case null, default -> false;
        };
    }

    /// The user at the other end of a Unix socket, as the kernel knows him; empty for TCP. Two
    /// principals are equal when their uids are, so compare with `Files.getOwner` and the like; the
    /// name is the uid's digits where the system has no name for it.
    public Optional<UserPrincipal> peerUser() {
        Object transport =
                request.getConnectionMetaData().getConnection().getEndPoint().getTransport();
        if (!(transport instanceof SocketChannel channel)) {
            return Optional.empty();
        }
        try {
            if (!(channel.getLocalAddress() instanceof UnixDomainSocketAddress)) {
                return Optional.empty();
            }
            return Optional.of(channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user());
        } catch (IOException | UnsupportedOperationException _) {
            return Optional.empty(); // closed meanwhile, or a system without peer credentials
        }
    }

    // The answer

    /// Sets the status of the answer to come; 200 otherwise.
    public Exchange status(int status) {
        response.setStatus(status);
        return this;
    }

    /// Sets a header of the answer to come.
    public Exchange answerHeader(String name, String value) {
        response.getHeaders().put(name, value);
        return this;
    }

    /// Answers with a value as JSON.
    public void json(Object value) throws IOException {
        send("application/json", Json.bytes(value));
    }

    /// Answers with plain text.
    public void text(String text) throws IOException {
        send("text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    /// Answers with bytes.
    public void send(String contentType, byte[] body) throws IOException {
        begin(contentType);
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
        Content.Sink.write(response, true, ByteBuffer.wrap(body));
    }

    /// Answers without a body.
    public void empty(int status) throws IOException {
        begin(null);
        response.setStatus(status);
        Content.Sink.write(response, true, ByteBuffer.allocate(0));
    }

    /// Answers with a problem.
    public void problem(Problem problem) throws IOException {
        response.setStatus(problem.status());
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        send(Problem.CONTENT_TYPE, Json.bytes(problem));
    }

    /// Answers with JSON values, one per line, each sent at once (NDJSON). To be closed by the
    /// route; one that fails before cuts the connection, so that the client does not take the part
    /// for all.
    public JsonLines lines() {
        return new JsonLines(stream("application/x-ndjson"));
    }

    /// Answers with bytes as they are written, each write at once: write large pieces. To be closed
    /// by the route.
    public OutputStream stream(String contentType) {
        begin(contentType);
        if (request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_1_1) {
            // Else "Connection: close" would make the end of the connection the end of the answer,
            // and
            // a client could not tell a whole answer from a cut one.
            response.getHeaders().put(HttpHeader.TRANSFER_ENCODING, "chunked");
        }
        return Content.Sink.asOutputStream(response);
    }

    /// The request as Jetty has it, for what is not offered here.
    public Request request() {
        return request;
    }

    /// The response as Jetty has it, for what is not offered here; who writes to it says so with
    /// [#answeredElsewhere].
    public Response response() {
        return response;
    }

    /// Says that the answer was written to [#response].
    public void answeredElsewhere() {
        answered = true;
    }

    boolean isAnswered() {
        return answered;
    }

    private void begin(@Nullable String contentType) {
        Check.that(!answered, "answered twice: %s", path());
        answered = true;
        if (contentType != null) {
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, contentType);
        }
    }
}
