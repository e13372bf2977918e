// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.Sha256;
import io.dragonfly.core.model.VersionId;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/// Looks at what an earlier process left in the store's directory and decides what still counts.
final class Recovery {
    private static final Logger log = LoggerFactory.getLogger(Recovery.class);
    static final String JOURNAL = ".journal";
    static final String CONTENT = ".content";
    private static final int ID_DIGITS = 32;

    /// A version that goes on.
    ///
    /// @param lost blocks that the journal names and that are not there
    /// @param rehashed whether blocks had to be hashed again: then they want a sync
    record Found(JournalScan.Read read, BitSet lost, boolean rehashed, long lastUsedMillis) {}

    /// What the directory holds.
    ///
    /// @param closed versions that cannot be opened, with the reasons; their files are left alone
    record Result(TreeMap<String, Found> found, TreeMap<String, String> closed) {}

    private final FileLayer files;
    private final Path dir;
    private final long leftoverMillis;
    private final long nowMillis;
    private final String bootId;
    private final Result result = new Result(new TreeMap<>(), new TreeMap<>());

    Recovery(FileLayer files, Path dir, long leftoverMillis, long nowMillis) {
        this.files = files;
        this.dir = dir;
        this.leftoverMillis = leftoverMillis;
        this.nowMillis = nowMillis;
        this.bootId = files.bootId();
    }

    Result run() throws IOException {
        // A journal that a dead process deleted must not come back once its place is used again.
        files.syncDirectory(dir);
        TreeSet<String> ids = new TreeSet<>();
        for (Path path : files.list(dir)) {
            String name = path.getFileName().toString();
            if (name.endsWith(JOURNAL + ".new")) {
                files.delete(path);
            } else if (!id(path).isEmpty()) {
                ids.add(id(path));
            }
        }
        for (String id : ids) {
            try {
                recover(id);
            } catch (IOException | IllegalArgumentException e) {
                result.closed().put(id, e.toString());
                log.warn("version {} in {} cannot be opened: {}", id, dir, e.toString());
            }
        }
        return result;
    }

    /// The version that a file belongs to, or nothing where it is not of the store's making.
    static String id(Path path) {
        String name = path.getFileName().toString();
        boolean named = name.endsWith(JOURNAL) || name.endsWith(CONTENT);
        String id = named ? name.substring(0, name.lastIndexOf('.')) : "";
        return id.length() == ID_DIGITS ? id : "";
    }

    private Path journal(String id) {
        return dir.resolve(id + JOURNAL);
    }

    private Path content(String id) {
        return dir.resolve(id + CONTENT);
    }

    private void recover(String id) throws IOException {
        StoreFile journal;
        try {
            journal = files.open(journal(id));
        } catch (NoSuchFileException e) {
            leftover(id, "it has no journal");
            return;
        }
        try (journal) {
            switch (JournalScan.scan(journal)) {
                case JournalScan.Unreadable(String reason) -> leftover(id, reason);
                case JournalScan.Newer(int format) -> {
                    String reason = "its journal has format " + format + " of a later release";
                    result.closed().put(id, reason);
                    log.warn("version {} in {} is left alone: {}", id, dir, reason);
                }
                case JournalScan.Read readable -> readable(id, journal, readable);
            }
        }
    }

    private void readable(String id, StoreFile journal, JournalScan.Read readable)
            throws IOException {
        JournalState state = readable.state();
        if (!state.version().id().equals(new VersionId(id))) {
            leftover(id, "its journal is that of version " + state.version().id());
            return;
        }
        long size;
        try {
            size = files.stamp(content(id)).size();
        } catch (NoSuchFileException e) {
            remove(id, "its content is missing");
            return;
        }
        if (journal.size() > readable.end()) {
            journal.truncate(readable.end());
        }
        BitSet before = state.table().snapshot();
        state.cut(size);
        boolean rehash = bootId.isEmpty() || !bootId.equals(state.bootId());
        BitSet doubtful = rehash ? state.unsynced() : new BitSet();
        if (!doubtful.isEmpty()) {
            rehash(id, state, doubtful);
        }
        BitSet lost = before;
        lost.andNot(state.table().snapshot());
        if (!lost.isEmpty() && files.links(content(id)) > 1) {
            remove(id, "the output that its content is linked to was changed");
            return;
        }
        boolean rehashed = !doubtful.isEmpty() || (rehash && !lost.isEmpty());
        if (!lost.isEmpty()) {
            int blocks = lost.cardinality();
            log.info("version {}: {} blocks were lost and are fetched again", id, blocks);
        }
        result.found().put(id, new Found(readable, lost, rehashed, lastUsed(id)));
    }

    /// Blocks that no sync covers, after the system stopped: only their bytes can tell.
    private void rehash(String id, JournalState state, BitSet doubtful) throws IOException {
        Geometry geometry = state.version().geometry();
        ByteBuffer buffer = ByteBuffer.allocate(geometry.blockSize());
        try (StoreFile content = files.open(content(id))) {
            for (int b = doubtful.nextSetBit(0); b >= 0; b = doubtful.nextSetBit(b + 1)) {
                buffer.clear().limit(geometry.blockLength(b));
                if (!reads(content, buffer, geometry.blockOffset(b), state.table().digest(b))) {
                    state.table().remove(b);
                }
            }
        }
    }

    private static boolean reads(StoreFile file, ByteBuffer buffer, long position, Sha256 digest)
            throws IOException {
        try {
            file.read(buffer, position);
        } catch (EOFException e) {
            return false;
        }
        return Sha256.of(buffer.flip()).equals(digest);
    }

    private long lastUsed(String id) throws IOException {
        return TimeUnit.NANOSECONDS.toMillis(files.stamp(journal(id)).modifiedNanos());
    }

    private void leftover(String id, String reason) throws IOException {
        long youngest =
                Math.max(
                        Leftovers.modifiedMillis(files, journal(id)),
                        Leftovers.modifiedMillis(files, content(id)));
        if (nowMillis - youngest > leftoverMillis) {
            remove(id, reason);
        }
    }

    private void remove(String id, String reason) throws IOException {
        log.info("removing version {} from {}: {}", id, dir, reason);
        remove(files, dir, id);
    }

    /// The journal goes first and for good: one that came back after a power cut would vouch for
    /// whatever content is there by then.
    static void remove(FileLayer files, Path dir, String id) throws IOException {
        boolean deleted = files.delete(dir.resolve(id + JOURNAL));
        // A content without a journal may be what a failed removal left: sync that one, too.
        if (deleted || files.exists(dir.resolve(id + CONTENT))) {
            files.syncDirectory(dir);
        }
        files.delete(dir.resolve(id + CONTENT));
    }
}
