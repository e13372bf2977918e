// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import io.dragonfly.core.model.Check;
import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.Version;
import io.dragonfly.core.model.VersionId;

import org.jspecify.annotations.Nullable;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToLongFunction;

/// Versions in one directory: per version `<id>.content`, whose bytes are the content in its wire
/// form (with identity encoding: the file itself), and `<id>.journal`. Thread-safe.
///
/// What [StoredVersion#write] stored survives the death of the process at any moment; what was
/// synced survives a power cut, and what was not is hashed again before it counts. The store syncs
/// each version when it is complete, when much is unsynced, and on close.
///
/// A directory belongs to one process at a time.
public final class DiskStore implements Store {
    /// Unused versions whose files stay open, two descriptors each.
    private static final int MAX_RESTING = 128;

    private record Entry(HeldVersion version, DiskBacking backing) {}

    private final FileLayer files;
    private final Path dir;
    private final DiskStoreSettings settings;
    private final InstantSource clock;
    private final Closeable home;
    private final @Nullable ExecutorService ownSyncer;
    private final DiskBacking.Shared shared;

    /// Guards creating, deleting and closing.
    private final ReentrantLock lock = new ReentrantLock();

    private final ConcurrentHashMap<VersionId, Entry> entries = new ConcurrentHashMap<>();
    private final Map<String, String> closedVersions;
    private boolean closed;

    /// Opens the store, making the directory where it is missing, and takes up the versions in it.
    /// Files that no version owns are removed when they are old; versions of a later release's
    /// format are left alone.
    ///
    /// @param clock for times of last use
    /// @throws IOException with a message for users where another process has the directory
    public static DiskStore open(Path dir, DiskStoreSettings settings, InstantSource clock)
            throws IOException {
        ExecutorService syncer =
                Executors.newSingleThreadExecutor(
                        Thread.ofPlatform().daemon().name("storage-sync").factory());
        try {
            return new DiskStore(dir, settings, clock, new RealFiles(), syncer);
        } catch (IOException | RuntimeException e) {
            syncer.shutdown();
            throw e;
        }
    }

    /// @param syncer runs syncs that nobody waits for; one at a time is enough. Shut down on close
    ///   where it is an [ExecutorService]
    DiskStore(
            Path dir,
            DiskStoreSettings settings,
            InstantSource clock,
            FileLayer files,
            Executor syncer)
            throws IOException {
        this.files = files;
        this.dir = dir;
        this.settings = settings;
        this.clock = clock;
        this.ownSyncer = syncer instanceof ExecutorService service ? service : null;
        files.createDirectory(dir);
        this.home = files.lock(dir);
        try {
            DiskSpace space =
                    new DiskSpace(files, dir, settings.reserveBytes(), settings.maxBytes());
            this.shared =
                    new DiskBacking.Shared(
                            files, dir, space, settings, new RestingFiles(MAX_RESTING), syncer);
            long leftoverMillis = settings.leftoverAge().toMillis();
            Recovery.Result left = new Recovery(files, dir, leftoverMillis, clock.millis()).run();
            this.closedVersions = left.closed();
            for (Map.Entry<String, Recovery.Found> found : left.found().entrySet()) {
                takeUp(new VersionId(found.getKey()), found.getValue());
            }
        } catch (IOException | RuntimeException e) {
            home.close();
            throw e;
        }
    }

    private void takeUp(VersionId id, Recovery.Found found) throws IOException {
        JournalState state = found.read().state();
        LazyFile contentFile = new LazyFile(files, content(id), null);
        LazyFile journalFile = new LazyFile(files, journal(id), null);
        ContentFile content =
                ContentFile.recovered(
                        files, shared.space(), settings.growBytes(), contentFile, state);
        Journal journal = Journal.goOn(files, journalFile, found.read(), found.lost());
        boolean settled = state.settled() && found.lost().isEmpty() && !found.rehashed();
        int blockSize = state.version().geometry().blockSize();
        DiskBacking backing =
                new DiskBacking(shared, content, journalFile, journal, blockSize, settled);
        if (state.complete()) {
            FileStamp stamp = state.stamp();
            backing.recoveredStamp(found.lost().isEmpty() ? stamp : null);
        }
        if (found.rehashed()) {
            backing.sync();
        }
        backing.closeFiles();
        VersionState taken =
                new VersionState(
                        state.version(), state.table(), state.notes(), found.lastUsedMillis());
        entries.put(id, new Entry(new HeldVersion(this, backing, clock, taken), backing));
    }

    private Path content(VersionId id) {
        return dir.resolve(id.hex() + Recovery.CONTENT);
    }

    private Path journal(VersionId id) {
        return dir.resolve(id.hex() + Recovery.JOURNAL);
    }

    @Override
    public StoredVersion create(Version version) throws IOException {
        VersionId id = version.id();
        lock.lock();
        try {
            requireOpen();
            Check.that(!entries.containsKey(id), "version %s is already here", id);
            String closedWhy = closedVersions.get(id.hex());
            if (closedWhy != null) {
                throw new IOException("version " + id + " cannot be opened: " + closedWhy);
            }
            if (entries.size() >= settings.eviction().maxVersions()) {
                throw new NoSpaceException(
                        "the store " + dir + " holds its limit of " + entries.size() + " versions");
            }
            shared.space().require(Math.max(1, version.geometry().length()));
            Entry entry;
            try {
                Recovery.remove(files, dir, id.hex());
                entry = make(version);
            } catch (IOException | RuntimeException e) {
                Recovery.remove(files, dir, id.hex());
                throw e;
            }
            entries.put(id, entry);
            return entry.version();
        } finally {
            lock.unlock();
        }
    }

