// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.model.Secret;
import io.dragonfly.core.model.VersionId;
import io.dragonfly.net.control.PeerStream;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;

/// One control stream: who speaks there, and which versions it may speak of. The ids of versions
/// are no secret, so whoever was not registered for one on this stream shows the version's secret
/// when he announces it, or hears that there is no such version. Thread-safe.
final class PeerSession {
    /// Versions that a stream may know; the one that it learned of first gives way.
    static final int MAX_VERSIONS = 4096;

    /// Registrations of one stream that may wait for origins at the same time.
    private static final int MAX_REGISTRATIONS = 1000;

    private final PeerId id;
    private final PeerStream stream;
    private final String host;
    private final Semaphore registrations = new Semaphore(MAX_REGISTRATIONS);
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<VersionId, Secret> known = new LinkedHashMap<>();
    private volatile boolean ended;

    PeerSession(PeerId id, PeerStream stream) {
        this.id = id;
        this.stream = stream;
        this.host = stream.remoteHost();
    }

    PeerId id() {
        return id;
    }

    PeerStream stream() {
        return stream;
    }

    /// Where the stream comes from, without port.
    String host() {
        return host;
    }

    /// Takes one of the registrations that may wait; to be given back.
    boolean tryRegister() {
        return registrations.tryAcquire();
    }

    void registered() {
        registrations.release();
    }

    /// The stream was given the secret of a version.
    void admit(VersionId version, Secret secret) {
        lock.lock();
        try {
            known.remove(version);
            if (known.size() >= MAX_VERSIONS) {
                known.remove(known.keySet().iterator().next());
            }
            known.put(version, secret);
        } finally {
            lock.unlock();
        }
    }

    /// Whether this stream may speak of a version that has this secret now.
    ///
    /// @param shown what it says the secret is, or null
    boolean mayUse(VersionId version, Secret secret, @Nullable String shown) {
        if (shown != null && secret.matches(shown)) {
            admit(version, secret);
            return true;
        }
        lock.lock();
        try {
            return secret.equals(known.get(version));
        } finally {
            lock.unlock();
        }
    }

    int versions() {
        lock.lock();
        try {
            return known.size();
        } finally {
            lock.unlock();
        }
    }

    /// What comes from this stream is not heard any more.
    void end() {
        ended = true;
    }

    boolean ended() {
        return ended;
    }
}
