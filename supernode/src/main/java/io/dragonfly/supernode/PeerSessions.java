// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import io.dragonfly.core.model.PeerId;
import io.dragonfly.net.control.PeerStream;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/// The open control streams, by stream, by peer and by host. A peer id is a claim, and the ids of
/// others are no secret: while a peer's stream is open, nobody gets in under its name from another
/// host. From the same host the newer stream wins, because that is how a daemon comes back.
/// Thread-safe.
final class PeerSessions {
    /// Streams from one address. A whole fleet may stand behind one, so this is half of what there
    /// is: nobody takes everything.
    static final int MAX_PER_HOST = 10_000;

    private final int maxPerHost;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<PeerStream, PeerSession> byStream = new HashMap<>();
    private final Map<PeerId, PeerSession> byId = new HashMap<>();
    private final Map<String, Integer> perHost = new HashMap<>();

    PeerSessions(int maxPerHost) {
        this.maxPerHost = maxPerHost;
    }

    /// Why a stream does not get in, for people.
    record Refusal(String code, String message) {}

    /// Takes a stream in.
    @Nullable Refusal enter(PeerSession session) {
        lock.lock();
        try {
            PeerSession other = byId.get(session.id());
            if (other != null && !other.host().equals(session.host())) {
                return new Refusal(
                        "peer-id-in-use", "a peer of this id is connected from another address");
            }
            if (perHost.getOrDefault(session.host(), 0) >= maxPerHost) {
                return new Refusal("busy", "%d streams from one address".formatted(maxPerHost));
            }
            if (other != null) {
                other.end();
            }
            byStream.put(session.stream(), session);
            byId.put(session.id(), session);
            perHost.merge(session.host(), 1, Integer::sum);
            return null;
        } finally {
            lock.unlock();
        }
    }

    /// A stream ended; its session, if it had got in.
    @Nullable PeerSession leave(PeerStream stream) {
        lock.lock();
        try {
            PeerSession session = byStream.remove(stream);
            if (session != null) {
                session.end();
                byId.remove(session.id(), session);
                perHost.computeIfPresent(
                        session.host(), (host, count) -> count == 1 ? null : count - 1);
            }
            return session;
        } finally {
            lock.unlock();
        }
    }

    @Nullable PeerSession of(PeerStream stream) {
        lock.lock();
        try {
            return byStream.get(stream);
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return byStream.size();
        } finally {
            lock.unlock();
        }
    }
}
