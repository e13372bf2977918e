// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import io.dragonfly.core.limits.TrafficClass;
import io.dragonfly.core.model.Digest;
import io.dragonfly.core.model.HostPort;
import io.dragonfly.core.model.Secret;
import io.dragonfly.core.model.TaskId;
import io.dragonfly.core.model.Version;
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
import java.util.Base64;
import java.util.Optional;

/// One task being downloaded for everybody on this host who wants it: tries the supernodes in
/// order, follows a version until it is complete, moves to the next supernode when one dies, and
/// goes to the origin itself when nobody else can help. One virtual thread runs it; the rest looks
/// at its [StatusBoard].
final class TaskDownload implements VersionSession.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(TaskDownload.class);

    /// How often a version may be given up under a download before it fails.
    private static final int MAX_RESTARTS = 5;

    /// How often a turn at the origin is asked for.
    private static final int MAX_REFUSALS = 20;

    /// How long a host without back-to-source looks for a supernode.
    private static final long PATIENCE_NANOS = 30_000_000_000L;

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
    private int restarts;
    private int refusals;
    private @Nullable IOException lastTrouble;

    TaskDownload(Engine engine, Links links, TaskId task, DownloadRequest request) {
        this.engine = engine;
        this.links = links;
        this.task = task;
        this.request = request;
        this.board = new StatusBoard(task.hex(), engine.environment().nanoTime());
        this.throttle = engine.limits().task(request.traffic(), request.bytesPerSecond());
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
        long start = engine.nanoTime();
        while (!stopped) {
            boolean reached = false;
            for (HostPort node : request.supernodes()) {
                Outcome outcome = from(links.to(node));
                if (outcome == Outcome.DONE) {
                    return;
                }
                reached |= outcome == Outcome.AGAIN;
                if (outcome == Outcome.AGAIN) {
                    break;
                }
            }
            if (reached || stopped) {
                continue;
            }
            if (request.backToSource()) {
                withoutSupernode();
                return;
            }
            if (engine.nanoTime() - start > PATIENCE_NANOS) {
                throw fail(
                        "supernode-unreachable",
                        "no supernode answers ("
                                + lastTroubleText()
                                + ") and --notbs forbids the"
                                + " origin: check --node");
            }
            pause(PAUSE_NANOS, "supernode");
        }
    }

    private enum Outcome {
        DONE,
        /// Something happened; start again with the first supernode.
        AGAIN,
        /// This supernode cannot help; try the next one.
        NEXT
    }

    private Outcome from(SupernodeLink link) throws IOException {
        ControlStream stream;
        FromSupernode answer;
        long asked = engine.nanoTime();
        try {
            stream = link.connect();
            answer = link.register(request.spec());
        } catch (IOException e) {
            lastTrouble = e;
            LOG.info("supernode={} cannot help: {}", link.address(), e.getMessage());
            return Outcome.NEXT;
        } finally {
            board.waited("registration", engine.nanoTime() - asked);
        }
        if (answer instanceof Refused refused) {
            return refused(refused);
        }
        Registered registered = (Registered) answer;
        if (registered.inline() != null) {
            inline(registered);
            return Outcome.DONE;
        }
        return follow(link, stream, registered);
    }

    private Outcome refused(Refused refused) throws IOException {
        if (refused.mayAskOrigin() && request.backToSource()) {
            LOG.info("supernode refers to the origin task={} code={}", task, refused.code());
            readOrigin();
            return Outcome.DONE;
        }
        // Others have their turn at the origin, or the origin asked for patience.
        refusals++;
        boolean worthIt =
                refused.code().equals("overloaded")
                        || (refused.code().equals("origin-network") && request.backToSource());
        if (worthIt && refused.retryAfterMillis() > 0 && refusals <= MAX_REFUSALS) {
            long wait = refused.retryAfterMillis() * 1_000_000L;
            pause(wait / 2 + engine.random().nextLong(wait / 2 + 1), "turn at the origin");
            return Outcome.AGAIN;
        }
        throw new DownloadException(new Failure(refused.code(), refused.message()));
    }

    private void inline(Registered registered) throws IOException {
        byte[] bytes = Base64.getDecoder().decode(String.valueOf(registered.inline()));
        // They are here already, and count: what comes next waits the longer.
        throttle.network().acquire(Math.max(1, bytes.length));
        Content.Inline whole = new Content.Inline(bytes);
        board.following(Inbound.version(registered));
        content = whole;
        for (int block = 0; block < whole.geometry().blocks(); block++) {
            int length = whole.geometry().blockLength(block);
            board.verified(length, StatusBoard.Source.SUPERNODE, "supernode");
        }
        checkDigest(whole);
    }

    private Outcome follow(SupernodeLink link, ControlStream stream, Registered registered)
            throws IOException {
        Version version = Inbound.version(registered);
        StoredVersion stored = engine.storeVersion(version, links::forget);
        holding.hold(stored);
        VersionSession current =
                links.session(link, stream, stored, new Secret(registered.secret()));
        session = current;
        board.following(stored.version());
        content = current.content();
        try {
            link.attach(current, stream);
            current.announce(this, throttle);
        } catch (SupernodeLink.LostException e) {
            lastTrouble = e;
            return Outcome.AGAIN;
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
            along.restart();
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
                // Flows go on meanwhile. All of the swarm lost it at the same moment.
                pause(engine.random().nextLong(link.spreadMillis() + 1) * 1_000_000L, "supernode");
                links.forget(current);
                return Outcome.AGAIN;
            }
            case End.LocalTrouble trouble -> {
                links.forget(current);
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

    /// No supernode answers: everybody else is in the same place, so wait a random time before
    /// going to the origin, and look once more for a supernode then.
    private void withoutSupernode() throws IOException {
        boolean midway = content != null;
        long spreadNanos = 0;
        for (HostPort node : request.supernodes()) {
            spreadNanos = Math.max(spreadNanos, links.to(node).spreadMillis() * 1_000_000L);
        }
        pause(midway ? engine.random().nextLong(spreadNanos + 1) : 0, "supernode");
        for (HostPort node : request.supernodes()) {
            if (midway && !stopped && from(links.to(node)) == Outcome.DONE) {
                return;
            }
        }
        if (!stopped) {
            LOG.info("no supernode answers task={}: reading the origin", task);
            readOrigin();
        }
    }

    private void readOrigin() throws IOException {
        OriginDownload own =
                new OriginDownload(engine, task, request, board, throttle, links::forget);
        Content read =
                own.read(
                        arriving -> {
                            holding.hold(arriving.stored());
                            content = arriving;
                        },
                        cancellation);
        if (!stopped) {
            board.length(read.geometry().length());
            if (digest != null) {
                digest.restart();
            }
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
        long start = engine.nanoTime();
        long left = nanos;
        while (left > 0 && !stopped) {
            board.awaitChange(board.status().sequence(), left);
            left = nanos - (engine.nanoTime() - start);
        }
        board.waited(cause, engine.nanoTime() - start);
    }

    private String lastTroubleText() {
        return lastTrouble == null ? "none configured" : String.valueOf(lastTrouble.getMessage());
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
