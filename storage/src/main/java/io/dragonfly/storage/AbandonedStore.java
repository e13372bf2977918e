// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/// Empties the directory of a store that nobody has open, without opening the store.
public final class AbandonedStore {
    private AbandonedStore() {}

    /// Removes all versions where none was used since a time. The directory itself stays, with the
    /// lock that the next one takes.
    ///
    /// @param sinceMillis epoch milliseconds; [Long#MAX_VALUE] for whatever is there
    /// @return false where somebody uses the store, or did lately
    public static boolean clear(Path dir, long sinceMillis) throws IOException {
        FileLayer files = new RealFiles();
        if (!files.exists(dir) || ids(files, dir).isEmpty()) {
            return true;
        }
        try (Closeable _ = files.lock(dir)) {
            Set<String> ids = ids(files, dir);
            long youngest = Long.MIN_VALUE;
            for (String id : ids) {
                // The journal's time is that of the last use.
                Path journal = dir.resolve(id + Recovery.JOURNAL);
                Path content = dir.resolve(id + Recovery.CONTENT);
                Path file = files.exists(journal) ? journal : content;
                youngest = Math.max(youngest, Leftovers.modifiedMillis(files, file));
            }
            if (youngest >= sinceMillis) {
                return false;
            }
            for (String id : ids) {
                Recovery.remove(files, dir, id);
            }
            return true;
        } catch (StoreInUseException e) {
            return false;
        }
    }

    private static Set<String> ids(FileLayer files, Path dir) throws IOException {
        Set<String> ids = new TreeSet<>();
        for (Path path : files.list(dir)) {
            String id = Recovery.id(path);
            if (!id.isEmpty()) {
                ids.add(id);
            }
        }
        return ids;
    }
}
