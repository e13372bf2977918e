// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import io.dragonfly.core.download.SourceWait;
import io.dragonfly.core.limits.TrafficClass;
import io.dragonfly.core.model.Digest;
import io.dragonfly.core.model.HostPort;
import io.dragonfly.core.model.Secret;
import io.dragonfly.core.model.TaskId;
import io.dragonfly.core.model.Version;
import io.dragonfly.core.protocol.FromPeer;
import io.dragonfly.core.protocol.FromSupernode;
import io.dragonfly.core.protocol.FromSupernode.Refused;
import io.dragonfly.core.protocol.FromSupernode.Registered;
import io.dragonfly.net.control.ControlStream;
import io.dragonfly.origin.Cancellation;
import io.dragonfly.peer.DownloadStatus.Failure;
import io.dragonfly.peer.DownloadStatus.Phase;
import io.dragonfly.storage.NoSpaceException;
import io.dragonfly.storage.StoredVersion;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.Optional;

/// One task being downloaded for everybody on this host who wants it: tries the supernodes in
/// order, follows a version until it is complete, moves to the next supernode when one dies, and
/// goes to the origin itself when nobody else can help. One virtual thread runs it; the rest looks
/// at its [StatusBoard].
final class TaskDownload implements VersionSession.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(TaskDownload.class);

    /// How often a version may be given up under a download before it fails.
    private static final int MAX_RESTARTS = 5;

    private static final long PAUSE_NANOS = 500_000_000L;

    private final Engine engine;
    private final Links links;
    private final TaskId task;
    private final DownloadRequest request;
    private final StatusBoard board;
    private final @Nullable WholeDigest digest;
    private final HostLimits.ForTask throttle;
    private volatile @Nullable Content content;
    private volatile boolean stopped;

    /// Ends a reading of the origin.
    private final Cancellation cancellation = new Cancellation();

    private @Nullable VersionSession session;
    private final Holding holding = new Holding();
    private final Placing placing;
    private int restarts;
    private final Patience patience;

    TaskDownload(Engine engine, Links links, TaskId task, DownloadRequest request) {
        this.engine = engine;
        this.links = links;
        this.task = task;
        this.request = request;
        this.patience = new Patience(engine.random());
        this.board = new StatusBoard(task.hex(), engine.environment().nanoTime());
        this.throttle = engine.limits().task(request.traffic(), request.bytesPerSecond());
        this.placing = new Placing(engine, board, links::forget);
        Digest wanted = request.spec().digest();
        this.digest = wanted == null ? null : new WholeDigest(wanted);
    }

    /// From now on; 0 bytes per second for no limit.
    void limit(TrafficClass traffic, long bytesPerSecond) {
        throttle.change(traffic, bytesPerSecond);
    }

    DownloadStatus status() {
        return board.status();
    }

    DownloadStatus awaitChange(long sequence, long timeoutNanos) {
        return board.awaitChange(sequence, timeoutNanos);
    }

    @Nullable Content content() {
        return content;
    }

    Optional<java.nio.file.Path> file() {
        Content complete = content;
        return complete == null || status().phase() != Phase.DONE
                ? Optional.empty()
                : complete.file();
    }

    /// Nobody wants it any more.
    void stop() {
        stopped = true;
        cancellation.cancel();
        placing.stop();
        VersionSession running = session;
        if (running != null && status().phase() != Phase.DONE) {
            running.leave();
        }
        board.touched();
        holding.letGo();
    }

    /// The whole life; returns when the download is done, failed or stopped.
    void run() {
        try {
            if (request.pattern() == DownloadRequest.Pattern.SOURCE) {
                readOrigin();
            } else {
                fromSwarm();
            }
            if (!stopped) {
                board.done();
            }
        } catch (DownloadException e) {
            board.failed(e.failure());
        } catch (NoSpaceException e) {
            board.failed(new Failure("no-space", "the store is full: " + e.getMessage()));
        } catch (IOException e) {
            board.failed(new Failure("store-failed", "cannot use the store: " + e.getMessage()));
        } catch (RuntimeException e) {
            LOG.error("bug in download task={}", task, e);
            board.failed(new Failure("internal", "internal error, see the log: " + e));
        } finally {
            holding.letGo();
        }
    }

    private void fromSwarm() throws IOException {
        Outage outage = new Outage(engine, links, request);
        boolean done = false;
        while (!done && !stopped) {
            switch (anySupernode(outage)) {
                case DONE -> done = true;
                case AGAIN -> outage.over();
                case NEXT -> done = stopped || withoutSupernode(outage);
            }
        }
    }

    private Outcome anySupernode(Outage outage) throws IOException {
        for (HostPort node : request.supernodes()) {
            Outcome outcome = from(links.to(node), outage);
            if (outcome != Outcome.NEXT) {
                return outcome;
            }
        }
        return Outcome.NEXT;
    }

    /// No supernode answers. What is under way from parents goes on.
    ///
    /// @return whether the content is complete
    private boolean withoutSupernode(Outage outage) throws IOException {
        Content known = content;
        if (known != null && known.complete()) {
            checkDigest(known);
            return true;
        }
        VersionSession followed = session;
        return switch (outage.next(followed == null ? null : followed.version())) {
            case SourceWait.Step.LookAgain(long nanos) -> {
                pause(nanos, "supernode");
                yield false;
            }
            case SourceWait.Step.ReadOrigin _ when request.backToSource() -> {
                LOG.info("no supernode answers task={}: reading the origin", task);
                readOrigin();
                yield true;
            }
            case SourceWait.Step.ReadOrigin _ ->
                    throw fail(
                            "supernode-unreachable",
                            "no supernode answers ("
                                    + outage.troubleText()
                                    + ") and --notbs forbids the"
                                    + " origin: check --node");
        };
    }

    private enum Outcome {
        DONE,
        /// Something happened; start again with the first supernode.
        AGAIN,
        /// This supernode cannot help; try the next one.
        NEXT
    }

    private Outcome from(SupernodeLink link, Outage outage) throws IOException {
        ControlStream stream;
        FromSupernode answer;
        long asked = engine.nanoTime();
        try {
            stream = link.connect();
            answer = link.register(request.spec());
        } catch (IOException e) {
            outage.failed(link.address(), e);
            return Outcome.NEXT;
        } finally {
            board.waited("registration", engine.nanoTime() - asked);
        }
        if (answer instanceof Refused refused) {
            return refused(link, refused);
        }
        Registered registered = (Registered) answer;
        patience.over();
        if (registered.inline() != null) {
            inline(registered);
            return Outcome.DONE;
        }
        return follow(link, stream, registered, outage);
    }

    private Outcome refused(SupernodeLink link, Refused refused) throws IOException {
        if (refused.mayAskOrigin() && request.backToSource()) {
            LOG.info("supernode refers to the origin task={} code={}", task, refused.code());
            String trouble = "ended";
            try {
                readOrigin();
                trouble = "";
            } catch (DownloadException e) {
                trouble = e.failure().message();
                throw e;
            } finally {
                link.originEnded(new FromPeer.OriginEnded(task.hex(), trouble.isEmpty(), trouble));
            }
            return Outcome.DONE;
        }
        long wait = patience.pause(refused, request.backToSource(), engine.nanoTime());
        if (wait < 0) {
            throw new DownloadException(new Failure(refused.code(), refused.message()));
        }
        pause(wait, "turn at the origin");
        return Outcome.AGAIN;
    }

    private void inline(Registered registered) throws IOException {
        byte[] bytes = Inbound.inline(registered);
        // They are here already, and count: what comes next waits the longer.
        throttle.network().acquire(Math.max(1, bytes.length));
        Content.Inline whole = new Content.Inline(bytes);
        board.following(Inbound.version(registered));
        publish(whole);
        board.verified(whole.bytes().length, StatusBoard.Source.SUPERNODE, "supernode");
        checkDigest(whole);
    }

    private Outcome follow(
            SupernodeLink link, ControlStream stream, Registered registered, Outage outage)
            throws IOException {
        Version version = Inbound.version(registered);
        StoredVersion stored = placing.of(version);
        holding.hold(stored);
        VersionSession current =
                links.session(
                        link, stream, stored, new Secret(registered.secret()), request.spec());
        session = current;
        publish(current.content());
        try {
            link.attach(current, stream);
            current.announce(this, throttle);
        } catch (SupernodeLink.LostException e) {
            outage.failed(link.address(), e);
            return Outcome.NEXT;
        }
        if (stopped) {
            current.leave();
        }
        return ended(link, current, awaitEnd(current));
    }

    /// Hashes along while blocks arrive, then waits for the end.
    private End awaitEnd(VersionSession current) throws IOException {
        WholeDigest along = digest;
        Content arriving = content;
        if (along != null && arriving != null) {
            long seen = -1;
            while (!current.ended()) {
                seen = board.awaitChange(seen, PAUSE_NANOS).sequence();
                along.advance(arriving);
            }
        }
        return current.awaitEnd();
    }

    private Outcome ended(SupernodeLink link, VersionSession current, End end) throws IOException {
        switch (end) {
            case End.Complete _ -> {
                board.length(current.geometry().length());
                checkDigest(current.content());
                return Outcome.DONE;
            }
            case End.Lost _ -> {
                // All of the swarm lost it at the same moment. Flows go on until a supernode
                // answers.
                pause(engine.random().nextLong(link.spreadMillis() + 1) * 1_000_000L, "supernode");
                return Outcome.AGAIN;
            }
            case End.LocalTrouble trouble -> {
                links.forget(current);
                if (trouble.code().equals("no-space") && placing.giveUp(trouble.message())) {
                    return Outcome.AGAIN;
                }
                throw fail(trouble.code(), trouble.message());
            }
            case End.GivenUp given -> {
                links.forget(current);
                return givenUp(given);
            }
        }
    }

    private Outcome givenUp(End.GivenUp given) throws IOException {
        restarts++;
        if (restarts > MAX_RESTARTS || given.code().equals("removed")) {
            throw fail(given.code(), given.message());
        }
        // The supernode says anew what is to be had: another version, or why there is none.
        LOG.info("version ended task={} code={}: asking again", task, given.code());
        return Outcome.AGAIN;
    }

    private void publish(Content next) {
        if (digest != null) {
            digest.restart(next);
        }
        content = next;
    }

    private void readOrigin() throws IOException {
        VersionSession followed = session;
        if (followed != null) {
            links.forget(followed);
        }
        OriginDownload.Into into = new OriginDownload.Into(placing, holding, digest, this::publish);
        Content read =
                new OriginDownload(engine, task, request, board, throttle, into).read(cancellation);
        if (!stopped) {
            board.length(read.geometry().length());
            checkDigest(read);
        }
    }

    private void checkDigest(Content complete) throws IOException {
        if (digest == null) {
            return;
        }
        digest.advance(complete);
        if (!digest.matches()) {
            if (session != null) {
                session.leave();
                links.forget(session);
            }
            StoredVersion wrong = holding.held();
            if (wrong != null) {
                engine.store().delete(wrong.version().id());
            }
            throw fail(
                    "digest-mismatch",
                    "the content is not what --digest says ("
                            + digest.wanted()
                            + "): check the digest and the URL");
        }
    }

    private void pause(long nanos, String cause) {
        board.waited(cause, 0); // who watches sees at once what is waited for
        long start = engine.nanoTime();
        long left = nanos;
        while (left > 0 && !stopped) {
            board.awaitChange(board.status().sequence(), left);
            left = nanos - (engine.nanoTime() - start);
        }
        board.waited(cause, engine.nanoTime() - start);
    }

    private static DownloadException fail(String code, String message) {
        return new DownloadException(new Failure(code, message));
    }

    @Override
    public void verified(int bytes, StatusBoard.Source source, String parent) {
        board.verified(bytes, source, parent);
    }

    @Override
    public void changed() {
        board.touched();
    }
}
