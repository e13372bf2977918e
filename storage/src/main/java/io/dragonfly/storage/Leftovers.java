// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import io.dragonfly.core.model.Version;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/// What lies in a store's directory and will never be a whole content.
final class Leftovers {
    private static final Logger log = LoggerFactory.getLogger(Leftovers.class);

    private Leftovers() {}

    /// Whether an unfinished version is not worth keeping: without a strong validator or a length
    /// its id is a random number that nobody will ever say again.
    static boolean isOne(HeldVersion version, long unusedSinceMillis) {
        Version its = version.version();
        boolean named = its.validators().strong() && its.geometry().lengthKnown();
        return !named
                && !version.complete()
                && !version.inUse()
                && version.lastUsedMillis() < unusedSinceMillis;
    }

    /// Removes the files of versions that nobody knows, where they are older than a time.
    static void sweep(FileLayer files, Path dir, Set<String> known, long olderThanMillis)
            throws IOException {
        TreeSet<String> unknown = new TreeSet<>();
        for (Path path : files.list(dir)) {
            String id = Recovery.id(path);
            if (!id.isEmpty() && !known.contains(id)) {
                unknown.add(id);
            }
        }
        for (String id : unknown) {
            long youngest =
                    Math.max(
                            modifiedMillis(files, dir.resolve(id + Recovery.JOURNAL)),
                            modifiedMillis(files, dir.resolve(id + Recovery.CONTENT)));
            if (youngest < olderThanMillis) {
                log.info("removing what is left of version {} from {}", id, dir);
                Recovery.remove(files, dir, id);
            }
        }
    }

    static long modifiedMillis(FileLayer files, Path path) throws IOException {
        try {
            return TimeUnit.NANOSECONDS.toMillis(files.stamp(path).modifiedNanos());
        } catch (NoSuchFileException e) {
            return Long.MIN_VALUE / 2;
        }
    }
}
