// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import io.dragonfly.core.model.Header;
import io.dragonfly.core.model.HostPort;
import io.dragonfly.core.model.TaskSpec;
import io.dragonfly.core.model.VersionId;
import io.dragonfly.core.protocol.FromPeer;
import io.dragonfly.core.protocol.FromSupernode;
import io.dragonfly.net.control.ControlClient;
import io.dragonfly.net.control.ControlException;
import io.dragonfly.net.control.ControlStream;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// The control stream to one supernode, shared by all tasks. Connects when it is wanted; a lost
/// stream is told to everyone who uses it, and they decide. Thread-safe.
final class SupernodeLink implements ControlStream.Receiver {
    private static final Logger LOG = LoggerFactory.getLogger(SupernodeLink.class);

    /// After a failed attempt, others fail at once for so long instead of trying again.
    private static final long RETRY_NANOS = 1_000_000_000L;

    /// Connecting has its own time-outs, which end before this.
    private static final long CONNECT_NANOS = 60_000_000_000L;

    /// A supernode that asks an origin in vain gives up before this.
    private static final long ANSWER_NANOS = 1_200_000_000_000L;

    private final HostPort address;
    private final ControlClient client;
    private final Supplier<FromPeer.Hello> hello;
    private final LongSupplier nanoTime;
    private final Consumer<SupernodeLink> lost;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private @Nullable ControlStream stream;
    private boolean connecting;

    /// The stream that is being connected has ended already.
    private boolean closedEarly;

    private @Nullable IOException lastFailure;
    private long lastFailureNanos;
    private long nextRequest = 1;
    private long spreadMillis = 1000;

    /// Peers that the supernode had when it last said so; 0 while it never did.
    private int peers;

    /// Of these, those who want a version.
    private final Map<VersionId, Integer> swarms = new HashMap<>();

    /// Requests on their way; null until the answer comes.
    private final Map<Long, @Nullable FromSupernode> answers = new HashMap<>();

    private final Map<VersionId, VersionSession> sessions = new HashMap<>();

    /// The stream ended before an answer came; another supernode or a later attempt may give one.
    static final class LostException extends IOException {
        private static final long serialVersionUID = 1L;

        LostException(String message) {
            super(message);
        }
    }

    /// @param lost told when a stream that was in use has ended
    SupernodeLink(
            HostPort address,
            ControlClient client,
            Supplier<FromPeer.Hello> hello,
            LongSupplier nanoTime,
            Consumer<SupernodeLink> lost) {
        this.address = address;
        this.client = client;
        this.hello = hello;
        this.nanoTime = nanoTime;
        this.lost = lost;
    }

    HostPort address() {
        return address;
    }

    /// Connects unless connected; several callers share one attempt.
    ControlStream connect() throws IOException {
        lock.lock();
        try {
            long end = nanoTime.getAsLong() + CONNECT_NANOS;
            while (connecting) {
                if (nanoTime.getAsLong() - end >= 0) {
                    throw new IOException("supernode " + address + ": still connecting");
                }
                Waits.await(changed, CONNECT_NANOS);
            }
            if (stream != null) {
                return stream;
            }
            IOException failure = lastFailure;
            if (failure != null && nanoTime.getAsLong() - lastFailureNanos < RETRY_NANOS) {
                throw new IOException(failure.getMessage(), failure);
            }
            connecting = true;
            closedEarly = false;
        } finally {
            lock.unlock();
        }
        return connectNow();
    }

