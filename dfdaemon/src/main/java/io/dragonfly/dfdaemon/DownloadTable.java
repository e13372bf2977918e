// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfdaemon;

import io.dragonfly.core.model.MaskedUrl;
import io.dragonfly.net.http.ProblemException;
import io.dragonfly.peer.Download;
import io.dragonfly.peer.DownloadRequest;

import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/// The downloads that somebody asked for over the API, each with the user who did: only he and root
/// may see or touch it. Thread-safe.
final class DownloadTable {
    private static final int RETRY_SECONDS = 5;

    private final Engine engine;
    private final UserPrincipal self;
    private final UserPrincipal root;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private DfdaemonConfig.Downloads limits;
    private boolean stopping;

    DownloadTable(
            Engine engine,
            DfdaemonConfig.Downloads limits,
            UserPrincipal self,
            UserPrincipal root) {
        this.engine = engine;
        this.limits = limits;
        this.self = self;
        this.root = root;
    }

    /// One order.
    static final class Entry {
        /// Without credentials.
        private final String url;

        private final UserPrincipal owner;
        private final Download download;
        private volatile boolean cancelled;

        // Guarded by the table's lock.
        private int readers;
        private boolean expired;

        private Entry(String url, UserPrincipal owner, Download download) {
            this.url = url;
            this.owner = owner;
            this.download = download;
        }

        String url() {
            return url;
        }

        UserPrincipal owner() {
            return owner;
        }

        Download download() {
            return download;
        }

        boolean cancelled() {
            return cancelled;
        }
    }

    /// Changes the limits of orders to come.
    void limit(DfdaemonConfig.Downloads newLimits) {
        lock.lock();
        try {
            limits = newLimits;
        } finally {
            lock.unlock();
        }
    }

    /// @throws ProblemException 429 at a limit, 503 while the daemon stops
    Entry start(DownloadRequest request, UserPrincipal owner) throws ProblemException {
        lock.lock();
        try {
            if (stopping) {
                throw new ProblemException(503, "daemon-unavailable", "dfdaemon is stopping")
                        .retryAfter(RETRY_SECONDS);
            }
            requireRoom(owner);
            Download download = engine.download(request);
            Entry entry = new Entry(MaskedUrl.of(request.spec().url()), owner, download);
            entries.put(download.id(), entry);
            return entry;
        } finally {
            lock.unlock();
        }
    }

    /// Under the lock.
    private void requireRoom(UserPrincipal owner) throws ProblemException {
        if (entries.size() >= limits.all()) {
            throw tooMany(limits.all() + " downloads run already (--max-downloads)");
        }
        long own = entries.values().stream().filter(e -> e.owner.equals(owner)).count();
        if (own >= limits.perUser()) {
            throw tooMany(
                    limits.perUser()
                            + " downloads of "
                            + owner.getName()
                            + " run already (--max-downloads-per-user)");
        }
    }

    private static ProblemException tooMany(String what) {
        return new ProblemException(429, "too-many-downloads", what + "; try again later")
                .retryAfter(RETRY_SECONDS);
    }

    /// @throws ProblemException 404 where there is none, 403 where it is somebody else's
    Entry find(String id, UserPrincipal caller) throws ProblemException {
        lock.lock();
        try {
            Entry entry = entries.get(id);
            if (entry == null) {
                throw new ProblemException(404, "no-such-download", "no download has this id");
            }
            if (!sees(caller, entry)) {
                throw new ProblemException(403, "not-permitted", "the download is somebody else's");
            }
            return entry;
        } finally {
            lock.unlock();
        }
    }

    /// Those that the caller may see, oldest first.
    List<Entry> list(UserPrincipal caller) {
        lock.lock();
        try {
            List<Entry> seen = new ArrayList<>();
            for (Entry entry : entries.values()) {
                if (sees(caller, entry)) {
                    seen.add(entry);
                }
            }
            return seen;
        } finally {
            lock.unlock();
        }
    }

    /// Ends the interest. Idempotent.
    void end(Entry entry) {
        lock.lock();
        try {
            entries.remove(entry.download.id());
        } finally {
            lock.unlock();
        }
        entry.download.close();
    }

    /// Somebody begins to read the content; he ends with [#endRead].
    void beginRead(Entry entry) {
        lock.lock();
        try {
            entry.readers++;
        } finally {
            lock.unlock();
        }
    }

    void endRead(Entry entry) {
        boolean last;
        lock.lock();
        try {
            entry.readers--;
            last = entry.readers == 0 && entry.expired;
        } finally {
            lock.unlock();
        }
        if (last) {
            end(entry);
        }
    }

    /// Ends the interest as soon as nobody reads the content.
    void expire(Entry entry) {
        boolean unread;
        lock.lock();
        try {
            entry.expired = true;
            unread = entry.readers == 0;
        } finally {
            lock.unlock();
        }
        if (unread) {
            end(entry);
        }
    }

    /// Ends the interest against the will of who waits for it.
    void cancel(Entry entry) {
        entry.cancelled = true;
        end(entry);
    }

    boolean isEmpty() {
        lock.lock();
        try {
            return entries.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return entries.size();
        } finally {
            lock.unlock();
        }
    }

    boolean stopping() {
        lock.lock();
        try {
            return stopping;
        } finally {
            lock.unlock();
        }
    }

    /// Takes no more orders, if there are none: so an order never meets a daemon that just decided
    /// to leave.
    boolean stopIfIdle() {
        lock.lock();
        try {
            stopping = stopping || entries.isEmpty();
            return stopping;
        } finally {
            lock.unlock();
        }
    }

    /// Takes no more orders and ends all.
    void stop() {
        List<Entry> last;
        lock.lock();
        try {
            stopping = true;
            last = new ArrayList<>(entries.values());
            entries.clear();
        } finally {
            lock.unlock();
        }
        for (Entry entry : last) {
            entry.download.close();
        }
    }

    /// Whether the user may have a path of the store: he can read it anyway.
    boolean isSelf(UserPrincipal caller) {
        return caller.equals(self);
    }

    /// Whether the user may change how the daemon works.
    boolean isTrusted(UserPrincipal caller) {
        return caller.equals(self) || caller.equals(root);
    }

    private boolean sees(UserPrincipal caller, Entry entry) {
        return caller.equals(entry.owner) || caller.equals(root);
    }
}
