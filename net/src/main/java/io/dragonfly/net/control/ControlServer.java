// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.control;

import io.dragonfly.core.protocol.FromPeer;
import io.dragonfly.core.protocol.HelloAnswer;
import io.dragonfly.core.protocol.MessageCodec;
import io.dragonfly.core.protocol.ProtocolException;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.core.FrameHandler;
import org.eclipse.jetty.websocket.core.WebSocketComponents;
import org.eclipse.jetty.websocket.core.server.ServerUpgradeRequest;
import org.eclipse.jetty.websocket.core.server.ServerUpgradeResponse;
import org.eclipse.jetty.websocket.core.server.WebSocketMappings;

import java.io.Closeable;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/// Accepts the control streams of peers. [#handler] is mounted beside other handlers of a Jetty
/// server; close this before the server. Thread-safe.
public final class ControlServer implements Closeable {
    /// Where peers find the control stream.
    public static final String PATH = "/v1/control";

    /// What a supernode does with its peers. Called on virtual threads, one call at a time per
    /// stream, in order; while a call runs nothing more is read from that stream.
    public interface Listener {
        /// A peer says hello. What is sent to `stream` from here on goes out after the answer.
        ///
        /// @param version the protocol version of the stream: the newest that both sides speak
        HelloAnswer hello(PeerStream stream, FromPeer.Hello hello, int version);

        /// A frame's messages, at least one, in the order they were sent; never a hello.
        ///
        /// @throws ProtocolException where they make no sense: the stream ends, and the peer is
        ///   told why
        void received(PeerStream stream, List<FromPeer> messages) throws ProtocolException;

        /// The stream has ended; the last call. Made once for every stream that was answered with a
        /// welcome.
        void closed(PeerStream stream, String reason);
    }

    private final ControlSettings settings;
    private final Listener listener;
    private final LongSupplier nanoTime;
    private final MessageCodec codec;
    private final Timers timers;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final WebSocketMappings jetty;
    private volatile boolean closed;

    /// @param nanoTime as [System#nanoTime]
    public ControlServer(ControlSettings settings, Listener listener, LongSupplier nanoTime) {
        this.settings = settings;
        this.listener = listener;
        this.nanoTime = nanoTime;
        timers = new Timers("control-server-timer", settings.closeTimeout());
        codec = new MessageCodec(settings.maxFrameBytes(), MessageCodec.MAX_MESSAGES);
        jetty =
                new WebSocketMappings(
                        new WebSocketComponents(null, null, null, null, null, timers::run));
        timers.every(settings.pingInterval().dividedBy(4), () -> links.forEach(Link::keepAlive));
    }

    /// Answers requests for [#PATH] and leaves all others to the next handler.
    public Handler handler() {
        return new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) {
                if (!Request.getPathInContext(request).equals(PATH)) {
                    return false;
                }
                upgrade(request, response, callback);
                return true;
            }
        };
    }

    /// How many streams are open.
    public int streams() {
        return links.size();
    }

    private void upgrade(Request request, Response response, Callback callback) {
        int refusal = 0;
        if (request.getHeaders().contains(HttpHeader.ORIGIN)) {
            refusal = HttpStatus.FORBIDDEN_403; // a web page in somebody's browser
        } else if (closed || links.size() >= settings.maxStreams()) {
            refusal = HttpStatus.SERVICE_UNAVAILABLE_503;
        } else if (!jetty.upgrade(this::negotiate, request, response, callback, null)) {
            response.getHeaders().put(HttpHeader.UPGRADE, "websocket");
            refusal = HttpStatus.UPGRADE_REQUIRED_426;
        }
        if (refusal != 0) {
            Response.writeError(request, response, callback, refusal);
        }
    }

    private FrameHandler negotiate(
            ServerUpgradeRequest request, ServerUpgradeResponse response, Callback callback) {
        response.setExtensions(
                List.of()); // no compression: it costs more memory than it saves here
        ServerStream stream = new ServerStream(settings, codec, timers, listener);
        Link link = new Link(settings, codec, timers, nanoTime, links, stream);
        stream.attach(link, this::isFull);
        return link;
    }

    private boolean isFull() {
        return closed || links.size() > settings.maxStreams();
    }

    /// Ends all streams and waits until the listener knows; refuses new ones.
    @Override
    public void close() {
        closed = true;
        List<Link> open = List.copyOf(links);
        open.forEach(link -> link.close("the supernode ends"));
        open.forEach(Link::awaitEnd);
        timers.close();
    }
}
