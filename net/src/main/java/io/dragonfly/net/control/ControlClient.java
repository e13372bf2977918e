// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.control;

import io.dragonfly.core.model.Check;
import io.dragonfly.core.model.HostPort;
import io.dragonfly.core.protocol.FromPeer;
import io.dragonfly.core.protocol.FromSupernode;
import io.dragonfly.core.protocol.MessageCodec;
import io.dragonfly.net.tls.Tls;
import io.dragonfly.net.tls.TlsFailure;

import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.util.thread.VirtualThreadPool;
import org.eclipse.jetty.websocket.core.WebSocketComponents;
import org.eclipse.jetty.websocket.core.client.CoreClientUpgradeRequest;
import org.eclipse.jetty.websocket.core.client.WebSocketCoreClient;
import org.eclipse.jetty.websocket.core.exception.UpgradeException;
import org.jspecify.annotations.Nullable;

import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/// Opens control streams to supernodes. One client serves all streams of a process. Thread-safe.
public final class ControlClient implements Closeable {
    private final ControlSettings settings;
    private final LongSupplier nanoTime;
    private final MessageCodec codec;
    private final Timers timers;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final WebSocketCoreClient jetty;
    private final String scheme;

    /// Without TLS.
    ///
    /// @param nanoTime as [System#nanoTime]
    public ControlClient(ControlSettings settings, LongSupplier nanoTime) {
        this(settings, nanoTime, null);
    }

    /// @param nanoTime as [System#nanoTime]
    /// @param tls for all streams, with an authority; null: none
    public ControlClient(ControlSettings settings, LongSupplier nanoTime, @Nullable Tls tls) {
        Check.argument(tls == null || tls.verifies(), "supernodes must be verified");
        scheme = tls == null ? "ws://" : "wss://";
        this.settings = settings;
        this.nanoTime = nanoTime;
        timers = new Timers("control-client-timer", settings.closeTimeout());
        codec = new MessageCodec(settings.maxFrameBytes(), MessageCodec.MAX_MESSAGES);
        VirtualThreadPool threads =
                new VirtualThreadPool(0); // 0: no limit; the streams are limited
        threads.setName("control-client");
        ClientConnector connector = new ClientConnector();
        connector.setSelectors(1);
        if (tls != null) {
            connector.setSslContextFactory(new VerifyingClient(tls));
        }
        HttpClient http = new HttpClient(new HttpClientTransportOverHTTP(connector));
        http.setExecutor(threads);
        http.setConnectTimeout(settings.handshakeTimeout().toMillis());
        http.setUserAgentField(null);
        http.setFollowRedirects(false);
        http.setMaxConnectionsPerDestination(settings.maxStreams());
        jetty =
                new WebSocketCoreClient(
                        http, new WebSocketComponents(null, null, null, null, null, threads));
        try {
            jetty.start();
        } catch (Exception e) {
            throw new IllegalStateException("the control client does not start", e);
        }
        timers.every(settings.pingInterval().dividedBy(4), () -> links.forEach(Link::keepAlive));
    }

    /// Opens a stream and waits until the supernode has answered the hello, at most the handshake
    /// timeout for each of the two.
    ///
    /// @throws ControlException where the supernode says no
    /// @throws IOException where nobody answers in time, or something that is no supernode; the
    ///   message says which supernode
    public ControlStream connect(
            HostPort supernode, FromPeer.Hello hello, ControlStream.Receiver receiver)
            throws ControlException, IOException {
        ClientStream stream = new ClientStream(codec, codec.encode(hello), receiver);
        Link link = new Link(settings, codec, timers, nanoTime, links, stream);
        stream.attach(link);
        try {
            URI uri = URI.create(scheme + supernode + ControlServer.PATH);
            CoreClientUpgradeRequest request = CoreClientUpgradeRequest.from(jetty, uri, link);
            await(jetty.connect(request));
            FromSupernode answer = await(stream.answer());
            return switch (answer) {
                case FromSupernode.Welcome welcome -> stream;
                case FromSupernode.Rejected no ->
                        throw new ControlException(no.code(), no.message());
                default -> throw new IOException("no welcome");
            };
        } catch (ControlException e) {
            link.close("rejected");
            throw e;
        } catch (IOException | IllegalArgumentException e) {
            link.finish("not connected");
            throw new IOException("supernode " + supernode + ": " + Link.oneLine(e), e);
        }
    }

    private <T> T await(CompletableFuture<T> future) throws ControlException, IOException {
        try {
            return future.get(settings.handshakeTimeout().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            future.completeExceptionally(e); // makes a late connection close itself
            throw new IOException(
                    "no answer within " + settings.handshakeTimeout().toMillis() + " ms");
        } catch (InterruptedException e) {
            future.completeExceptionally(e);
            throw new IllegalStateException("nobody interrupts who connects", e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            if (cause instanceof UpgradeException upgrade && upgrade.getResponseStatusCode() > 0) {
                throw refused(upgrade.getResponseStatusCode());
            }
            throw new IOException(words(cause), cause);
        }
    }

    private static String words(Throwable cause) {
        return TlsFailure.text(cause).orElseGet(() -> Link.oneLine(root(cause)));
    }

    private static ControlException refused(int status) throws IOException {
        if (status == HttpStatus.BAD_REQUEST_400) {
            // The answer of our servers, and of most others, to plain text on a port with TLS.
            throw new IOException("HTTP 400, probably " + TlsFailure.SPEAKS_TLS);
        }
        if (status == HttpStatus.SERVICE_UNAVAILABLE_503) {
            return new ControlException("busy", "the supernode has no room for another stream");
        }
        throw new IOException("no supernode answers there (HTTP " + status + ")");
    }

    private static Throwable root(Throwable cause) {
        Throwable root = cause;
        while (root instanceof UpgradeException && root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    /// Ends all streams and waits until their receivers know.
    @Override
    public void close() {
        List<Link> open = List.copyOf(links);
        open.forEach(link -> link.finish("this peer ends"));
        open.forEach(Link::awaitEnd);
        try {
            jetty.stop();
        } catch (Exception e) {
            throw new IllegalStateException("the control client does not stop", e);
        } finally {
            timers.close();
        }
    }
}
