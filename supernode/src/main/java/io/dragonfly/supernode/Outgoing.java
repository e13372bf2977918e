// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import io.dragonfly.core.protocol.FromSupernode;
import io.dragonfly.net.control.PeerStream;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// What the [SwarmLoop] has to say after the events that it took together: each stream gets its
/// messages at once, which makes one frame of them. Bounded by what those events can cause. Owned
/// by the loop.
final class Outgoing {
    private final Map<PeerStream, List<FromSupernode>> waiting = new LinkedHashMap<>();
    private final Consumer<RuntimeException> bug;

    /// @param bug told where messages cannot be sent, which is nobody's fault but ours
    Outgoing(Consumer<RuntimeException> bug) {
        this.bug = bug;
    }

    void add(PeerStream to, FromSupernode message) {
        waiting.computeIfAbsent(to, stream -> new ArrayList<>(4)).add(message);
    }

    /// Sends all of it; never blocks.
    void flush() {
        if (waiting.isEmpty()) {
            return;
        }
        waiting.forEach((stream, messages) -> {
            try {
                stream.send(messages.toArray(FromSupernode[]::new));
            } catch (RuntimeException e) {
                bug.accept(e);
            }
        });
        waiting.clear();
    }
}
