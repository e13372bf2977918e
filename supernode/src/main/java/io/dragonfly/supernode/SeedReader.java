// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import io.dragonfly.core.model.TaskSpec;
import io.dragonfly.core.model.Validators;
import io.dragonfly.origin.Cancellation;
import io.dragonfly.origin.OpenedOrigin;
import io.dragonfly.origin.OriginException;
import io.dragonfly.origin.OriginReader;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.Closeable;
import java.io.IOException;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.function.Predicate;

/// The seed's questions to origins and its readings of them. Thread-safe; closing ends all of them.
final class SeedReader implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(SeedReader.class);

    /// Sets of credentials that one reading is gone on with, where they expire one after the other.
    private static final int MAX_TRIED = 8;

    /// Hears how a reading ended.
    interface Outcome {
        /// All of it is here; under no lock.
        ///
        /// @throws OriginException where it is not what it should be
        void read(SeedTask task, SeedVersion version) throws IOException;

        void failed(SeedTask task, SeedVersion version, OriginException why);
    }

    private final OriginReader reader;
    private final InstantSource clock;
    private final ExecutorService threads;
    private final SeedLimits limits;
    private final SeedLibrary.Listener listener;
    private final Outcome outcome;

    /// What is being asked or read; closing an opened content cancels it and so takes it out.
    private final Set<Cancellation> running = ConcurrentHashMap.newKeySet();

    private volatile boolean closed;

    SeedReader(
            OriginReader reader,
            InstantSource clock,
            ExecutorService threads,
            SeedLimits limits,
            SeedLibrary.Listener listener,
            Outcome outcome) {
        this.reader = reader;
        this.clock = clock;
        this.threads = threads;
        this.limits = limits;
        this.listener = listener;
        this.outcome = outcome;
    }

    private interface Question<T> {
        T ask(Cancellation cancellation) throws OriginException;
    }

    private <T> T asked(Question<T> question) throws OriginException {
        Cancellation cancellation = new Cancellation();
        running.add(cancellation);
        try {
            if (closed) {
                cancellation.cancel();
            }
            return question.ask(cancellation);
        } finally {
            running.remove(cancellation);
        }
    }

    /// Whether the origin gives that version to whoever asks like this.
    boolean gives(TaskSpec asked, Validators version) throws OriginException {
        return asked(cancellation -> reader.gives(asked, version, cancellation));
    }

    /// Whether the origin gives a content of that length to whoever asks like this, see
    /// [OriginReader#gives].
    boolean gives(TaskSpec asked, long length, Predicate<String> known) throws OriginException {
        return asked(cancellation -> reader.gives(asked, length, known, cancellation));
    }

    /// A small document, whole.
    byte[] fetch(TaskSpec spec, int maxBytes) throws OriginException {
        return asked(cancellation -> reader.document(spec, maxBytes, cancellation));
    }

    /// Asks the origin; what comes back ends when this is closed, if not before.
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
            outcome.read(task, version);
            version.validated(opened.freshness(), clock.millis());
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
                outcome.failed(task, version, e);
            }
        } catch (IOException e) {
            outcome.failed(task, version, local(e));
        } catch (RuntimeException e) {
            LOG.error("bug while reading url={}", task.maskedUrl(), e);
            outcome.failed(task, version, local(e));
        } finally {
            version.stored().release();
        }
    }

    /// Credentials that expired while they were read with: those of another who wants the same may
    /// do. Returns when that reading has ended.
    ///
    /// @param tried those that were tried, see [Terms#who]
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
            TaskSpec spec = another.get().getValue();
            OpenedOrigin opened = open(spec, validators);
            if (!opened.notModified()) {
                opened.close();
                return false;
            }
            LOG.info("goes on with other credentials url={}", task.maskedUrl());
            version.readBy(spec);
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

    /// Ends all readings; they fail soon.
    @Override
    public void close() {
        closed = true;
        List.copyOf(running).forEach(Cancellation::cancel);
    }
}
