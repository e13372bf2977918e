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
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

/// One task at the seed: which version is current, and when the origin is asked again. Everybody
/// who asks for the task at the same time shares one question to the origin and one reading.
/// Thread-safe.
final class SeedTask {
    private static final Logger LOG = LoggerFactory.getLogger(SeedTask.class);

    /// One question to the origin per task in this time, also where the answer was a failure.
    static final long COALESCE_MILLIS = 1000;

    /// Peers of one task that may go to the origin themselves within [#GRANT_MILLIS].
    private static final int GRANTS = 2;

    private static final long GRANT_MILLIS = 5000;

    private final TaskId id;
    private final TaskSpec spec;
    private final SeedLibrary library;

    /// Held while the origin is asked, so that others wait for that answer.
    private final ReentrantLock asking = new ReentrantLock();

    private volatile @Nullable SeedVersion current;
    private @Nullable OriginException failure;
    private long failedMillis;
    private final OriginRation ration = new OriginRation(GRANTS, GRANT_MILLIS);

    SeedTask(TaskId id, TaskSpec spec, SeedLibrary library) {
        this.id = id;
        this.spec = spec;
        this.library = library;
    }

    TaskId id() {
        return id;
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
    void restore(SeedVersion version) {
        current = version;
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

    /// The version to give out now; being read, or complete and still what the origin has.
    ///
    /// @throws OriginException where the origin gives nothing; for a second everybody who asks gets
    ///   the same failure without another question
    /// @throws IOException where the store takes nothing
    SeedVersion obtain() throws IOException {
        asking.lock();
        try {
            SeedVersion now = current;
            if (now != null && now.reading()) {
                return now;
            }
            SeedVersion given = now == null || !complete(now) ? ask(null, null) : revalidated(now);
            given.stored().touch();
            library.opened(this, given);
            return given;
        } finally {
            asking.unlock();
        }
    }

    private static boolean complete(SeedVersion version) {
        return version.stored().complete() && version.stored().intact();
    }

    private SeedVersion revalidated(SeedVersion version) throws IOException {
        Duration age = Duration.ofMillis(library.nowMillis() - version.validatedMillis());
        Validators validators = version.version().validators();
        return switch (Revalidation.decide(validators, version.freshness(), age, library.rules())) {
            case Revalidation.Fresh _ -> version;
            case Revalidation.Ask(Validators known) -> ask(version, known);
            case Revalidation.Restart _ -> ask(null, null);
        };
    }

    private SeedVersion ask(@Nullable SeedVersion known, @Nullable Validators validators)
            throws IOException {
        OriginException failed = failure;
        if (failed != null && library.nowMillis() - failedMillis < COALESCE_MILLIS) {
            throw failed;
        }
        OpenedOrigin opened;
        try {
            opened = library.open(spec, validators);
            failure = null;
        } catch (OriginException e) {
            if (known != null && e.retryable()) {
                LOG.warn(
                        "origin does not answer, giving out what is here task={} cause={}",
                        id,
                        e.getMessage());
                return known;
            }
            failure = e;
            failedMillis = library.nowMillis();
            throw e;
        }
        if (opened.notModified() && known != null) {
            known.validated(opened.freshness(), library.nowMillis());
            opened.close();
            return known;
        }
        return begin(opened);
    }

    /// Milliseconds after which one more peer may ask for a turn at the origin; 0: this one has it.
    long askForTurn() {
        asking.lock();
        try {
            return ration.ask(library.nowMillis());
        } finally {
            asking.unlock();
        }
    }

    private SeedVersion begin(OpenedOrigin opened) throws IOException {
        boolean handedOver = false;
        try {
            Version version = version(opened);
            StoredVersion stored = library.stored(version);
            SeedVersion next =
                    new SeedVersion(
                            stored,
                            new Secret(VersionNaming.randomHex(library.random())),
                            opened.freshness(),
                            library.nowMillis());
            stored.note("url", maskedUrl());
            current = next;
            // Said before the first block is, so that nobody hears of blocks of an unknown version.
            library.opened(this, next);
            if (!stored.complete()) {
                next.begun();
                handedOver = true;
                library.read(this, next, opened);
            }
            return next;
        } finally {
            if (!handedOver) {
                opened.close();
            }
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