    private Entry make(Version version) throws IOException {
        VersionId id = version.id();
        Geometry geometry = version.geometry();
        ContentFile content =
                ContentFile.create(
                        files, shared.space(), settings.growBytes(), content(id), geometry);
        try {
            LazyFile journalFile = new LazyFile(files, journal(id), files.create(journal(id)));
            Journal journal = Journal.begin(files, journalFile, version);
            DiskBacking backing =
                    new DiskBacking(
                            shared, content, journalFile, journal, geometry.blockSize(), false);
            VersionState state = VersionState.fresh(version, clock.millis());
            HeldVersion held = new HeldVersion(this, backing, clock, state);
            if (held.complete()) {
                held.markVerified();
            }
            return new Entry(held, backing);
        } catch (IOException | RuntimeException e) {
            content.file().shut("the version could not be created");
            content.forgo();
            throw e;
        }
    }

    @Override
    public Optional<StoredVersion> find(VersionId id) {
        return Optional.ofNullable(entries.get(id)).map(Entry::version);
    }

    @Override
    public List<StoredVersion> versions() {
        List<StoredVersion> versions = new ArrayList<>();
        entries.values().forEach(entry -> versions.add(entry.version()));
        return versions;
    }

    @Override
    public void delete(VersionId id) throws IOException {
        delete(id, false);
    }

    private boolean delete(VersionId id, boolean onlyIfUnused) throws IOException {
        lock.lock();
        try {
            Entry entry = entries.get(id);
            if (entry == null || !entry.version().leave("deleted", onlyIfUnused)) {
                return false;
            }
            entries.remove(id);
            shared.resting().remove(entry.backing());
            Recovery.remove(files, dir, id.hex());
            return true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long usableBytes() throws IOException {
        return shared.space().usableBytes();
    }

    /// Deletes versions that nobody uses, the least recently used first, where less is free than
    /// the settings' low watermark (until the high one is reached) or than `neededBytes`; and where
    /// the store's own limit leaves less than `neededBytes` (then an eighth of it).
    ///
    /// @return what was deleted; room may still lack where the rest is in use
    public List<VersionId> evict(long neededBytes) throws IOException {
        Eviction watermarks = settings.eviction();
        Eviction eviction =
                new Eviction(
                        Math.max(watermarks.lowBytes(), neededBytes),
                        Math.max(watermarks.highBytes(), neededBytes),
                        watermarks.maxVersions());
        List<VersionId> evicted =
                evict(eviction, shared.space().diskBytes(), DiskBacking::freedBytes);
        if (settings.maxBytes() != Long.MAX_VALUE) {
            Eviction cap =
                    new Eviction(
                            neededBytes,
                            Math.max(settings.maxBytes() / 8, neededBytes),
                            watermarks.maxVersions());
            evicted.addAll(evict(cap, shared.space().capBytes(), DiskBacking::heldBytes));
        }
        return evicted;
    }

    private List<VersionId> evict(Eviction eviction, long free, ToLongFunction<DiskBacking> freed)
            throws IOException {
        List<Eviction.Candidate> candidates = new ArrayList<>();
        for (Map.Entry<VersionId, Entry> each : entries.entrySet()) {
            HeldVersion version = each.getValue().version();
            candidates.add(
                    new Eviction.Candidate(
                            each.getKey(),
                            freed.applyAsLong(each.getValue().backing()),
                            version.lastUsedMillis(),
                            version.inUse()));
        }
        List<VersionId> evicted = new ArrayList<>();
        for (VersionId id : eviction.choose(free, candidates)) {
            if (delete(id, true)) {
                evicted.add(id);
            }
        }
        return evicted;
    }

    /// Deletes what is older than the settings' age of leftovers and will never be a whole content:
    /// unfinished versions that cannot be continued, files of versions that are not known.
    public void removeLeftovers() throws IOException {
        long since = clock.millis() - settings.leftoverAge().toMillis();
        for (Map.Entry<VersionId, Entry> each : entries.entrySet()) {
            if (Leftovers.isOne(each.getValue().version(), since)) {
                delete(each.getKey(), true);
            }
        }
        lock.lock();
        try {
            requireOpen();
            TreeSet<String> known = new TreeSet<>(closedVersions.keySet());
            entries.keySet().forEach(id -> known.add(id.hex()));
            Leftovers.sweep(files, dir, known, since);
        } finally {
            lock.unlock();
        }
    }

    private void requireOpen() throws IOException {
        if (closed) {
            throw new IOException("the store " + dir + " is closed");
        }
    }

    /// Syncs and closes all versions; those who still read get an [IOException].
    ///
    /// @throws IOException the first failure to sync; everything is closed nevertheless
    @Override
    public void close() throws IOException {
        List<Entry> all;
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            all = List.copyOf(entries.values());
            entries.clear();
        } finally {
            lock.unlock();
        }
        IOException failure = null;
        for (Entry entry : all) {
            try {
                entry.version().sync();
            } catch (IOException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
            entry.backing().keepLastUsed(entry.version().lastUsedMillis());
            entry.version().leave("the store is closed", false);
            entry.backing().shut("the store is closed");
        }
        endSyncer();
        home.close();
        if (failure != null) {
            throw failure;
        }
    }

    /// Waits for the syncs that are under way, never by interrupting them: that would close files.
    private void endSyncer() {
        if (ownSyncer == null) {
            return;
        }
        ownSyncer.shutdown();
        try {
            boolean ended = false;
            while (!ended) {
                ended = ownSyncer.awaitTermination(1, TimeUnit.MINUTES);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts who closes a store", e);
        }
    }
}
