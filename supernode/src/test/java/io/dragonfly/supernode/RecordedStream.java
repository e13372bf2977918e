// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import io.dragonfly.core.protocol.FromSupernode;
import io.dragonfly.net.control.PeerStream;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// A stream that leads nowhere. For one thread at a time.
final class RecordedStream implements PeerStream {
    private final String host;
    final List<FromSupernode> sent = new ArrayList<>();
    @Nullable String closed;

    /// How often something was sent.
    int frames;

    RecordedStream(String host) {
        this.host = host;
    }

    @Override
    public String localHost() {
        return "10.0.0.254";
    }

    @Override
    public String remoteHost() {
        return host;
    }

    @Override
    public boolean isPrivate() {
        return false;
    }

    @Override
    public void send(FromSupernode... messages) {
        frames++;
        sent.addAll(List.of(messages));
    }

    @Override
    public void close(String reason) {
        closed = reason;
    }
}
