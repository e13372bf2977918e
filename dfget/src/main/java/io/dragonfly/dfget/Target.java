// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfget;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/// What an output's name leads to, over all symbolic links: a link stays a link, and what this user
/// may not look at or write is refused as the system refuses it.
///
/// @param path of the file itself, whether it is there or not
/// @param inStore whether it lies in the directory of a store
record Target(Path path, Kind kind, boolean inStore) {
    /// As many as the system follows.
    private static final int MAX_LINKS = 40;

    private static final Set<PosixFilePermission> PRIVATE =
            PosixFilePermissions.fromString("rwx------");

    enum Kind {
        NEW,
        FILE,
        DIRECTORY,
        /// A device, a pipe: bytes go through it.
        OTHER
    }

    /// @throws IOException where this user cannot write there
    static Target of(Path named) throws IOException {
        Path path = named;
        for (int links = 0; links <= MAX_LINKS; links++) {
            BasicFileAttributes found;
            try {
                found =
                        Files.readAttributes(
                                path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            } catch (NoSuchFileException _) {
                // Links in the middle of the path are the system's: only the last name counts here.
                return new Target(path, Kind.NEW, isInStore(path));
            }
            if (!found.isSymbolicLink()) {
                return existing(path, found);
            }
            path = path.resolveSibling(Files.readSymbolicLink(path));
        }
        throw new FileSystemException(named.toString(), null, "too many symbolic links");
    }

    private static Target existing(Path path, BasicFileAttributes found) throws IOException {
        if (found.isDirectory()) {
            return new Target(path, Kind.DIRECTORY, false);
        }
        if (!Files.isWritable(path)) {
            // A rename would replace it all the same, where the directory is ours.
            throw new AccessDeniedException(path.toString());
        }
        return new Target(path, found.isRegularFile() ? Kind.FILE : Kind.OTHER, isInStore(path));
    }

    /// Whether a directory above is a store of whichever program, or where a daemon has its socket.
    private static boolean isInStore(Path path) throws IOException {
        Path parent = path.getParent();
        if (parent == null) {
            return false;
        }
        for (Path above = parent.toRealPath(); above != null; above = above.getParent()) {
            if (belongsToUs(above, "data", "lock") || belongsToUs(above, "run", "dfdaemon.lock")) {
                return true;
            }
        }
        return false;
    }

    /// A directory of that name, private as a store makes it, with that (empty) file in it.
    private static boolean belongsToUs(Path directory, String name, String lock)
            throws IOException {
        Path file = directory.resolve(lock);
        return directory.endsWith(name)
                && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                && Files.size(file) == 0
                && Files.getPosixFilePermissions(directory).equals(PRIVATE);
    }
}
