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
import io.dragonfly.storage.StoredVersion;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;

/// One task at the seed: which version is current, and when the origin is asked again. Everybody
/// who asks for the task at the same time shares one question to the origin and one reading.
/// Thread-safe.
final class SeedTask {
    private static final Logger LOG = LoggerFactory.getLogger(SeedTask.class);

    private final TaskId id;
    private final TaskSpec spec;
    private final SeedLibrary library;

    /// Held while the origin is asked, so that others wait for that answer.
    private final ReentrantLock asking = new ReentrantLock();

    private volatile @Nullable SeedVersion current;

    SeedTask(TaskId id, TaskSpec spec, SeedLibrary library) {
        this.id = id;
        this.spec = spec;
        this.library = library;
    }

    TaskId id() {
        return id;
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
    /// @throws OriginException where the origin gives nothing
    /// @throws IOException where the store takes nothing
    SeedVersion obtain() throws IOException {
        asking.lock();
        try {
            SeedVersion now = current;
            if (now != null && now.reading()) {
                return now;
            }
            boolean complete = now != null && now.stored().complete() && now.stored().intact();
            if (now != null && complete && usable(now)) {
                now.stored().touch();
                return now;
            }
            return ask(complete ? now : null);
        } finally {
            asking.unlock();
        }
    }

    private boolean usable(SeedVersion version) {
        long now = library.nowMillis();
        if (named(version.version().validators())) {
            return version.fresh(now);
        }
        return now - version.validatedMillis() < library.unvalidatedFor().toMillis();
    }

    private static boolean named(Validators validators) {
        return !validators.equals(Validators.NONE);
    }

    private SeedVersion ask(@Nullable SeedVersion known) throws IOException {
        Validators validators =
                known == null || !named(known.version().validators())
                        ? null
                        : known.version().validators();
        OpenedOrigin opened;
        try {
            opened = library.reader().open(spec, validators);
        } catch (OriginException e) {
            if (known != null && e.retryable()) {
                LOG.warn(
                        "origin does not answer, giving out what is here task={} cause={}",
                        id,
                        e.getMessage());
                return known;
            }
            throw e;
        }
        if (opened.notModified() && known != null) {
            known.validated(opened.freshness(), library.nowMillis());
            opened.close();
            return known;
        }
        return begin(opened);
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