    private ControlStream connectNow() throws IOException {
        @Nullable ControlStream opened = null;
        @Nullable IOException failure = null;
        try {
            opened = client.connect(address, hello.get(), this);
            return opened;
        } catch (ControlException e) {
            failure = new IOException("supernode " + address + ": " + e.getMessage(), e);
            throw failure;
        } catch (IOException e) {
            failure = e;
            throw e;
        } finally {
            lock.lock();
            try {
                connecting = false;
                lastFailure = failure;
                lastFailureNanos = nanoTime.getAsLong();
                if (opened != null && !closedEarly) {
                    stream = opened;
                    spreadMillis = opened.welcome().reconnectSpreadMillis();
                    LOG.info("connected supernode={}", address);
                }
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /// Asks for a task and waits for the answer: as long as the supernode may need to hear from the
    /// origin.
    ///
    /// @return [FromSupernode.Registered] or [FromSupernode.Refused]
    /// @throws LostException where the stream ends first
    FromSupernode register(TaskSpec spec) throws IOException {
        return register(spec, null);
    }

    /// @param held version that is complete here and only to be served; null: the content is wanted
    FromSupernode register(TaskSpec spec, @Nullable VersionId held) throws IOException {
        ControlStream to = connect();
        long request;
        lock.lock();
        try {
            request = nextRequest++;
            answers.put(request, null);
        } finally {
            lock.unlock();
        }
        to.send(
                new FromPeer.Register(
                        request,
                        spec.url().toString(),
                        spec.headers().stream().map(SupernodeLink::line).toList(),
                        spec.filter(),
                        spec.tag(),
                        spec.digest() == null ? null : spec.digest().toString(),
                        spec.insecure(),
                        spec.caCerts(),
                        held == null,
                        held == null ? null : held.hex()));
        return await(request, to);
    }

    /// Says that a turn at the origin is over, if there is still somebody to tell.
    void originEnded(FromPeer.OriginEnded message) {
        @Nullable ControlStream to;
        lock.lock();
        try {
            to = stream;
        } finally {
            lock.unlock();
        }
        if (to != null) {
            to.send(message);
        }
    }

    private static String line(Header header) {
        return header.name() + ": " + header.value();
    }

    @SuppressWarnings("ReferenceEquality") // the very same stream
    private FromSupernode await(long request, ControlStream on) throws LostException {
        lock.lock();
        try {
            long end = nanoTime.getAsLong() + ANSWER_NANOS;
            while (true) {
                FromSupernode answer = answers.get(request);
                if (answer != null) {
                    return answer;
                }
                if (stream != on) {
                    throw new LostException("lost supernode " + address);
                }
                long left = end - nanoTime.getAsLong();
                if (left <= 0) {
                    throw new LostException(
                            "supernode "
                                    + address
                                    + " said nothing about the task within "
                                    + ANSWER_NANOS / 60_000_000_000L
                                    + " minutes");
                }
                Waits.await(changed, left);
            }
        } finally {
            answers.remove(request);
            lock.unlock();
        }
    }

    /// Hands the messages about a version to `session` from now on.
    ///
    /// @throws LostException where the stream is gone already
    @SuppressWarnings("ReferenceEquality") // the very same stream
    void attach(VersionSession session, ControlStream on) throws LostException {
        lock.lock();
        try {
            if (stream != on) {
                throw new LostException("lost supernode " + address);
            }
            sessions.put(session.version(), session);
        } finally {
            lock.unlock();
        }
    }

    void detach(VersionSession session) {
        lock.lock();
        try {
            sessions.remove(session.version(), session);
            swarms.remove(session.version());
        } finally {
            lock.unlock();
        }
    }

    /// How many want the version, or, where that was not said, how many peers this supernode had; 0
    /// where it never said anything.
    int swarm(@Nullable VersionId version) {
        lock.lock();
        try {
            Integer known = version == null ? null : swarms.get(version);
            return known == null ? peers : known;
        } finally {
            lock.unlock();
        }
    }

    private void sized(FromSupernode.SwarmSize size) {
        lock.lock();
        try {
            if (size.version() == null) {
                peers = size.peers();
            } else if (sessions.containsKey(new VersionId(size.version()))) {
                swarms.put(new VersionId(size.version()), size.peers());
            }
        } finally {
            lock.unlock();
        }
    }

    /// Upper bound of the random wait before this host does what all others do at the same moment.
    long spreadMillis() {
        lock.lock();
        try {
            return spreadMillis;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void received(List<FromSupernode> messages) {
        for (FromSupernode message : messages) {
            switch (message) {
                case FromSupernode.Registered m -> answer(m.request(), m);
                case FromSupernode.Refused m -> answer(m.request(), m);
                case FromSupernode.Offer m -> toSession(m.version(), m);
                case FromSupernode.BlockDigests m -> toSession(m.version(), m);
                case FromSupernode.PieceDigests m -> toSession(m.version(), m);
                case FromSupernode.Cancel m -> toSession(m.version(), m);
                case FromSupernode.Length m -> toSession(m.version(), m);
                case FromSupernode.Ended m -> toSession(m.version(), m);
                case FromSupernode.SwarmSize m -> sized(m);
                case FromSupernode.Command m -> LOG.info("unknown command name={}", m.name());
                case FromSupernode.Welcome _, FromSupernode.Rejected _ -> {}
            }
        }
    }

    private void answer(long request, FromSupernode message) {
        lock.lock();
        try {
            if (answers.containsKey(request)) {
                answers.put(request, message);
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private void toSession(String version, FromSupernode message) {
        @Nullable VersionSession session;
        lock.lock();
        try {
            session = sessions.get(new VersionId(version));
        } finally {
            lock.unlock();
        }
        if (session != null) {
            session.received(message);
        }
    }

    @Override
    public void closed(String reason) {
        List<VersionSession> orphans;
        lock.lock();
        try {
            closedEarly = connecting;
            stream = null;
            orphans = new ArrayList<>(sessions.values());
            sessions.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        LOG.info("lost supernode={} reason={}", address, reason);
        for (VersionSession session : orphans) {
            session.supernodeLost();
        }
        lost.accept(this);
    }

    /// Says goodbye and closes.
    void close() {
        @Nullable ControlStream open;
        lock.lock();
        try {
            open = stream;
        } finally {
            lock.unlock();
        }
        if (open != null) {
            open.send(new FromPeer.Bye());
            open.close("peer stops");
        }
    }
}
