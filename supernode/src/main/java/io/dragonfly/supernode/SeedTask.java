// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import io.dragonfly.core.model.Encoding;
import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.MaskedUrl;
import io.dragonfly.core.model.Secret;
import io.dragonfly.core.model.TaskId;
import io.dragonfly.core.model.TaskSpec;
import io.dragonfly.core.model.Validators;
import io.dragonfly.core.model.Version;
import io.dragonfly.core.model.VersionId;
import io.dragonfly.core.model.VersionNaming;
import io.dragonfly.origin.OpenedOrigin;
import io.dragonfly.origin.OriginException;
import io.dragonfly.origin.Revalidation;
import io.dragonfly.storage.StoredVersion;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/// One task at the seed: which version is current, who may have it, and when the origin is asked
/// again. Everybody who asks for the task at the same time shares one question to the origin and
/// one reading; who shows other credentials costs one question more ([Requesters]). Thread-safe.
final class SeedTask {
    private static final Logger LOG = LoggerFactory.getLogger(SeedTask.class);

    /// One question to the origin per task in this time, at least, also where the answer was a
    /// failure.
    static final long COALESCE_MILLIS = 1000;

    /// Says of a stored version whether it was got without credentials.
    static final String ANONYMOUS = "anonymous";

    private final TaskId id;
    private final TaskSpec spec;
    private final SeedLibrary library;

    /// Held while the origin is asked, so that others wait for that answer.
    private final ReentrantLock asking = new ReentrantLock();

    private volatile @Nullable SeedVersion current;
    private volatile long askedMillis;

    /// Owned by the lock.
    private final Terms terms;

    SeedTask(TaskId id, TaskSpec spec, SeedLibrary library, Terms terms) {
        this.id = id;
        this.spec = spec;
        this.library = library;
        this.terms = terms;
    }

    TaskId id() {
        return id;
    }

    /// Of the first who asked.
    TaskSpec spec() {
        return spec;
    }

    /// Whether it is a blob of a registry, shared by all who may read it there.
    boolean isBlob() {
        return terms instanceof BlobTerms;
    }

    URI url() {
        return spec.url();
    }

    String maskedUrl() {
        return MaskedUrl.of(spec.url());
    }

    @Nullable SeedVersion current() {
        return current;
    }

    /// Takes over what an earlier run left in the store.
    ///
    /// @return whether it can be used
    boolean restore(SeedVersion version) {
        if (!terms.restorable(version)) {
            return false;
        }
        current = version;
        library.proofs().restored(this, version);
        return true;
    }

    void ended(SeedVersion version) {
        asking.lock();
        try {
            if (current == version) {
                current = null;
            }
        } finally {
            asking.unlock();
        }
    }

    /// The version to give out now to whoever asks like this; being read, or complete and still
    /// what the origin has. Nobody gets a version before the origin accepted his credentials for
    /// it.
    ///
    /// @param asked with the credentials of who asks
    /// @return nothing where the origin gives, or may give, something else to these credentials
    ///   than to others: they need a task of their own
    /// @throws OriginException where the origin gives nothing; for a time that depends on the
    ///   failure everybody with these credentials gets the same without another question
    /// @throws IOException where the store takes nothing
    Optional<SeedVersion> obtain(TaskSpec asked) throws IOException {
        askedMillis = library.nowMillis();
        SeedVersion toCheck;
        asking.lock();
        try {
            SeedVersion now = current;
            if (now == null || !(now.reading() || complete(now))) {
                return Optional.of(given(ask(asked, null, null)));
            }
            Terms.Way way = terms.way(now, asked);
            if (way == Terms.Way.APART) {
                return Optional.empty();
            }
            if (way != Terms.Way.CHECK) {
                boolean ask = way == Terms.Way.REVALIDATE;
                return Optional.of(given(ask ? revalidated(now, asked) : now));
            }
            toCheck = now;
        } finally {
            asking.unlock();
        }
        return checked(toCheck, asked);
    }

    /// The version, where whoever names its digest may have it.
    Optional<SeedVersion> giveToAnybody() {
        asking.lock();
        try {
            SeedVersion now = current;
            if (now == null || now.reading() || !complete(now) || !now.isPublic()) {
                return Optional.empty();
            }
            return Optional.of(given(now));
        } finally {
            asking.unlock();
        }
    }

    /// Whether this is the version that is given out now.
    boolean gives(VersionId version) {
        SeedVersion now = current;
        return now != null && now.version().id().equals(version);
    }

    /// As [#obtain], but for a host that holds the version already: where the origin accepted its
    /// credentials before, or gave the version to those without any, nobody is asked whether it
    /// still is what the origin has.
    Optional<SeedVersion> obtain(TaskSpec asked, VersionId held) throws IOException {
        asking.lock();
        try {
            SeedVersion now = current;
            if (now != null && gives(held) && terms.mayServe(now, asked)) {
                return Optional.of(given(now));
            }
        } finally {
            asking.unlock();
        }
        return obtain(asked).filter(v -> v.version().id().equals(held));
    }

    /// Asks the origin whether it gives this version to these credentials too; not under the task's
    /// lock, for many may have to be asked for, and a slow answer to one is no matter of the
    /// others.
    private Optional<SeedVersion> checked(SeedVersion version, TaskSpec asked) throws IOException {
        try (RequesterChecks.Turn _ = terms.turn(asked)) {
            asking.lock();
            try {
                if (current == version && terms.knows(version, asked)) {
                    return Optional.of(given(version));
                }
                throwRefusal(asked);
            } finally {
                asking.unlock();
            }
            if (!terms.gives(version, asked)) {
                return Optional.empty();
            }
            if (accepted(version, asked)) {
                return Optional.of(version);
            }
        } catch (OriginException e) {
            throw remembered(asked, e);
        }
        // Another version took its place meanwhile.
        return obtain(asked);
    }

