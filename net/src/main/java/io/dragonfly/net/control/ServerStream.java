// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.control;

import io.dragonfly.core.protocol.FromPeer;
import io.dragonfly.core.protocol.FromSupernode;
import io.dragonfly.core.protocol.HelloAnswer;
import io.dragonfly.core.protocol.MessageCodec;
import io.dragonfly.core.protocol.ProtocolException;
import io.dragonfly.core.protocol.ProtocolVersion;

import org.eclipse.jetty.websocket.core.CloseStatus;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;

/// The supernode's side of a stream: wants a hello first and answers it, then passes messages on.
final class ServerStream implements PeerStream, Link.Inbound {
    private final ControlSettings settings;
    private final MessageCodec codec;
    private final Timers timers;
    private final ControlServer.Listener listener;
    private @Nullable Link link;
    private BooleanSupplier full = () -> false;
    private volatile boolean helloSeen;
    private boolean welcomed;

    ServerStream(
            ControlSettings settings,
            MessageCodec codec,
            Timers timers,
            ControlServer.Listener listener) {
        this.settings = settings;
        this.codec = codec;
        this.timers = timers;
        this.listener = listener;
    }

    /// @param full whether the server has more streams than it may have
    void attach(Link to, BooleanSupplier full) {
        link = to;
        this.full = full;
    }

    @Override
    public void opened() {
        timers.after(settings.handshakeTimeout().toNanos(), this::checkHello);
    }

    private void checkHello() {
        if (!helloSeen) {
            link().close(
                            CloseStatus.POLICY_VIOLATION,
                            "no hello within %d ms"
                                    .formatted(settings.handshakeTimeout().toMillis()));
        }
    }

    @Override
    public int frame(byte[] frame) throws ProtocolException {
        List<FromPeer> messages = codec.decodeFromPeer(frame);
        List<FromPeer> rest = messages;
        if (!helloSeen && !messages.isEmpty()) {
            if (!(messages.getFirst() instanceof FromPeer.Hello hello)) {
                throw new ProtocolException(
                        ProtocolException.Code.NOT_MESSAGES, "the first message is no hello");
            }
            helloSeen = true;
            answer(hello);
            rest = messages.subList(1, messages.size());
        }
        for (FromPeer message : rest) {
            if (message instanceof FromPeer.Hello) {
                throw new ProtocolException(ProtocolException.Code.NOT_MESSAGES, "a second hello");
            }
        }
        if (welcomed && !rest.isEmpty()) {
            listener.received(this, rest);
        }
        return messages.size();
    }

    private void answer(FromPeer.Hello hello) {
        HelloAnswer answer;
        OptionalInt version = ProtocolVersion.choose(hello.minVersion(), hello.maxVersion());
        if (full.getAsBoolean()) {
            answer = new FromSupernode.Rejected("busy", "no room for another stream");
        } else if (version.isEmpty()) {
            answer = ProtocolVersion.incompatible(hello.minVersion(), hello.maxVersion());
        } else {
            answer = listener.hello(this, hello, version.getAsInt());
        }
        switch (answer) {
            case FromSupernode.Welcome welcome -> {
                welcomed = true;
                link().openGate(codec.encode(welcome));
            }
            case FromSupernode.Rejected rejected -> {
                link().dropQueued();
                link().openGate(codec.encode(rejected));
                link().close("rejected: " + rejected.code());
            }
        }
    }

    @Override
    public void ended(String reason) {
        if (welcomed) {
            listener.closed(this, reason);
        }
    }

    @Override
    public String localHost() {
        return link().localHost();
    }

    @Override
    public String remoteHost() {
        return link().remoteHost();
    }

    @Override
    public boolean isPrivate() {
        return link().isPrivate();
    }

    @Override
    public void send(FromSupernode... messages) {
        List<byte[]> encoded = new ArrayList<>(messages.length);
        for (FromSupernode message : messages) {
            encoded.add(codec.encode(message));
        }
        link().send(encoded);
    }

    @Override
    public void close(String reason) {
        link().close(reason);
    }

    private Link link() {
        return Objects.requireNonNull(link);
    }
}
