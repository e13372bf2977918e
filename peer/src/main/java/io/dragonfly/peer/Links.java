// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import io.dragonfly.core.model.HostPort;
import io.dragonfly.core.model.Secret;
import io.dragonfly.core.model.TaskSpec;
import io.dragonfly.core.model.VersionId;
import io.dragonfly.core.protocol.FromPeer;
import io.dragonfly.net.control.ControlClient;
import io.dragonfly.net.control.ControlStream;
import io.dragonfly.storage.StoredVersion;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// The supernodes in use and the versions followed under them: one link per supernode, one session
/// per version. Thread-safe.
final class Links {
    private final Engine engine;
    private final ControlClient client;
    private final Supplier<FromPeer.Hello> hello;
    private final Comeback comeback;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<HostPort, SupernodeLink> links = new HashMap<>();
    private final Map<VersionId, Entry> sessions = new HashMap<>();

    private boolean closed;

    /// @param spec what was asked for, to ask again after a lost stream
    private record Entry(
            VersionSession session, SupernodeLink link, Secret secret, TaskSpec spec) {}

    /// Runs something later.
    interface Later {
        void after(long nanos, Runnable action);
    }

    Links(Engine engine, ControlClient client, Supplier<FromPeer.Hello> hello, Later later) {
        this.engine = engine;
        this.client = client;
        this.hello = hello;
        this.comeback = new Comeback(engine, this, later);
    }

    SupernodeLink to(HostPort supernode) {
        lock.lock();
        try {
            return links.computeIfAbsent(
                    supernode,
                    address ->
                            new SupernodeLink(
                                    address,
                                    client,
                                    hello,
                                    engine.environment().nanoTime(),
                                    comeback::lost));
        } finally {
            lock.unlock();
        }
    }

    /// The session for a version on this stream: the one that runs, or a new one that takes over
    /// what is in the store from whoever had it before.
    @SuppressWarnings("ReferenceEquality") // the very same stream
    VersionSession session(
            SupernodeLink link,
            ControlStream stream,
            StoredVersion stored,
            Secret secret,
            TaskSpec spec) {
        VersionId id = stored.version().id();
        @Nullable Entry old;
        lock.lock();
        try {
            old = sessions.get(id);
        } finally {
            lock.unlock();
        }
        if (old != null && old.session().stream() == stream && old.session().alive()) {
            return old.session();
        }
        if (old != null) {
            forget(old.session());
        }
        HostPort seed = seed(stream);
        List<StoredVersion> others = engine.otherVersions(stored.version());
        VersionSession session = new VersionSession(engine, stream, seed, stored, secret, others);
        engine.shares()
                .add(
                        stored,
                        secret,
                        (piece, nanos) -> Optional.ofNullable(session.pieceBlocks(piece, nanos)));
        lock.lock();
        try {
            sessions.put(id, new Entry(session, link, secret, spec));
        } finally {
            lock.unlock();
        }
        return session;
    }

    private static HostPort seed(ControlStream stream) {
        String host = stream.welcome().seedHost();
        return new HostPort(host == null ? stream.remoteHost() : host, stream.welcome().seedPort());
    }

    /// The session is over: nothing is fetched, served or heard for it any more.
    void forget(VersionSession session) {
        session.abandon();
        @Nullable Entry entry;
        lock.lock();
        try {
            entry = sessions.get(session.version());
            if (entry == null || entry.session() != session) {
                return;
            }
            sessions.remove(session.version());
        } finally {
            lock.unlock();
        }
        engine.shares().remove(session.version(), entry.secret());
        entry.link().detach(session);
    }

    /// Whatever session there is for a version is over.
    void forget(VersionId version) {
        @Nullable Entry entry;
        lock.lock();
        try {
            entry = sessions.get(version);
        } finally {
            lock.unlock();
        }
        if (entry != null) {
            forget(entry.session());
        }
    }

    List<VersionSession> sessions() {
        lock.lock();
        try {
            return sessions.values().stream().map(Entry::session).toList();
        } finally {
            lock.unlock();
        }
    }

    /// What is complete here and was followed under `link`, by what was asked for.
    Map<StoredVersion, TaskSpec> complete(SupernodeLink link) {
        Map<StoredVersion, TaskSpec> complete = new LinkedHashMap<>();
        lock.lock();
        try {
            for (Entry entry : sessions.values()) {
                StoredVersion stored = entry.session().stored();
                if (entry.link() == link && stored.complete()) {
                    complete.put(stored, entry.spec());
                }
            }
        } finally {
            lock.unlock();
        }
        return complete;
    }

    boolean closed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    void close() {
        List<SupernodeLink> open;
        lock.lock();
        try {
            closed = true;
            open = new ArrayList<>(links.values());
        } finally {
            lock.unlock();
        }
        open.forEach(SupernodeLink::close);
    }
}