    /// @return false where it is not what is given out any more
    private boolean accepted(SeedVersion version, TaskSpec asked) {
        asking.lock();
        try {
            if (current != version) {
                return false;
            }
            terms.accepted(asked);
            given(version);
            return true;
        } finally {
            asking.unlock();
        }
    }

    private void throwRefusal(TaskSpec asked) throws OriginException {
        OriginException refusal = terms.refusal(asked);
        if (refusal != null) {
            throw refusal;
        }
    }

    private OriginException remembered(TaskSpec asked, OriginException e) {
        asking.lock();
        try {
            if (terms.refusal(asked) == null) {
                long until = library.nowMillis() + library.remembered(e).toMillis();
                terms.refused(asked, e, until);
            }
            return e;
        } finally {
            asking.unlock();
        }
    }

    /// Another request that the origin accepted, for a reading whose credentials are refused now.
    Optional<Map.Entry<String, TaskSpec>> another(Set<String> tried) {
        asking.lock();
        try {
            return terms.another(tried);
        } finally {
            asking.unlock();
        }
    }

    private SeedVersion given(SeedVersion version) {
        version.stored().touch();
        library.opened(this, version);
        return version;
    }

    private static boolean complete(SeedVersion version) {
        return version.stored().complete() && version.stored().intact();
    }

    /// What was read is not what its digest says.
    void mismatched(SeedVersion version) {
        asking.lock();
        try {
            terms.mismatched(version.readBy());
        } finally {
            asking.unlock();
        }
    }

    private SeedVersion revalidated(SeedVersion version, TaskSpec asked) throws IOException {
        return switch (library.decision(version)) {
            case Revalidation.Fresh _ -> version;
            case Revalidation.Ask(Validators known) -> ask(asked, version, known);
            case Revalidation.Restart _ -> ask(asked, null, null);
        };
    }

    /// When somebody asked for it last.
    long askedMillis() {
        return askedMillis;
    }

    /// Whether nobody asks, reads or uses it at present.
    boolean idle() {
        SeedVersion now = current;
        return !asking.isLocked() && (now == null || !(now.reading() || now.stored().inUse()));
    }

    /// Reads from the origin again what went bad on our disk; where that cannot be had any more the
    /// version ends, and the peers ask anew.
    void repair(SeedVersion version) {
        asking.lock();
        try {
            if (version.reading() || !version.isDamaged()) {
                return;
            }
            Validators validators = version.version().validators();
            TaskSpec accepted = terms.another(Set.of()).map(Map.Entry::getValue).orElse(spec);
            OpenedOrigin opened =
                    library.origin().open(accepted, validators.strong() ? validators : null);
            if (current == version && opened.notModified()) {
                version.begun();
                library.origin().read(this, version, opened);
            } else {
                opened.close();
                library.failed(this, version, SeedVersion.lost());
            }
        } catch (OriginException e) {
            library.failed(this, version, e);
        } finally {
            asking.unlock();
        }
    }

    private SeedVersion ask(
            TaskSpec asked, @Nullable SeedVersion known, @Nullable Validators validators)
            throws IOException {
        throwRefusal(asked);
        OpenedOrigin opened;
        try {
            opened = library.origin().open(asked, validators);
        } catch (OriginException e) {
            if (known != null && e.retryable() && terms.knows(known, asked)) {
                LOG.warn(
                        "origin does not answer, giving out what is here task={} cause={}",
                        id,
                        e.getMessage());
                return known;
            }
            throw remembered(asked, e);
        }
        if (opened.notModified() && known != null) {
            known.validated(opened.freshness(), library.nowMillis());
            terms.accepted(asked);
            opened.close();
            return known;
        }
        terms.changed(opened, asked);
        terms.accepted(asked);
        return begin(opened, asked);
    }

    private SeedVersion begin(OpenedOrigin opened, TaskSpec asked) throws IOException {
        String who = terms.who(asked);
        boolean handedOver = false;
        try {
            Version version = version(opened);
            StoredVersion stored = library.stored(version);
            SeedVersion next =
                    new SeedVersion(
                            stored,
                            new Secret(VersionNaming.randomHex(library.random())),
                            who,
                            opened.freshness(),
                            library.nowMillis());
            stored.note("url", maskedUrl());
            stored.note(ANONYMOUS, Boolean.toString(who.isEmpty()));
            next.readBy(asked);
            prove(next);
            current = next;
            // Said before the first block is, so that nobody hears of blocks of an unknown version.
            library.opened(this, next);
            if (!stored.complete()) {
                next.begun();
                handedOver = true;
                library.origin().read(this, next, opened);
            }
            return next;
        } finally {
            if (!handedOver) {
                opened.close();
            }
        }
    }

    private void prove(SeedVersion next) throws IOException {
        try {
            library.proofs().expect(this, next);
        } catch (OriginException e) {
            library.failed(this, next, e);
            throw e;
        }
    }

    private Version version(OpenedOrigin opened) {
        return new Version(
                VersionNaming.name(id, opened.validators(), opened.length(), library.random()),
                id,
                Geometry.of(opened.length()),
                Encoding.IDENTITY,
                opened.validators(),
                opened.contentType());
    }
}
