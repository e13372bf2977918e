// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import io.dragonfly.peer.DownloadStatus.Failure;
import io.dragonfly.peer.DownloadStatus.Phase;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/// What is known of a download, for those who watch it. Thread-safe; its lock is the innermost one:
/// nothing is called under it.
final class StatusBoard {
    /// Parents that are listed one by one.
    private static final int MAX_PARENTS = 200;

    private final LongSupplier nanoTime;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final String task;

    private long sequence = 1;
    private Phase phase = Phase.REGISTERING;
    private String version = "";
    private long length = -1;
    private long verified;
    private long fromPeers;
    private long fromSupernode;
    private long fromOrigin;
    private long fromStore;
    private String contentType = "";
    private String etag = "";
    private String lastModified = "";
    private final Map<String, Long> waitedMillis = new LinkedHashMap<>();
    private final Map<String, Long> parents = new LinkedHashMap<>();
    private @Nullable Failure failure;

    StatusBoard(String task, LongSupplier nanoTime) {
        this.task = task;
        this.nanoTime = nanoTime;
    }

    /// Where bytes came from.
    enum Source {
        PEER,
        SUPERNODE,
        ORIGIN,
        STORE
    }

    void verified(int bytes, Source source, String parent) {
        update(() -> {
            verified += bytes;
            switch (source) {
                case PEER -> fromPeers += bytes;
                case SUPERNODE -> fromSupernode += bytes;
                case ORIGIN -> fromOrigin += bytes;
                case STORE -> fromStore += bytes;
            }
            boolean listed = parents.containsKey(parent) || parents.size() < MAX_PARENTS;
            parents.merge(listed ? parent : "others", (long) bytes, Long::sum);
        });
    }

    /// A version is being followed from now on; what another version brought does not count any
    /// more.
    void following(io.dragonfly.core.model.Version followed) {
        update(() -> {
            phase = Phase.RUNNING;
            if (!version.equals(followed.id().hex())) {
                version = followed.id().hex();
            }
            verified = 0;
            length = followed.geometry().length();
            contentType = followed.contentType();
            etag = followed.validators().etag();
            lastModified = followed.validators().lastModified();
        });
    }

    /// What is followed is not kept.
    void streaming() {
        update(() -> phase = Phase.STREAMING);
    }

    void length(long bytes) {
        update(() -> length = bytes);
    }

    void waited(String cause, long nanos) {
        update(() -> waitedMillis.merge(cause, nanos / 1_000_000, Long::sum));
    }

    void done() {
        update(() -> phase = Phase.DONE);
    }

    void failed(Failure why) {
        update(() -> {
            phase = Phase.FAILED;
            failure = why;
        });
    }

    /// Something that watchers look at elsewhere changed.
    void touched() {
        update(() -> {});
    }

    private void update(Runnable change) {
        lock.lock();
        try {
            if (phase == Phase.FAILED) {
                return;
            }
            change.run();
            sequence++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    DownloadStatus status() {
        lock.lock();
        try {
            return new DownloadStatus(
                    sequence,
                    phase,
                    task,
                    version,
                    length,
                    verified,
                    fromPeers,
                    fromSupernode,
                    fromOrigin,
                    fromStore,
                    contentType,
                    etag,
                    lastModified,
                    Map.copyOf(waitedMillis),
                    Map.copyOf(parents),
                    failure);
        } finally {
            lock.unlock();
        }
    }

    DownloadStatus awaitChange(long seen, long timeoutNanos) {
        lock.lock();
        try {
            awaitUntil(() -> sequence != seen, timeoutNanos);
            return status();
        } finally {
            lock.unlock();
        }
    }

    /// Waits, under the lock, until `condition` or the time is over.
    private void awaitUntil(BooleanSupplier condition, long timeoutNanos) {
        long end = nanoTime.getAsLong() + timeoutNanos;
        while (!condition.getAsBoolean()) {
            long left = end - nanoTime.getAsLong();
            if (left <= 0) {
                return;
            }
            Waits.await(changed, left);
        }
    }
}
