// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import io.dragonfly.core.model.Secret;
import io.dragonfly.core.model.Sha256;
import io.dragonfly.core.model.TaskId;
import io.dragonfly.core.model.TaskKey;
import io.dragonfly.core.model.TaskSpec;
import io.dragonfly.core.model.Validators;
import io.dragonfly.core.model.Version;
import io.dragonfly.core.model.VersionId;
import io.dragonfly.core.model.VersionNaming;
import io.dragonfly.origin.Cancellation;
import io.dragonfly.origin.Freshness;
import io.dragonfly.origin.OpenedOrigin;
import io.dragonfly.origin.OriginException;
import io.dragonfly.origin.OriginReader;
import io.dragonfly.origin.Revalidation;
import io.dragonfly.peer.PeerEnvironment;
import io.dragonfly.storage.DiskStore;
import io.dragonfly.storage.StoredVersion;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.random.RandomGenerator;

/// The seed's tasks and what was read of them. Thread-safe.
final class SeedLibrary implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(SeedLibrary.class);

    /// Tasks that are remembered; the least recently asked one without a reading gives way.
    static final int MAX_TASKS = 100_000;

    /// Sets of credentials that one reading is gone on with, where they expire one after the other.
    private static final int MAX_TRIED = 8;

    /// An origin's Retry-After is obeyed for so long at most; then it is asked once.
    private static final Duration MAX_RETRY_AFTER = Duration.ofMinutes(10);

    /// Hears what the seed reads.
    interface Listener {
        /// A version is given out from now on; some of its blocks may be here already.
        void opened(SeedTask task, SeedVersion version);

        void block(SeedVersion version, int block, int bytes, Sha256 digest);

        void length(SeedVersion version, long length);

        /// A reading of the origin began.
        void begun(SeedVersion version);

        /// The version is not given out any more.
        void ended(SeedVersion version, String code, String message);
    }

    private final DiskStore store;
    private final OriginReader reader;
    private final PeerEnvironment environment;
    private final ExecutorService threads;
    private final Duration unvalidatedFor;
    private final Duration refusedFor;
    private final SeedLimits limits;
    private final Listener listener;
    private final Map<TaskId, SeedTask> tasks = new ConcurrentHashMap<>();

    /// What is being asked or read; closing an opened content cancels it and so takes it out.
    private final Set<Cancellation> running = ConcurrentHashMap.newKeySet();

    private final int maxTasks;
    private final RequesterChecks checks = new RequesterChecks();

    private volatile boolean closed;

    /// @param unvalidatedFor how long an answer without validators is given out
    /// @param refusedFor how long "not found" and "denied" are given out
    SeedLibrary(
            DiskStore store,
            OriginReader reader,
            PeerEnvironment environment,
            ExecutorService threads,
            Duration unvalidatedFor,
            Duration refusedFor,
            int maxTasks,
            SeedLimits limits,
            Listener listener) {
        this.maxTasks = maxTasks;
        this.store = store;
        this.reader = reader;
        this.environment = environment;
        this.threads = threads;
        this.unvalidatedFor = unvalidatedFor;
        this.refusedFor = refusedFor;
        this.limits = limits;
        this.listener = listener;
    }

    /// The version of a task to give out now to whoever asks like this. Blocks while the origin is
    /// asked. Who shows other credentials shares the version where the origin says that it is the
    /// same, and has a task of his own otherwise.
    SeedVersion obtain(TaskSpec asked) throws IOException {
        Optional<SeedVersion> shared = task(TaskKey.shared(asked), asked).obtain(asked);
        if (shared.isPresent()) {
            return shared.get();
        }
        TaskId own = TaskKey.own(asked);
        return task(own, asked)
                .obtain(asked)
                .orElseThrow(() ->
                        new IllegalStateException("one set of credentials, two contents: " + own));
    }

    /// This version of a task, where it is the one that is given out to whoever asks like this.
    /// Asks the origin only where it has not accepted these credentials yet.
    Optional<SeedVersion> given(TaskSpec asked, VersionId version) throws IOException {
        SeedTask shared = task(TaskKey.shared(asked), asked);
        if (shared.gives(version)) {
            return shared.obtain(asked, version);
        }
        SeedTask own = task(TaskKey.own(asked), asked);
        return own.gives(version) ? own.obtain(asked, version) : Optional.empty();
    }

    private SeedTask task(TaskId id, TaskSpec spec) {
        SeedTask task = tasks.get(id);
        if (task == null) {
            if (tasks.size() >= maxTasks) {
                forgetSome();
            }
            task = tasks.computeIfAbsent(id, key -> restored(new SeedTask(key, spec, this)));
        }
        return task;
    }

    RequesterChecks checks() {
        return checks;
    }

    /// Whether the origin gives that version to whoever asks like this.
    boolean gives(TaskSpec asked, Validators version) throws OriginException {
        Cancellation cancellation = new Cancellation();
        running.add(cancellation);
        try {
            if (closed) {
                cancellation.cancel();
            }
            return reader.gives(asked, version, cancellation);
        } finally {
            running.remove(cancellation);
        }
    }

    /// A task that an earlier run of this supernode read completely starts with that version; it is
    /// asked for again at the origin before it is given out.
    private SeedTask restored(SeedTask task) {
        store.versions().stream()
                .filter(v -> v.version().task().equals(task.id()))
                .filter(StoredVersion::complete)
                .filter(v -> !v.version().validators().equals(Validators.NONE))
                .findFirst()
                .ifPresent(v -> task.restore(given(task, v)));
        return task;
    }

    private SeedVersion given(SeedTask task, StoredVersion stored) {
        Secret secret = new Secret(VersionNaming.randomHex(random()));
        String owner = "true".equals(stored.notes().get(SeedTask.ANONYMOUS)) ? "" : null;
        SeedVersion version = new SeedVersion(stored, secret, owner, Freshness.ASK_AGAIN, 0);
        listener.opened(task, version);
        return version;
    }

    /// Forgets the tenth of the tasks that nobody asked for for the longest time. What the store
    /// has of them is found again when somebody asks; a version that is in use stays.
    private void forgetSome() {
        tasks.values().stream()
                .filter(SeedTask::idle)
                .sorted(Comparator.comparingLong(SeedTask::askedMillis))
                .limit(Math.max(1, maxTasks / 10))
                .forEach(t -> tasks.remove(t.id(), t));
    }

    /// Blocks of a version went bad on our disk and were dropped: the origin has them.
    ///
    /// @param bad with the digests that they must have, because peers were told so
    void repair(SeedVersion version, Map<Integer, Sha256> bad) {
        version.damaged(bad);
        SeedTask task = tasks.get(version.version().task());
        if (task != null) {
            threads.execute(() -> task.repair(version));
        }
    }

    List<SeedTask> tasks() {
        return List.copyOf(tasks.values());
    }

    Optional<SeedTask> task(TaskId id) {
        return Optional.ofNullable(tasks.get(id));
    }

    /// Asks the origin; what comes back ends when this library is closed, if not before.
    OpenedOrigin open(TaskSpec spec, @Nullable Validators known) throws OriginException {
        Cancellation cancellation = new Cancellation();
        running.add(cancellation);
        boolean opened = false;
        try {
            if (closed) {
                cancellation.cancel();
            }
            OpenedOrigin origin = reader.open(spec, known, cancellation);
            cancellation.register(() -> running.remove(cancellation));
            opened = true;
            return origin;
        } finally {
            if (!opened) {
                running.remove(cancellation);
            }
        }
    }

    /// Ends all readings; they fail soon.
    @Override
    public void close() {
        closed = true;
        List.copyOf(running).forEach(Cancellation::cancel);
    }

    RandomGenerator random() {
        return environment.random();
    }

    long nowMillis() {
        return environment.clock().millis();
    }

    /// How long answers of an origin are used without asking again.
    Revalidation.Rules rules() {
        return new Revalidation.Rules(Duration.ofMillis(SeedTask.COALESCE_MILLIS), unvalidatedFor);
    }

    /// How long a failure is the answer to all who ask for the same.
    Duration remembered(OriginException failure) {
        Duration least = Duration.ofMillis(SeedTask.COALESCE_MILLIS);
        Duration own =
                switch (failure.kind()) {
                    case NOT_FOUND, DENIED -> refusedFor;
                    case UNAVAILABLE, STATUS, NETWORK, TLS, PROTOCOL, CHANGED, REFUSED -> least;
                };
        Duration longest = own.compareTo(least) > 0 ? own : least;
        Duration asked = failure.retryAfter();
        if (asked.compareTo(MAX_RETRY_AFTER) > 0) {
            asked = MAX_RETRY_AFTER;
        }
        return asked.compareTo(longest) > 0 ? asked : longest;
    }

    /// Makes room in the store before it is needed, and removes what is left in it.
    void keepTidy() {
        try {
            store.removeLeftovers();
            store.evict(0);
        } catch (IOException e) {
            LOG.warn("cannot make room: {}", e.getMessage());
        }
    }

    StoredVersion stored(Version version) throws IOException {
        Optional<StoredVersion> found = store.find(version.id());
        if (found.isPresent() && found.get().intact()) {
            return found.get();
        }
        if (found.isPresent()) {
            store.delete(version.id());
        }
        store.evict(Math.max(0, version.geometry().length()));
        return store.create(version);
    }

    void opened(SeedTask task, SeedVersion version) {
        listener.opened(task, version);
    }

    /// Reads on a thread of its own what `opened` answers.
    void read(SeedTask task, SeedVersion version, OpenedOrigin opened) {
        version.stored().retain();
        listener.begun(version);
        threads.execute(() -> readNow(task, version, opened, new HashSet<>()));
    }

    private void readNow(
            SeedTask task, SeedVersion version, OpenedOrigin opened, Set<String> tried) {
        try (opened;
                SeedLimits.Reading limit = limits.reading(task.url())) {
            LOG.info("reading origin url={} version={}", task.maskedUrl(), version.version().id());
            opened.read(
                    version.geometry(),
                    new SeedSink(version, listener),
                    bytes -> limit.acquire(Math.toIntExact(bytes)));
            version.validated(opened.freshness(), nowMillis());
            version.ended(null);
            if (version.isDamaged()) {
                // It happened behind this reading's back.
                threads.execute(() -> task.repair(version));
            }
            LOG.info(
                    "read origin url={} version={} bytes={}",
                    task.maskedUrl(),
                    version.version().id(),
                    version.readFromOrigin());
        } catch (OriginException e) {
            if (!goesOn(task, version, e, tried)) {
                failed(task, version, e);
            }
        } catch (IOException e) {
            failed(task, version, local(e));
        } catch (RuntimeException e) {
            LOG.error("bug while reading url={}", task.maskedUrl(), e);
            failed(task, version, local(e));
        } finally {
            version.stored().release();
        }
    }

    /// Credentials that expired while they were read with: those of another who wants the same may
    /// do. Returns when that reading has ended.
    ///
    /// @param tried hashes of the credentials that were tried
    private boolean goesOn(
            SeedTask task, SeedVersion version, OriginException why, Set<String> tried) {
        Validators validators = version.version().validators();
        boolean may = why.kind() == OriginException.Kind.DENIED && validators.strong();
        var another = task.another(tried);
        if (!may || another.isEmpty() || tried.size() == MAX_TRIED) {
            return false;
        }
        tried.add(another.get().getKey());
        try {
            OpenedOrigin opened = open(another.get().getValue(), validators);
            if (!opened.notModified()) {
                opened.close();
                return false;
            }
            LOG.info("goes on with other credentials url={}", task.maskedUrl());
            version.stored().retain();
            readNow(task, version, opened, tried);
            return true;
        } catch (OriginException e) {
            return goesOn(task, version, e, tried);
        }
    }

    private static OriginException local(Exception e) {
        return new OriginException(
                OriginException.Kind.UNAVAILABLE,
                "the supernode cannot store the content: " + e.getMessage(),
                true,
                e);
    }

    void failed(SeedTask task, SeedVersion version, OriginException why) {
        LOG.warn(
                "reading failed url={} version={} code={} cause={}",
                task.maskedUrl(),
                version.version().id(),
                why.kind().code(),
                why.getMessage());
        task.ended(version);
        version.ended(why);
        listener.ended(version, why.kind().code(), String.valueOf(why.getMessage()));
        if (!version.version().validators().strong()) {
            delete(version);
        }
    }

    /// What has no strong validator can never be continued.
    private void delete(SeedVersion version) {
        try {
            store.delete(version.version().id());
        } catch (IOException e) {
            LOG.warn("cannot delete version={} cause={}", version.version().id(), e.getMessage());
        }
    }
}
