// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import io.dragonfly.core.model.Blob;
import io.dragonfly.core.model.Secret;
import io.dragonfly.core.model.Sha256;
import io.dragonfly.core.model.TaskId;
import io.dragonfly.core.model.TaskKey;
import io.dragonfly.core.model.TaskSpec;
import io.dragonfly.core.model.Validators;
import io.dragonfly.core.model.Version;
import io.dragonfly.core.model.VersionId;
import io.dragonfly.core.model.VersionNaming;
import io.dragonfly.origin.Freshness;
import io.dragonfly.origin.OriginException;
import io.dragonfly.origin.OriginReader;
import io.dragonfly.origin.Revalidation;
import io.dragonfly.peer.PeerEnvironment;
import io.dragonfly.storage.DiskStore;
import io.dragonfly.storage.StoredVersion;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.random.RandomGenerator;

/// The seed's tasks and what was read of them. Thread-safe.
final class SeedLibrary implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(SeedLibrary.class);

    /// Tasks that are remembered; the least recently asked one without a reading gives way.
    static final int MAX_TASKS = 100_000;

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
    private final SeedReader origin;
    private final PeerEnvironment environment;
    private final ExecutorService threads;
    private final Duration unvalidatedFor;
    private final Duration refusedFor;
    private final Listener listener;
    private final Map<TaskId, SeedTask> tasks = new ConcurrentHashMap<>();

    private final int maxTasks;
    private final RequesterChecks checks = new RequesterChecks();
    private final Admissions admissions = new Admissions();
    private final Proofs proofs = new Proofs();
    private final Scopes scopes;

    /// @param scopes which registries share
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
            Scopes scopes,
            Listener listener) {
        this.maxTasks = maxTasks;
        this.store = store;
        this.environment = environment;
        this.threads = threads;
        this.unvalidatedFor = unvalidatedFor;
        this.refusedFor = refusedFor;
        this.scopes = scopes;
        this.listener = listener;
        this.origin =
                new SeedReader(
                        reader, environment.clock(), threads, limits, listener, new Readings());
    }

    /// The version of a task to give out now to whoever asks like this. Blocks while the origin is
    /// asked. Who shows other credentials shares the version where the origin says that it is the
    /// same, and has a task of his own otherwise.
    SeedVersion obtain(TaskSpec asked) throws IOException {
        Optional<SeedVersion> open = forAnybody(asked);
        if (open.isPresent()) {
            return open.get();
        }
        Optional<SeedVersion> shared = task(sharedBy(asked), asked).obtain(asked);
        if (shared.isPresent()) {
            return shared.get();
        }
        TaskId own = TaskKey.own(asked);
        return task(own, asked)
                .obtain(asked)
                .orElseThrow(() ->
                        new IllegalStateException("one set of credentials, two contents: " + own));
    }

    private Optional<SeedVersion> forAnybody(TaskSpec asked) {
        return proofs.find(asked).flatMap(this::task).flatMap(SeedTask::giveToAnybody);
    }

    /// The task of all who may share what is asked for: of a blob, whatever the repository; else of
    /// the URL.
    private TaskId sharedBy(TaskSpec asked) {
        return Blob.of(asked)
                .map(blob -> TaskKey.blob(asked, scopes.of(blob.registry())))
                .orElseGet(() -> TaskKey.shared(asked));
    }

    /// This version of a task, where it is the one that is given out to whoever asks like this.
    /// Asks the origin only where it has not accepted these credentials yet.
    Optional<SeedVersion> given(TaskSpec asked, VersionId version) throws IOException {
        Optional<SeedVersion> open =
                forAnybody(asked).filter(v -> v.version().id().equals(version));
        if (open.isPresent()) {
            return open;
        }
        SeedTask shared = task(sharedBy(asked), asked);
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
            task = tasks.computeIfAbsent(id, key -> restored(newTask(key, spec)));
        }
        return task;
    }

    private SeedTask newTask(TaskId id, TaskSpec spec) {
        boolean blob = Blob.of(spec).isPresent() && id.equals(sharedBy(spec));
        return new SeedTask(id, spec, this, blob ? new BlobTerms(this) : new UrlTerms(id, this));
    }

    RequesterChecks checks() {
        return checks;
    }

    Proofs proofs() {
        return proofs;
    }

    Admissions admissions() {
        return admissions;
    }

    SeedReader origin() {
        return origin;
    }

    /// A task that an earlier run of this supernode read completely starts with that version; it is
    /// asked for again at the origin before it is given out.
    private SeedTask restored(SeedTask task) {
        store.versions().stream()
                .filter(v -> v.version().task().equals(task.id()))
                .filter(StoredVersion::complete)
                .map(this::known)
                .filter(task::restore)
                .findFirst()
                .ifPresent(v -> listener.opened(task, v));
        return task;
    }

    private SeedVersion known(StoredVersion stored) {
        Secret secret = new Secret(VersionNaming.randomHex(random()));
        String owner = "true".equals(stored.notes().get(SeedTask.ANONYMOUS)) ? "" : null;
        SeedVersion version = new SeedVersion(stored, secret, owner, Freshness.ASK_AGAIN, 0);
        Proofs.recall(version);
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

    /// Ends all readings; they fail soon.
    @Override
    public void close() {
        origin.close();
    }

    RandomGenerator random() {
        return environment.random();
    }

    long nowMillis() {
        return environment.clock().millis();
    }

    /// Whether a version may be given out without asking again.
    Revalidation decision(SeedVersion version) {
        Revalidation.Rules rules =
                new Revalidation.Rules(Duration.ofMillis(SeedTask.COALESCE_MILLIS), unvalidatedFor);
        Duration age = Duration.ofMillis(nowMillis() - version.validatedMillis());
        Validators validators = version.version().validators();
        return Revalidation.decide(validators, version.freshness(), age, rules);
    }

    /// How long a failure is the answer to all who ask for the same.
    Duration remembered(OriginException failure) {
        Duration least = Duration.ofMillis(SeedTask.COALESCE_MILLIS);
        Duration own =
                switch (failure.kind()) {
                    case NOT_FOUND, DENIED -> refusedFor;
                    case UNAVAILABLE, STATUS, NETWORK, TLS, PROTOCOL, CHANGED, MISMATCH, REFUSED ->
                            least;
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
        boolean mismatch = why.kind() == OriginException.Kind.MISMATCH;
        if (mismatch) {
            task.mismatched(version);
        }
        if (mismatch || !version.version().validators().strong()) {
            delete(version);
        }
    }

    /// What the readings come to.
    private final class Readings implements SeedReader.Outcome {
        @Override
        public void read(SeedTask task, SeedVersion version) throws IOException {
            proofs.compare(task, version);
        }

        @Override
        public void failed(SeedTask task, SeedVersion version, OriginException why) {
            SeedLibrary.this.failed(task, version, why);
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
