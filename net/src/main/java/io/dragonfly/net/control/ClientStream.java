// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.control;

import io.dragonfly.core.protocol.FromPeer;
import io.dragonfly.core.protocol.FromSupernode;
import io.dragonfly.core.protocol.MessageCodec;
import io.dragonfly.core.protocol.ProtocolException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/// The peer's side of a stream: says hello, waits for the answer, then passes messages on.
final class ClientStream implements ControlStream, Link.Inbound {
    private final MessageCodec codec;
    private final byte[] hello;
    private final Receiver receiver;
    private final CompletableFuture<FromSupernode> answer = new CompletableFuture<>();
    private @Nullable Link link;
    private FromSupernode.@Nullable Welcome welcome;

    ClientStream(MessageCodec codec, byte[] hello, Receiver receiver) {
        this.codec = codec;
        this.hello = hello;
        this.receiver = receiver;
    }

    void attach(Link to) {
        link = to;
    }

    /// Welcome or Rejected, or the failure that came instead.
    CompletableFuture<FromSupernode> answer() {
        return answer;
    }

    @Override
    public void opened() {
        link().openGate(hello);
    }

    @Override
    public int frame(byte[] frame) throws ProtocolException {
        List<FromSupernode> messages = codec.decodeFromSupernode(frame);
        List<FromSupernode> rest = messages;
        if (welcome == null && !messages.isEmpty()) {
            rest = messages.subList(1, messages.size());
            switch (messages.getFirst()) {
                case FromSupernode.Welcome first -> welcome = first;
                case FromSupernode.Rejected rejected -> {
                    answer.complete(rejected);
                    return messages.size();
                }
                default ->
                        throw new ProtocolException(
                                ProtocolException.Code.NOT_MESSAGES,
                                "the first message is no welcome");
            }
            answer.complete(messages.getFirst());
        }
        if (!rest.isEmpty()) {
            receiver.received(rest);
        }
        return messages.size();
    }

    @Override
    public void ended(String reason) {
        if (welcome == null) {
            answer.completeExceptionally(new IOException(reason));
        } else {
            receiver.closed(reason);
        }
    }

    @Override
    public FromSupernode.Welcome welcome() {
        return Objects.requireNonNull(welcome);
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
    public void send(FromPeer... messages) {
        List<byte[]> encoded = new ArrayList<>(messages.length);
        for (FromPeer message : messages) {
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
